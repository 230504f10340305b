"""The one root of every error this project raises on purpose, and its tree. Every room uses it.

GongkaiError
├── RefusedValueError        a value of a source row can't be taken (field, reason, safe words)
├── SettingsError            a setting is wrong (file and line or variable, how to fix it)
├── UnusableSourceError      a path to index is missing or of no format we read
├── BrokenFileError          a source file is broken as a whole (gongkai.files.errors)
├── BadRequestError          a question that can't be asked (parameter at fault)
├── EngineUnavailableError   the engine is away or locked
│   ├── NothingIndexedError  the engine is there and holds no index yet
│   ├── QueryTimeoutError    one query took longer than it may; the engine is well
│   ├── StorageError         the data folder can't be written or read (disk full, read-only, broken)
│   ├── LostLedgerError      it is not known any more which records were withdrawn
│   └── AnotherWriterError   another process is writing
├── EndedProcessError        a process of a run was ended from outside
├── MissingModelError        the embedding model can't be had, or answers wrongly
├── ShrinkingIndexError      a switch would lose many of the live records
├── ShrinkingSourceError     a withdrawal would take many records of a source
└── IndexMismatchError       the index was built by another analysis, dictionary or schema
"""


class GongkaiError(Exception):
    """Root of the tree; its message is a full sentence fit for an operator."""


class RefusedValueError(GongkaiError):
    """A value that can't be taken; `reason` is a stable code, the message never quotes it."""

    def __init__(self, field: str, reason: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.reason = reason


class SettingsError(GongkaiError):
    """A setting is wrong; the message names its file and line, or its variable."""


class BadRequestError(GongkaiError):
    """A question that can't be asked; `parameter` is the one at fault, `title` is Chinese."""

    def __init__(self, parameter: str, title: str) -> None:
        super().__init__(f"{parameter}: {title}")
        self.parameter = parameter
        self.title = title


class EngineUnavailableError(GongkaiError):
    """The engine is away, locked by another writer, or holds no index yet."""


class NothingIndexedError(EngineUnavailableError):
    """Nothing was indexed so far."""

    def __init__(self) -> None:
        super().__init__("Nothing is indexed yet: run `gongkai index` first.")


class QueryTimeoutError(EngineUnavailableError):
    """One query took longer than GONGKAI_QUERY_TIMEOUT_SECONDS; others are answered."""

    def __init__(self) -> None:
        super().__init__(
            "The query took longer than GONGKAI_QUERY_TIMEOUT_SECONDS and was stopped: ask with "
            "fewer words or narrower filters."
        )


class StorageError(EngineUnavailableError):
    """The data folder can't be written or read; `reason` is the system's own word."""

    def __init__(self, reason: object) -> None:
        super().__init__(
            f"The data folder can't be written or read ({reason}). Free space or mount it for "
            "writing, then run the same again; `gongkai doctor` says whether all is whole."
        )


class LostLedgerError(EngineUnavailableError):
    """The withdrawal ledger is missing or damaged: what was withdrawn might be shown again."""

    def __init__(self, state: str) -> None:
        super().__init__(
            f"The withdrawal ledger is {state}: it is not known which records were withdrawn. "
            "Run `gongkai doctor --repair`, or `gongkai restore --force` with the newest backup."
        )


class AnotherWriterError(EngineUnavailableError):
    """One process writes at a time."""

    def __init__(self) -> None:
        super().__init__("Another gongkai process is writing this index; wait for it to end.")


class EndedProcessError(GongkaiError):
    """A process that a run had begun was ended from outside, most often for want of memory."""

    def __init__(self) -> None:
        super().__init__(
            "A process of this run was ended from outside, most likely because memory ran out. "
            "Nothing is lost: run the same again, with GONGKAI_INDEX_PROCESSES=1 if it is short."
        )


class MissingModelError(GongkaiError):
    """The embedding model can't be had, or does not answer as it should."""


class ShrinkingIndexError(GongkaiError):
    """A switch would lose many of the live records, or leave none; the live index stays."""

    def __init__(self, live: int, records: int) -> None:
        super().__init__(
            f"The new index has {records:,} records, the live one {live:,}: it was dropped and the "
            "live one stays. Check that the export is whole, or add --allow-shrink."
        )


class ShrinkingSourceError(GongkaiError):
    """More records of a source are missing from its full export than may go without a word."""

    def __init__(self, missing: int, total: int) -> None:
        super().__init__(
            f"{missing:,} of the {total:,} records of the source are missing from the export; none "
            "was withdrawn. Check that the export is whole, or add --allow-shrink."
        )


class IndexMismatchError(GongkaiError):
    """The index on disk was built with another analysis, dictionary or schema: rebuild it."""
