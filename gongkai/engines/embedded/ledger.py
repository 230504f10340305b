"""The withdrawal ledger: which records were withdrawn, why, and which are not erased yet.

It is written before any index is changed and read on every search. A withdrawal therefore applies
once the ledger is replaced, even while a rebuild holds the write lock. The file has a digest and a
second copy, so that a lost or damaged ledger is detected and never taken for an empty one.
"""

import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from gettext import gettext as _
from pathlib import Path
from typing import Any

import orjson
from filelock import FileLock

from gongkai.engines.withdrawals import Withdrawal, close_records, reopen_records
from gongkai.errors import LostLedgerError
from gongkai.files.durable import FILE_MODE, read_json, replace_file, signature

_FORMAT = 2
_UNREAD = object()


@dataclass(frozen=True, slots=True)
class _Content:
    """The content of a ledger file; `sequence` counts writes and is 0 in the first format."""

    sequence: int
    entries: Mapping[str, Withdrawal]


class Ledger:
    """See WithdrawalLedger. The file is read again only after it was replaced.

    `is_expected` returns whether this installation has had a ledger. Reading and writing raise
    LostLedgerError where the file is damaged, or is missing although it is expected.
    """

    def __init__(self, path: Path, is_expected: Callable[[], bool] = lambda: False) -> None:
        self._path = path
        self._copy = path.with_name(f"{path.stem}.copy.json")
        self._is_expected = is_expected
        self._seen: object = _UNREAD
        self._content = _Content(0, {})
        self._closed: Mapping[str, Withdrawal] = {}
        self._pending: frozenset[str] = frozenset()

    def entries(self) -> Mapping[str, Withdrawal]:
        self._refresh()
        return self._closed

    def history(self) -> Mapping[str, Withdrawal]:
        self._refresh()
        return self._content.entries

    def pending(self) -> frozenset[str]:
        """See WithdrawalLedger. Searches must leave these ids out."""
        self._refresh()
        return self._pending

    def stamp(self) -> object:
        """Returns a value that changes with every change."""
        return signature(self._path)

    def begin(self) -> None:
        self._refresh()
        if self._seen is None:
            with self._lock():
                if signature(self._path) is None:
                    self._write({})

    def add(
        self, record_ids: Iterable[str], cause: str, public: Collection[str] | None = None
    ) -> None:
        with self._lock():
            known = self.history()
            self._write({**known, **close_records(known, record_ids, cause, public)})

    def put(self, entries: Mapping[str, Withdrawal]) -> None:
        if not entries:
            return
        with self._lock():
            self._write({**self.history(), **entries})

    def remove(self, record_ids: Iterable[str]) -> None:
        with self._lock():
            known = self.history()
            self._write({**known, **reopen_records(known, record_ids)})

    def mark_erased(self, record_ids: Iterable[str]) -> None:
        erased = set(record_ids)
        if not erased:
            return
        with self._lock():
            self._write(
                {k: replace(e, erased=e.erased or k in erased) for k, e in self.history().items()}
            )

    def examine(self) -> list[str]:
        """Returns a sentence for each fault of the two files."""
        faults = []
        try:
            main = _read(self._path)
        except ValueError:
            return [_("{name} is damaged. {remedy}").format(name=self._path.name, remedy=_REMEDY)]
        try:
            copy = _read(self._copy)
        except ValueError:
            copy = None
            faults.append(
                _("{name} is damaged: `gongkai doctor --repair` restores it.").format(
                    name=self._copy.name
                )
            )
        if main is None:
            lost = copy is not None or bool(faults) or self._is_expected()
            return (
                [_("{name} is missing. {remedy}").format(name=self._path.name, remedy=_REMEDY)]
                if lost
                else []
            )
        if main.sequence and copy is None and not faults:
            faults.append(
                _("{name} is missing: `gongkai doctor --repair` restores it.").format(
                    name=self._copy.name
                )
            )
        # A run killed between the two writes leaves the copy one write ahead.
        if copy is not None and copy.sequence > main.sequence + 1:
            faults.append(
                _("{name} is older than its second copy. {remedy}").format(
                    name=self._path.name, remedy=_REMEDY
                )
            )
        return faults

    def repair(self) -> None:
        """Rewrites both files from the newer intact one. Raises LostLedgerError without one."""
        if not self.examine():
            return
        with self._lock():
            whole = [content for path in (self._path, self._copy) if (content := _try(path))]
            if not whole:
                raise LostLedgerError(_("missing or damaged, and so is its second copy"))
            self._clear()
            newest = max(whole, key=lambda content: content.sequence)
            self._write(newest.entries, newest.sequence)

    def restart(self) -> None:
        with self._lock():
            self._clear()
            self._write({}, 0)

    def _clear(self) -> None:
        """Moves away folders in the place of the files, which would block every write."""
        for path in (self._path, self._copy):
            if path.is_dir():
                path.rename(path.with_name(f"{path.name}.folder"))

    def _lock(self) -> FileLock:
        return FileLock(self._path.with_suffix(".lock"), mode=FILE_MODE)

    def _refresh(self) -> None:
        seen = signature(self._path)
        if seen == self._seen:
            return
        try:
            content = _read(self._path)
        except ValueError as error:
            # Guessing is not safe: withdrawn records could become visible again.
            raise LostLedgerError(_("damaged")) from error
        if content is None and (self._copy.exists() or self._is_expected()):
            raise LostLedgerError(_("missing"))
        self._content = content or _Content(0, {})
        self._closed = {k: e for k, e in self._content.entries.items() if e.is_closed}
        self._pending = frozenset(key for key, e in self._closed.items() if not e.erased)
        self._seen = seen

    def _write(self, entries: Mapping[str, Withdrawal], after: int | None = None) -> None:
        """Writes both files, the copy first, so that it is never behind the ledger."""
        sequence = (self._content.sequence if after is None else after) + 1
        content = _spell(_Content(sequence, entries))
        replace_file(self._copy, content)
        replace_file(self._path, content)
        self._seen = _UNREAD


_REMEDY = _(
    "The withdrawn records are unknown: stop the server, then run `gongkai doctor --repair`, "
    "or `gongkai restore --force` with the newest backup."
)


def _spell(content: _Content) -> bytes:
    entries = {key: asdict(entry) for key, entry in content.entries.items()}
    digest = _digest(content.sequence, entries)
    written = {"format": _FORMAT, "sequence": content.sequence, "sha256": digest}
    return orjson.dumps({**written, "entries": entries})


def _digest(sequence: int, entries: Mapping[str, Any]) -> str:
    canonical = orjson.dumps([sequence, entries], option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(canonical).hexdigest()


def _try(path: Path) -> _Content | None:
    try:
        return _read(path)
    except ValueError:
        return None


def _read(path: Path) -> _Content | None:
    """Returns None where the file is missing. Raises ValueError where it is damaged."""
    try:
        content = read_json(path)
    except OSError as error:
        raise ValueError(error.strerror) from error
    if content is None and not path.exists():
        return None
    try:
        return _read_content(content)
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError("not a ledger") from error


def _read_content(content: Mapping[str, Any]) -> _Content:
    sequence, entries = 0, content
    if isinstance(content.get("format"), int):
        sequence, entries = content["sequence"], content["entries"]
        if content["sha256"] != _digest(sequence, entries):
            raise ValueError("not as it was written")
    return _Content(sequence, {key: Withdrawal(**entry) for key, entry in entries.items()})
