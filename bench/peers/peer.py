"""What is asked of everyone alike: a question in, an answer out. Each peer keeps it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Question:
    """`filters`: facet to value; `page` counts from 1, ten hits each."""

    kind: str
    text: str = ""
    filters: Mapping[str, str] = field(default_factory=dict)
    page: int = 1


@dataclass(frozen=True, slots=True)
class Answer:
    """`facets`: how many records each value of each facet has among all that match."""

    total: int
    ids: Sequence[str]
    facets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    highlights: int = 0


class MissingPeerError(Exception):
    """What a peer needs is not on this machine; the message names it."""


class Peer(Protocol):
    """A search system with the same records in it."""

    name: str
    version: str

    def build(self, rows: Iterator[Row], folder: Path) -> None:
        """Index them, all it takes from the row on: until a question would be answered."""

    def size_on_disk(self) -> int:
        """What the index takes on the disk."""

    def memory(self) -> int | None:
        """Bytes of its processes without mapped files; None where it lives in the benchmark's."""

    def ask(self, question: Question) -> Answer:
        """One page of ten with total, seven exact facets and marked passages."""

    def close(self) -> None:
        """End what was started."""
