"""The engine port: the interfaces of every search engine, and the values they exchange.

IndexStore and GenerationWriter are the write side, SearchEngine is the read side.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from gettext import gettext as _
from types import TracebackType
from typing import Protocol, Self

from gongkai.engines import withdrawals
from gongkai.engines.changes import Change, ChangePage
from gongkai.engines.earlier_versions import EarlierVersion
from gongkai.engines.withdrawals import Withdrawal
from gongkai.errors import EngineUnavailableError
from gongkai.query.request import Sort
from gongkai.query.tree import Query

STAFF, DISCLOSURE = withdrawals.STAFF, withdrawals.DISCLOSURE
"""Causes of a withdrawal: staff withdrew the record, or its source closed it."""
REPLICA_FORMAT = 1
"""Version of the line format of a replica."""
TERM_DICTIONARY_VALUES = 30_000
"""Most frequent values counted of a vocabulary field.

Two such fields fit into one response, which engines limit to 65,000 values in all.
"""


@dataclass(frozen=True, slots=True)
class IndexDocument:
    """A record as an engine indexes it: analysed fields (`gongkai.catalog.fields`) and stored JSON.

    `revision` identifies the content: a record with an equal revision is not written again.
    """

    id: str
    revision: str
    fields: Mapping[str, str | int | Sequence[str]]
    stored: bytes

    def __reduce__(self) -> tuple[object, ...]:
        # Pickling a frozen dataclass with slots by default takes several times as long.
        return IndexDocument, (self.id, self.revision, self.fields, self.stored)


@dataclass(frozen=True, slots=True)
class EngineQuery:
    """One query to an engine. The counts of a facet field leave out that field's own filter.

    With `limit` 0 only totals and facets are returned. `offset` counts hits. `after` is a cursor
    from an earlier result and replaces `offset`. With `shown`, the next cursor continues after that
    many of the hits, and not after all.
    """

    query: Query
    filters: Mapping[str, Query] = field(default_factory=dict)
    facets: tuple[str, ...] = ()
    sort: Sort = Sort.RELEVANCE
    offset: int = 0
    limit: int = 10
    after: str | None = None
    shown: int | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """One matching record: its score (0 when sorted by date) and its stored content."""

    id: str
    score: float
    stored: bytes


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Exact total, one window of hits, exact facet counts, and the cursor of the next window.

    Only the TERM_DICTIONARY_VALUES most frequent values of a vocabulary field are counted.
    """

    total: int
    hits: tuple[Hit, ...]
    facets: Mapping[str, Mapping[str, int]]
    generation: str
    next_cursor: str | None = None


@dataclass(frozen=True, slots=True)
class Generation:
    """One whole index: `created` is ISO UTC, `bytes` its size, `live` whether searches use it."""

    name: str
    created: str
    records: int
    bytes: int
    fingerprint: str
    live: bool


@dataclass(frozen=True, slots=True)
class IntegrityReport:
    """The integrity of one generation; `faults` are sentences, empty for a searchable one."""

    name: str
    live: bool
    faults: tuple[str, ...]


def choose_recovery(examined: Sequence[IntegrityReport]) -> str | None:
    """Returns the newest generation without faults to switch to, or None.

    None means that the live generation is intact or that there is no generation. Raises
    EngineUnavailableError where every generation has a fault.
    """
    if not examined or any(each.live and not each.faults for each in examined):
        return None
    for each in examined:
        if not each.faults:
            return each.name
    raise EngineUnavailableError(
        _("No generation can be searched: run `gongkai index --rebuild` over the exports.")
    )


class SearchEngine(Protocol):
    """The read interface of a search engine; safe for concurrent use.

    Raises EngineUnavailableError where nothing can be searched, IndexMismatchError where the index
    was built with another analysis or schema, and BadRequestError for an invalid cursor.
    """

    async def search(self, query: EngineQuery) -> SearchResult: ...

    async def count(self, queries: Sequence[Query]) -> tuple[int, ...]:
        """Returns the number of records that match each query, in order, without withdrawn ones."""

    async def version(self) -> str:
        """Returns a name that changes with every commit, switch or withdrawal."""

    async def fetch(self, record_id: str) -> bytes | None:
        """Returns the stored content of a record, or None."""

    async def is_withdrawn(self, record_id: str) -> bool: ...

    async def changes(self, after: int, limit: int) -> ChangePage:
        """Returns at most `limit` changes of public records after a sequence number, in order."""

    async def live(self) -> Generation: ...

    async def close(self) -> None: ...


