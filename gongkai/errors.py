"""Every error that this project raises on purpose.

GongkaiError
├── RefusedValueError        a value of a source row is invalid (field, reason, message)
│   └── TooLongError         it is too long
├── SettingsError            a setting is wrong (file and line or variable, and the fix)
├── UnusableSourceError      a source is missing or of unknown format
├── BrokenFileError          a source file is broken as a whole (gongkai.files.errors)
├── BadRequestError          a request parameter is invalid
├── EngineUnavailableError   the engine is unavailable or locked
│   ├── NothingIndexedError  the engine has no index yet
│   ├── QueryTimeoutError    one query exceeded its time limit; the engine works
│   ├── StorageError         the data folder is not accessible (disk full, read-only, faulty)
│   ├── LostLedgerError      the withdrawal ledger is lost
│   ├── OpenSlotsError       a rebuild in slots is not finished
│   └── AnotherWriterError   another process is writing
├── JudgementsError          a file of judged queries is missing or invalid
├── EndedProcessError        a process of a run was ended from outside
├── MissingModelError        the embedding model is missing or gives wrong answers
├── ShrinkingIndexError      a switch would lose many live records
├── ShrinkingSourceError     a withdrawal would remove many records of a source
└── IndexMismatchError       the index was built with another analysis, dictionary or schema
"""

import errno
import gettext as translations
import os
from gettext import gettext as _

FAULTS = (
    *(
        os.strerror(number)
        for number in (
            errno.EACCES,
            errno.EPERM,
            errno.ENOENT,
            errno.EEXIST,
            errno.EISDIR,
            errno.ENOTDIR,
            errno.ENOSPC,
            errno.EDQUOT,
            errno.EROFS,
            errno.EIO,
            errno.EMFILE,
            errno.ENAMETOOLONG,
            errno.ELOOP,
            errno.EADDRINUSE,
            errno.EADDRNOTAVAIL,
            errno.ECONNREFUSED,
            errno.ECONNRESET,
            errno.EHOSTUNREACH,
            errno.ENETUNREACH,
            errno.ETIMEDOUT,
        )
    ),
    "ConnectionError",
    "ConnectionTimeout",
    "TlsError",
    "TimeoutError",
    "timed out",
    "UnicodeDecodeError",
)
"""The faults of the system and the network that `name_fault` translates."""


class GongkaiError(Exception):
    """The base class; its message is a complete sentence for an operator."""


class RefusedValueError(GongkaiError):
    """A value is invalid; `reason` is a stable code, and the message never quotes the value.

    `message` may contain `{field}` and the names of `values`.
    """

    def __init__(self, field: str, reason: str, message: str, **values: object) -> None:
        named = translations.gettext(field) if field else ""
        super().__init__(message.format(field=named, **values))
        self.field = field
        self.reason = reason


class TooLongError(RefusedValueError):
    """A value has more than `limit` characters."""

    def __init__(self, field: str, limit: int) -> None:
        message = _("The {field} is over {limit:,} characters.")
        super().__init__(field, "too_long", message, limit=limit)


class SettingsError(GongkaiError):
    """A setting is wrong; the message names its file and line, or its variable."""


class BadRequestError(GongkaiError):
    """A request parameter is invalid; `parameter` is its name, `title` is Chinese."""

    def __init__(self, parameter: str, title: str) -> None:
        super().__init__(f"{parameter}: {title}")
        self.parameter = parameter
        self.title = title


class JudgementsError(GongkaiError):
    """A file of judged queries is missing or invalid; the message names its line."""


def name_fault(error: BaseException) -> str:
    """Returns the system's message of an error, or the name of its type, in the language."""
    said = getattr(error, "strerror", None) or type(error).__name__
    return translations.gettext(said)


class EngineUnavailableError(GongkaiError):
    """The engine is unavailable, locked by another writer, or has no index yet."""


class NothingIndexedError(EngineUnavailableError):
    """Nothing has been indexed yet."""

    def __init__(self) -> None:
        super().__init__(_("Nothing is indexed yet: run `gongkai index` first."))


class QueryTimeoutError(EngineUnavailableError):
    """One query took longer than GONGKAI_QUERY_TIMEOUT_SECONDS; other queries are answered."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "The query took longer than GONGKAI_QUERY_TIMEOUT_SECONDS and was "
                "stopped: use fewer words or narrower filters."
            )
        )


class StorageError(EngineUnavailableError):
    """The data folder cannot be written or read; `reason` is the message of the system."""

    def __init__(self, reason: object) -> None:
        super().__init__(
            _(
                "The data folder can't be written or read ({reason}). Free space or "
                "mount it for writing, then run the command again; `gongkai doctor` "
                "checks the index."
            ).format(reason=reason)
        )


class LostLedgerError(EngineUnavailableError):
    """The withdrawal ledger is missing or damaged; withdrawn records might become visible."""

    def __init__(self, state: str) -> None:
        super().__init__(
            _(
                "The withdrawal ledger is {state}: it is not known which records were "
                "withdrawn. Run `gongkai doctor --repair`, or `gongkai restore --force` "
                "with the newest backup."
            ).format(state=state)
        )


class AnotherWriterError(EngineUnavailableError):
    """Only one process may write at a time."""

    def __init__(self) -> None:
        super().__init__(_("Another gongkai process is writing this index; wait for it to end."))


class OpenSlotsError(EngineUnavailableError):
    """A rebuild in slots is not finished, or has other slots or sources."""

    def __init__(self, name: str, slots: int) -> None:
        super().__init__(
            _(
                "A rebuild in {slots} slots is not finished ({name}). Run its slots with the same "
                "sources and options, or give it up with `gongkai slots --drop`."
            ).format(name=name, slots=slots)
        )


class EndedProcessError(GongkaiError):
    """A process of a run was ended from outside, usually for lack of memory."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "A process of this run was ended from outside, most likely because "
                "memory ran out. Nothing is lost: run the command again, with "
                "GONGKAI_INDEX_PROCESSES=1 if needed."
            )
        )


class MissingModelError(GongkaiError):
    """The embedding model is not available, or gives wrong answers."""


class ShrinkingIndexError(GongkaiError):
    """A switch would lose many live records, or leave none; the live index stays."""

    def __init__(self, live: int, records: int) -> None:
        super().__init__(
            _(
                "The new index has {records:,} records, the live one {live:,}: it was "
                "dropped and the live one stays. Check that the export is whole, or add "
                "--allow-shrink."
            ).format(records=records, live=live)
        )


class ShrinkingSourceError(GongkaiError):
    """More records of a source are missing from its full export than is allowed."""

    def __init__(self, missing: int, total: int) -> None:
        super().__init__(
            _(
                "{missing:,} of the {total:,} records of the source are missing from the "
                "export; none was withdrawn. Check that the export is whole, or add "
                "--allow-shrink."
            ).format(missing=missing, total=total)
        )


class IndexMismatchError(GongkaiError):
    """The index was built with another analysis, dictionary or schema and must be rebuilt."""
