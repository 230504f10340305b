"""What every engine promises, and the values that cross that line. No engine is named here.

`indexer` writes through IndexStore and GenerationWriter; `search_api` reads through SearchEngine.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self, TypeAlias

from gongkai.engines import withdrawals
from gongkai.engines.withdrawals import Withdrawal
from gongkai.errors import EngineUnavailableError
from gongkai.query.request import Sort
from gongkai.query.tree import Query

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Quoted: most commands have no use for numpy, and it takes a while to load.
Vector: TypeAlias = "NDArray[np.float32]"
STAFF, DISCLOSURE = withdrawals.STAFF, withdrawals.DISCLOSURE
"""Causes of a withdrawal: someone took it off, or its source closed it."""
REPLICA_FORMAT = 1
"""Of the lines by which a copy of a public index travels: `search_api` writes, `indexer` reads."""
VOCABULARY_VALUES = 30_000
"""Values counted of a vocabulary field, the most frequent: two such fields fit into one answer,
which engines keep below 65,000 values in all."""


@dataclass(frozen=True, slots=True)
class IndexDocument:
    """A record as an engine takes it: analysed fields (`gongkai.catalog.fields`) and what it shows.

    `revision` names the content: equal revisions need no new write. `stored` is JSON.
    """

    id: str
    revision: str
    fields: Mapping[str, str | int | Sequence[str]]
    stored: bytes


@dataclass(frozen=True, slots=True)
class EngineQuery:
    """One question to an engine. A facet field's counts leave out that field's own filter.

    `limit` may be 0: totals and facets only. `offset` counts hits. `after` is a cursor that an
    earlier result handed out; it takes the place of `offset`.
    """

    query: Query
    filters: Mapping[str, Query] = field(default_factory=dict)
    facets: tuple[str, ...] = ()
    sort: Sort = Sort.RELEVANCE
    offset: int = 0
    limit: int = 10
    after: str | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """One record found: its score (0 when sorted by date) and what was stored for it."""

    id: str
    score: float
    stored: bytes


@dataclass(frozen=True, slots=True)
class SearchResult:
    """An exact total, one window of hits, exact counts a facet value, and the cursor to go on.

    Of a vocabulary field no more than its VOCABULARY_VALUES most frequent values are counted.
    """

    total: int
    hits: tuple[Hit, ...]
    facets: Mapping[str, Mapping[str, int]]
    generation: str
    next_cursor: str | None = None


@dataclass(frozen=True, slots=True)
class Generation:
    """One whole index: `created` is ISO UTC, `bytes` its size, `live` whether searches see it."""

    name: str
    created: str
    records: int
    bytes: int
    fingerprint: str
    live: bool


@dataclass(frozen=True, slots=True)
class IntegrityReport:
    """One generation as it lies there: `faults` are sentences; none where it can be searched."""

    name: str
    live: bool
    faults: tuple[str, ...]


def choose_recovery(examined: Sequence[IntegrityReport]) -> str | None:
    """The newest generation that is well, or None where the live one is, or there is none at all.

    Raises EngineUnavailableError where every one has a fault.
    """
    if not examined or any(each.live and not each.faults for each in examined):
        return None
    for each in examined:
        if not each.faults:
            return each.name
    raise EngineUnavailableError(
        "No generation can be searched: run `gongkai index --rebuild` over the exports."
    )


@dataclass(frozen=True, slots=True)
class StoredVector:
    """A record's passage as a model puts it: `digest` names the passage, `values` has length 1."""

    id: str
    digest: str
    values: Vector


@dataclass(frozen=True, slots=True)
class VectorHit:
    """A record's vector, the digest of the passage it is of, and its cosine with a question."""

    id: str
    digest: str
    cosine: float


class VectorIndex(Protocol):
    """The reading side of the vectors that one model made of records' passages.

    It knows no disclosure and no filter: what it names is public only where a SearchEngine finds
    it, with the passage that the digest names. Raises EngineUnavailableError.
    """

    async def knn(
        self, vector: Vector, count: int, among: Collection[str] | None = None
    ) -> list[VectorHit]:
        """The nearest, the nearest first; of `among` alone where it is given."""

    async def fetch(self, record_ids: Sequence[str]) -> list[StoredVector]:
        """The vectors of those of the records that have one, in no order."""

    async def size(self) -> int:
        """Vectors that there are."""

    async def version(self) -> str:
        """Another after each change."""

    async def close(self) -> None: ...


class VectorStore(Protocol):
    """The writing side. What `put` returned from is kept."""

    def digests(self, record_ids: Sequence[str]) -> Mapping[str, str]:
        """Record id -> digest of the passage that its vector is of, of those that have one."""

    def put(self, rows: Sequence[StoredVector]) -> None: ...

    def prune(self, kept: Collection[str]) -> int:
        """Drop every vector of another id; how many."""

    def close(self) -> None: ...


