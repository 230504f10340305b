"""The port of vector indices: the interfaces of every engine, and the values they exchange."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Quoted, because numpy is slow to load and most commands do not use it.
Vector: TypeAlias = "NDArray[np.float32]"


@dataclass(frozen=True, slots=True)
class StoredVector:
    """The embedding vector of a record's passage; `digest` names the passage, the norm is 1."""

    id: str
    digest: str
    values: Vector


@dataclass(frozen=True, slots=True)
class VectorHit:
    """A record near a query vector, the digest of its passage, and the cosine."""

    id: str
    digest: str
    cosine: float


class VectorIndex(Protocol):
    """The read interface of the vectors that one model made of passages.

    It applies neither disclosure nor filters: a hit is public only where a SearchEngine finds the
    record with the passage that the digest names. Raises EngineUnavailableError.
    """

    async def knn(
        self, vector: Vector, count: int, among: Collection[str] | None = None
    ) -> list[VectorHit]:
        """Returns the nearest vectors, nearest first; only those of `among`, if given."""

    async def fetch(self, record_ids: Sequence[str]) -> list[StoredVector]:
        """Returns the vectors of those records that have one, in no order."""

    async def size(self) -> int:
        """Returns the number of vectors."""

    async def version(self) -> str:
        """Returns a name that changes with every change."""

    async def close(self) -> None: ...


class VectorStore(Protocol):
    """The write interface of vectors; `put` has stored the vectors when it returns."""

    def digests(self, record_ids: Sequence[str]) -> Mapping[str, str]:
        """Maps each record id that has a vector to the digest of its passage."""

    def count(self) -> int:
        """Returns the number of vectors."""

    def put(self, rows: Sequence[StoredVector]) -> None: ...

    def prune(self, kept: Collection[str]) -> int:
        """Deletes the vectors of all other ids; returns how many."""

    def close(self) -> None: ...
