"""The field table in; mapping, settings and names of indices out. Called by `store`.

Texts come analysed from `analyzers`: the server only cuts at blanks, by its built-in `whitespace`
analyzer. So a managed cluster without plugins and without analyzers of our own is enough.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gongkai.catalog.fields import FIELDS, Field, Kind
from gongkai.settings import Settings

STORED = "stored"
_TEXT_OPTIONS = {Kind.WORDS: "freqs", Kind.GRAMS: "positions", Kind.CHARS: "docs"}


@dataclass(frozen=True, slots=True)
class Names:
    """What the indices and the alias of one installation are called."""

    prefix: str

    @property
    def live(self) -> str:
        """The alias that searches see."""
        return f"{self.prefix}-live"

    @property
    def generations(self) -> str:
        """A pattern for every generation."""
        return f"{self.prefix}-generation-*"

    @property
    def control(self) -> str:
        return f"{self.prefix}-control"

    @property
    def ledger(self) -> str:
        return f"{self.prefix}-withdrawn"

    def vectors(self, model: str) -> str:
        """Of one model; `*` for those of all."""
        return f"{self.prefix}-vectors-{model}"

    @property
    def template(self) -> str:
        return f"{self.prefix}-generation"

    def generation(self, name: str) -> str:
        return f"{self.prefix}-generation-{name}"

    def name_of(self, index: str) -> str:
        return index.removeprefix(f"{self.prefix}-generation-")


def document_key(record_id: str) -> str:
    """What a record is called inside the engine: an id may be longer than the server takes."""
    return hashlib.blake2b(record_id.encode(), digest_size=16).hexdigest()


def build_mapping() -> dict[str, Any]:
    """One mapping for every generation; changing it means raising SCHEMA_VERSION."""
    properties = {row.name: _property(row) for row in FIELDS.values()}
    shown = {"type": "keyword", "index": False, "doc_values": False}
    searched_only = [row.name for row in FIELDS.values() if row.kind in _TEXT_OPTIONS]
    return {
        "dynamic": "strict",
        "_source": {"excludes": searched_only},
        "properties": {**properties, STORED: shown},
    }


def build_index_settings(settings: Settings) -> dict[str, Any]:
    """Shards, copies and when writes become visible."""
    refresh = settings.elasticsearch_refresh_seconds
    return {
        "number_of_shards": settings.elasticsearch_shards,
        **copies(settings),
        "refresh_interval": f"{refresh}s" if refresh else "-1",
    }


def copies(settings: Settings) -> Mapping[str, Any]:
    """One copy as soon as there is a second node, unless a number is set."""
    if settings.elasticsearch_replicas is None:
        return {"auto_expand_replicas": "0-1"}
    return {"number_of_replicas": settings.elasticsearch_replicas}


def _property(row: Field) -> dict[str, Any]:
    if row.kind is Kind.INTEGER:
        return {"type": "long"}
    if row.kind is Kind.KEYWORD:
        return {"type": "keyword", "doc_values": row.counted or row.name == "id"}
    return {"type": "text", "analyzer": "whitespace", "index_options": _TEXT_OPTIONS[row.kind]}
