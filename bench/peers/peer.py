"""The interface of all peers: a query, a response."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Question:
    """A query. `filters` maps facets to values; `page` counts from 1, with ten hits each."""

    kind: str
    text: str = ""
    filters: Mapping[str, str] = field(default_factory=dict)
    page: int = 1


@dataclass(frozen=True, slots=True)
class Answer:
    """A response. `facets` counts the records of each value among all matches."""

    total: int
    ids: Sequence[str]
    facets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    highlights: int = 0


class MissingPeerError(Exception):
    """A program or package that a peer needs is not installed; the message names it."""


class Peer(Protocol):
    """A search system that indexes the same records."""

    name: str
    version: str

    def build(self, rows: Iterator[Row], folder: Path) -> None:
        """Indexes the rows until queries can be answered."""

    def size_on_disk(self) -> int:
        """Returns the size of the index on disk in bytes."""

    def memory(self) -> int | None:
        """Returns bytes of its processes without mapped files; None if it runs in the benchmark."""

    def ask(self, question: Question) -> Answer:
        """Returns one page of ten hits with total, seven exact facets and highlights."""

    def close(self) -> None:
        """Stops its processes."""
