"""The withdrawal ledger: which ids were taken off, by whom, and which still lie in index files.

Written before any index is touched, read at every search: a withdrawal counts from the moment
the ledger is replaced, even while a rebuild holds the write lock.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import orjson
from filelock import FileLock

from catalog.errors import StorageError
from engines.port import STAFF
from files.durable import read_json, replace_file, signature


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """`cause`: staff or disclosure. `erased`: no generation holds the record any more."""

    when: str
    cause: str
    erased: bool = False


class Ledger:
    """All withdrawals by record id; a small file, read again only when it was replaced."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: tuple[int, int, int] | None = None
        self._entries: Mapping[str, Withdrawal] = {}
        self._pending: frozenset[str] = frozenset()

    def entries(self) -> Mapping[str, Withdrawal]:
        self._refresh()
        return self._entries

    def pending(self) -> frozenset[str]:
        """Ids that searches have to leave out because an index file still holds them."""
        self._refresh()
        return self._pending

    def stamp(self) -> object:
        """Another after every change."""
        return signature(self._path)

    def add(self, record_ids: Iterable[str], cause: str) -> None:
        entry = Withdrawal(datetime.now(UTC).isoformat(timespec="seconds"), cause)
        with self._lock():
            known = self.entries()
            added = dict.fromkeys(record_ids, entry)
            for record_id in added:
                if record_id in known and known[record_id].cause == STAFF:
                    added[record_id] = replace(entry, cause=STAFF)
            self._write({**known, **added})

    def remove(self, record_ids: Iterable[str]) -> None:
        gone = set(record_ids)
        with self._lock():
            self._write({key: e for key, e in self.entries().items() if key not in gone})

    def mark_erased(self, record_ids: Iterable[str]) -> None:
        erased = set(record_ids)
        if not erased:
            return
        with self._lock():
            self._write(
                {k: replace(e, erased=e.erased or k in erased) for k, e in self.entries().items()}
            )

    def _lock(self) -> FileLock:
        return FileLock(self._path.with_suffix(".lock"))

    def _refresh(self) -> None:
        seen = signature(self._path)
        if seen == self._seen:
            return
        try:
            content = read_json(self._path) or {}
        except ValueError as error:
            # Nothing may be guessed: what was withdrawn would be shown again.
            raise StorageError("withdrawn.json is torn") from error
        self._entries = {key: Withdrawal(**entry) for key, entry in content.items()}
        self._pending = frozenset(key for key, e in self._entries.items() if not e.erased)
        self._seen = seen

    def _write(self, entries: Mapping[str, Withdrawal]) -> None:
        replace_file(self._path, orjson.dumps({key: asdict(e) for key, e in entries.items()}))
        self._seen = None