class SearchEngine(Protocol):
    """The reading side; safe for many callers at once.

    Raises EngineUnavailableError when there is nothing to search, IndexMismatchError when the
    index was built otherwise, BadRequestError for a cursor that is not one of its own.
    """

    async def search(self, query: EngineQuery) -> SearchResult: ...

    async def count(self, queries: Sequence[Query]) -> tuple[int, ...]:
        """How many records match each query, in order, withdrawn ones left out."""

    async def version(self) -> str:
        """Names what searches see now: another after a commit, a switch or a withdrawal."""

    async def fetch(self, record_id: str) -> bytes | None:
        """What was stored for a record, or None."""

    async def is_withdrawn(self, record_id: str) -> bool: ...

    async def live(self) -> Generation: ...

    async def close(self) -> None: ...


class GenerationWriter(Protocol):
    """Writes into one generation. Nothing counts as taken before `commit` returns."""

    @property
    def name(self) -> str: ...

    def prefetch(self, record_ids: Iterable[str]) -> None:
        """These will be asked for next: an engine that is far away looks them up in one go."""

    def contains(self, document_id: str, revision: str | None = None) -> bool:
        """Whether the record is there (in that revision), writes of this run included."""

    def put(self, document: IndexDocument) -> None:
        """Add a record, or put it in the place of the one with its id."""

    def delete(self, record_id: str) -> None: ...

    def commit(self) -> None:
        """Make everything so far durable and, in the live generation, visible."""

    def identities(self, record_id: str) -> tuple[str, ...]:
        """Keys (`gongkai.catalog.identity`) of a record as of the last commit, or none."""

    def stored(self, record_id: str) -> bytes | None:
        """What was stored for a record as of the last commit, or None."""

    def count(self) -> int:
        """Records in the generation as of the last commit."""

    def pop_rejected(self) -> Mapping[str, str]:
        """Record id -> reason of what the engine would not take, since last asked."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...


class IndexStore(Protocol):
    """Generations and which one is live. One writer at a time: AnotherWriterError otherwise."""

    def update(self) -> GenerationWriter:
        """Write into the live generation (made when there is none)."""

    def rebuild(self) -> GenerationWriter:
        """Write a generation beside the live one; on leaving by an error it is dropped."""

    def publish(self, name: str) -> None:
        """Let searches see this generation from now on, in one step."""

    def rollback(self) -> Generation:
        """Go back to the generation before the live one, withdrawn records left out."""

    def withdraw(
        self, record_ids: Iterable[str], *, cause: str, held: Collection[str] = ()
    ) -> dict[str, bool]:
        """Take records off in every generation; id -> whether it was there.

        What staff withdrew stays withdrawn by staff, whatever other cause is added. Inside this
        store's own writer it counts at once, and the writer erases the records as it closes.
        `held`: those of the ids that the caller knows to have been public here.
        """

    def restore(self, record_ids: Iterable[str], *, cause: str | None = None) -> dict[str, bool]:
        """Let withdrawn ids be indexed again; id -> whether it was withdrawn.

        With a `cause`, only those that were withdrawn for it.
        """

    def withdrawn(self) -> Mapping[str, str]:
        """Withdrawn record id -> cause: `staff` or `disclosure`."""

    def withdrawals(self) -> Mapping[str, Withdrawal]:
        """The last state of every record that was ever withdrawn, reopened ones included."""

    def put_withdrawals(self, entries: Mapping[str, Withdrawal]) -> None:
        """Take states from another ledger as they are, and erase the records that they close."""

    def examine_ledger(self) -> list[str]:
        """A sentence for each fault of the withdrawal ledger."""

    def repair_ledger(self) -> None:
        """Write a damaged ledger again from its second copy. Raises LostLedgerError without one."""

    def restart_ledger(self) -> None:
        """Begin an empty ledger in the place of a lost one: only where a person asked for it."""

    def find_identities(
        self, keys: Collection[str], *, live: bool = False
    ) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Records of any generation (or the live one alone) that have one of the keys.

        Gives each record's id and all its keys, as of the last commits; a record of two generations
        comes twice. Withdrawn records and generations of another
        fingerprint are left out.
        """

    def generations(self) -> list[Generation]:
        """All that are kept, the newest first."""

    def drop_others(self) -> list[str]:
        """Drop every generation but the live one; their names. No rollback after it."""

    def check_integrity(self) -> list[IntegrityReport]:
        """Every complete generation and the live one, whole or not, the newest first."""

    def recover(self) -> str | None:
        """Repair the ledger, drop what killed runs left behind, and where the live generation
        can't be searched, go to the newest one that can; its name, or None if nothing was switched.

        Raises LostLedgerError; EngineUnavailableError where no generation can be searched.
        """

    def close(self) -> None:
        """Let go of what is open; nothing is written by it."""
