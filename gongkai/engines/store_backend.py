"""The interfaces that an engine implements so that GenerationStore can manage its generations."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from gettext import gettext as _
from typing import Protocol, TypeAlias

from gongkai.engines.changes import ChangeJournal
from gongkai.engines.earlier_versions import EarlierVersions
from gongkai.engines.manifest import Manifest
from gongkai.engines.port import Generation, GenerationWriter
from gongkai.engines.withdrawals import Withdrawal

AfterCommit: TypeAlias = Callable[[int, Collection[str]], None]
"""Receives the number of records, and the ids written or deleted since the last commit."""


class WriteLock(Protocol):
    """Allows one writer per installation. Not reentrant."""

    @property
    def is_held(self) -> bool:
        """Whether this store holds the lock."""

    def acquire(self, patience: float = 0.0) -> None:
        """Takes the lock, or raises AnotherWriterError; may wait `patience` seconds for it."""

    def check(self) -> None:
        """Raises EngineUnavailableError where a held lock was lost, or may have been."""

    def release(self) -> None: ...


class GenerationCatalog(Protocol):
    """The generations of an installation, and the pointer to the live one."""

    def create(self, fingerprint: str) -> Manifest:
        """Creates an incomplete generation that sorts after all others."""

    def manifest(self, name: str) -> Manifest | None:
        """Returns the manifest of a generation; None where it is missing or damaged."""

    def write_manifest(self, manifest: Manifest) -> None: ...

    def complete(self) -> list[Manifest]:
        """Returns the generations that may be searched, newest first."""

    def left_behind(self) -> list[str]:
        """Returns the generations that killed runs left; valid while the lock is held.

        A rebuild in slots is none: it can be continued.
        """

    def in_slots(self) -> Manifest | None:
        """Returns the unfinished rebuild in slots, if there is one."""

    def damaged(self) -> list[str]:
        """Returns generations without a readable manifest that may be repaired."""

    def live_names(self) -> list[str]:
        """Returns the live generation, none before the first; more than one is a fault."""

    def point_at(self, name: str) -> None:
        """Makes this generation the only live one, atomically."""

    def drop(self, name: str) -> None: ...


class WithdrawalLedger(Protocol):
    """The withdrawal state of every record; it is written before any generation is changed.

    Raises LostLedgerError where an installation has lost its ledger.
    """

    def begin(self) -> None:
        """Creates an empty ledger where none has existed."""

    def entries(self) -> Mapping[str, Withdrawal]:
        """Returns the records that are withdrawn now."""

    def history(self) -> Mapping[str, Withdrawal]:
        """Returns the last state of every record ever withdrawn, including reopened ones."""

    def pending(self) -> Collection[str]:
        """Returns the ids that a generation may still hold."""

    def add(
        self, record_ids: Iterable[str], cause: str, public: Collection[str] | None = None
    ) -> None:
        """Withdraws records; `public` are those that were public, None for all."""

    def put(self, entries: Mapping[str, Withdrawal]) -> None:
        """Stores these states unchanged, including their times."""

    def remove(self, record_ids: Iterable[str]) -> None:
        """Reopens records; the time is kept for a later merge of two ledgers."""

    def mark_erased(self, record_ids: Iterable[str]) -> None: ...

    def examine(self) -> list[str]:
        """Returns a sentence for each fault."""

    def repair(self) -> None: ...

    def restart(self) -> None:
        """Replaces a lost ledger by an empty one."""


class StoreBackend(Protocol):
    """The storage of one engine."""

    is_damage_final: bool
    """Whether a damaged generation stays damaged; a lost shard may return with its node."""

    @property
    def generations(self) -> GenerationCatalog: ...

    @property
    def ledger(self) -> WithdrawalLedger: ...

    @property
    def journal(self) -> ChangeJournal: ...

    @property
    def versions(self) -> EarlierVersions: ...

    @property
    def lock(self) -> WriteLock: ...

    def translate_errors(self) -> AbstractContextManager[None]:
        """Translates errors of the storage into errors of `gongkai.errors`."""

    def open_writer(
        self,
        manifest: Manifest,
        after_commit: AfterCommit,
        on_close: Callable[[BaseException | None], None],
    ) -> GenerationWriter:
        """Opens a writer. Raises EngineUnavailableError where the generation is damaged.

        `on_close` receives the error that ended the writer, if any.
        """

    def describe(self, manifest: Manifest) -> Generation:
        """Returns size and record count. Raises StorageError where the files are damaged."""

    def look_up(self, record_ids: Sequence[str]) -> dict[str, bool]:
        """Returns record id -> whether any complete generation holds the record."""

    def find_keys(
        self, names: Sequence[str], keys: Collection[str]
    ) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yields id and identity keys of each record in these generations with one of the keys."""

    def read_digests(
        self, name: str, record_ids: Sequence[str] | None
    ) -> Iterator[tuple[str, str]]:
        """Yields id and digest of these records (None for all) in a generation, as committed.

        Equal digests mean equal content.
        """

    def read_stored(self, name: str, record_ids: Sequence[str]) -> Iterator[tuple[str, bytes]]:
        """Yields id and stored content of those of the records that a generation has."""

    def erase(self, record_ids: Collection[str], written: str | None) -> bool:
        """Deletes records and their vectors; the caller holds the lock.

        `written` is the generation with an open writer. Returns False where a generation may still
        hold the records.
        """

    def hide(self, record_ids: Collection[str]) -> None:
        """Hides withdrawn records from searches while another process writes."""

    def clean(self, name: str) -> None:
        """Deletes files of a complete generation that no commit uses; the lock is held."""

    def examine(self, name: str, *, is_own: bool) -> list[str]:
        """Returns a sentence for each fault of the generation's files.

        `is_own` tells that this program's analysis and schema built it.
        """

    def repair(self) -> None:
        """Repairs what can be derived from other files; the lock is held."""

    def close(self) -> None: ...


def explain_damage(name: str) -> str:
    """Returns a sentence about a live generation that cannot be written."""
    return _("The live generation {name} is missing or damaged: run `gongkai doctor`.").format(
        name=name
    )
