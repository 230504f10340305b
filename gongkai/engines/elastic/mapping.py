"""Mapping, settings and names of the Elasticsearch indices, derived from the field table.

Texts are analysed by `analyzers`; the server only splits at spaces with its built-in `whitespace`
analyzer. A managed cluster without plugins or custom analyzers is enough.
"""

import hashlib
from dataclasses import dataclass
from typing import Any

from gongkai.catalog.fields import FIELDS, Field, Kind
from gongkai.settings import Settings

STORED = "stored"
_TEXT_OPTIONS = {Kind.WORDS: "freqs", Kind.GRAMS: "positions", Kind.CHARS: "docs"}


@dataclass(frozen=True, slots=True)
class Names:
    """The names of the indices and the alias of one installation."""

    prefix: str

    @property
    def live(self) -> str:
        """The alias of the live generation."""
        return f"{self.prefix}-live"

    @property
    def generations(self) -> str:
        """A pattern that matches every generation."""
        return f"{self.prefix}-generation-*"

    @property
    def control(self) -> str:
        return f"{self.prefix}-control"

    @property
    def ledger(self) -> str:
        return f"{self.prefix}-withdrawn"

    @property
    def changes(self) -> str:
        return f"{self.prefix}-changes"

    def vectors(self, model: str) -> str:
        """Returns the index of one model; `*` for those of all models."""
        return f"{self.prefix}-vectors-{model}"

    @property
    def template(self) -> str:
        return f"{self.prefix}-generation"

    @property
    def settings_template(self) -> str:
        """The component template of our own settings."""
        return f"{self.prefix}@settings"

    @property
    def custom_template(self) -> str:
        """The component template of the city, if it has one; it overrides ours."""
        return f"{self.prefix}@custom"

    @property
    def all_indices(self) -> list[str]:
        """Patterns of every index; those of a prefix like `gongkai-2` do not match `gongkai`."""
        return [self.generations, self.vectors("*"), self.control, self.ledger, self.changes]

    def generation(self, name: str) -> str:
        return f"{self.prefix}-generation-{name}"

    def name_of(self, index: str) -> str:
        return index.removeprefix(f"{self.prefix}-generation-")


def document_key(record_id: str) -> str:
    """Returns the document key of a record, whose id may be longer than the server allows."""
    return hashlib.blake2b(record_id.encode(), digest_size=16).hexdigest()


def build_mapping() -> dict[str, Any]:
    """Returns the mapping of every generation; a change requires a new SCHEMA_VERSION."""
    properties = {row.name: _property(row) for row in FIELDS.values()}
    shown = {"type": "keyword", "index": False, "doc_values": False}
    searched_only = [row.name for row in FIELDS.values() if row.kind in _TEXT_OPTIONS]
    return {
        "dynamic": "strict",
        "_source": {"excludes": searched_only},
        "properties": {**properties, STORED: shown},
    }


def build_refresh_settings(settings: Settings) -> dict[str, Any]:
    """Returns the refresh interval of a generation."""
    refresh = settings.elasticsearch_refresh_seconds
    return {"refresh_interval": f"{refresh}s" if refresh else "-1"}


def _property(row: Field) -> dict[str, Any]:
    if row.kind is Kind.INTEGER:
        return {"type": "long"}
    if row.kind is Kind.KEYWORD:
        return {"type": "keyword", "doc_values": row.counted or row.name == "id"}
    return {"type": "text", "analyzer": "whitespace", "index_options": _TEXT_OPTIONS[row.kind]}