class GenerationWriter(Protocol):
    """Writes into one generation; writes are durable once `commit` returns."""

    @property
    def name(self) -> str: ...

    def prefetch(self, record_ids: Iterable[str]) -> None:
        """Announces the records asked for next, so that a remote engine looks them up at once."""

    def contains(self, document_id: str, revision: str | None = None) -> bool:
        """Whether the record is there (in that revision), including writes of this run."""

    def put(self, document: IndexDocument) -> None:
        """Adds a record, or replaces the one with its id."""

    def delete(self, record_id: str) -> None: ...

    def commit(self) -> None:
        """Makes all writes durable and, in the live generation, visible."""

    def identities(self, record_id: str) -> tuple[str, ...]:
        """Returns the identity keys (`gongkai.catalog.identity`) of a record at the last commit."""

    def stored(self, record_id: str) -> bytes | None:
        """Returns the stored content of a record at the last commit, or None."""

    def count(self) -> int:
        """Returns the number of records at the last commit."""

    def pop_rejected(self) -> Mapping[str, str]:
        """Returns record id -> reason of the records rejected by the engine since the last call."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...


class IndexStore(Protocol):
    """The write interface: all generations, and which one is live.

    Only one process may write at a time; others get AnotherWriterError.
    """

    def update(self) -> GenerationWriter:
        """Opens a writer for the live generation, created where there is none."""

    def rebuild(self) -> GenerationWriter:
        """Opens a writer for a new generation; an error drops that generation."""

    def publish(self, name: str) -> None:
        """Makes this generation the live one, atomically."""

    def rollback(self) -> Generation:
        """Switches to the generation before the live one; withdrawn records stay withdrawn."""

    def withdraw(
        self, record_ids: Iterable[str], *, cause: str, held: Collection[str] = ()
    ) -> dict[str, bool]:
        """Withdraws records in every generation; returns id -> whether the record existed.

        A record withdrawn by staff stays so whatever other cause is added. Within this store's own
        writer the withdrawal applies at once, and closing the writer erases the records. `held` are
        the ids that the caller knows to have been public here.
        """

    def restore(self, record_ids: Iterable[str], *, cause: str | None = None) -> dict[str, bool]:
        """Allows withdrawn ids to be indexed again; returns id -> whether it was withdrawn.

        With a `cause`, only records withdrawn for that cause are restored.
        """

    def withdrawn(self) -> Mapping[str, str]:
        """Returns withdrawn record id -> cause: `staff` or `disclosure`."""

    def withdrawals(self) -> Mapping[str, Withdrawal]:
        """Returns the last state of every record ever withdrawn, including reopened ones."""

    def put_withdrawals(self, entries: Mapping[str, Withdrawal]) -> None:
        """Stores states from another ledger unchanged, and erases the records that they close."""

    def examine_ledger(self) -> list[str]:
        """Returns a sentence for each fault of the withdrawal ledger."""

    def repair_ledger(self) -> None:
        """Rewrites a damaged ledger from its second copy. Raises LostLedgerError without a copy."""

    def restart_ledger(self) -> None:
        """Replaces a lost ledger by an empty one; only at the explicit request of a person."""

    def find_identities(
        self, keys: Collection[str], *, live: bool = False
    ) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yields id and identity keys of each record with one of the keys, as of the last commits.

        Searches every generation, or with `live` only the live one. A record of two generations is
        yielded twice. Withdrawn records and generations of another fingerprint are left out.
        """

    def find_change(self, record_id: str) -> Change | None:
        """Returns the last change of a record, None for one that was never public here."""

    def earlier_versions(self, record_id: str) -> list[EarlierVersion]:
        """Returns the earlier public versions of a record, latest first.

        None from before its last withdrawal. The caller checks that the record is public.
        """

    def erase_versions(self, record_id: str) -> None:
        """Erases the earlier versions of a record."""

    def generations(self) -> list[Generation]:
        """Returns all generations, newest first."""

    def drop_others(self) -> list[str]:
        """Drops all generations except the live one; returns their names.

        Rollback is then impossible.
        """

    def check_integrity(self) -> list[IntegrityReport]:
        """Checks every complete generation and the live one, newest first."""

    def recover(self) -> str | None:
        """Repairs the ledger, cleans up after killed runs, and switches the generation if needed.

        Returns the name of the generation switched to, or None without a switch. Raises
        LostLedgerError, and EngineUnavailableError where no generation can be searched.
        """

    def close(self) -> None:
        """Releases resources; nothing is written."""
