"""The ledger of records that own files next to an export, kept from run to run.

A file that a closed record owns gives its text to no record. The ledger contains ids of public
records only. Paths and everything closed are stored as digests.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from gettext import gettext as _
from itertools import chain
from pathlib import Path
from sqlite3 import Connection
from typing import TypeAlias

from gongkai.engines.database import Database
from gongkai.engines.port import STAFF
from gongkai.errors import StorageError
from indexer.attachments.lookup import digest_path

_SCHEMA = """
CREATE TABLE IF NOT EXISTS owners (
    file BLOB NOT NULL,
    owner BLOB NOT NULL,
    is_open INTEGER NOT NULL,
    id TEXT NOT NULL,
    place INTEGER NOT NULL,
    source BLOB NOT NULL,
    PRIMARY KEY (file, owner)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS owners_by_owner ON owners (owner);
"""
_NAMED = """
CREATE TEMP TABLE named (file BLOB, owner BLOB, is_open INTEGER, source BLOB,
    PRIMARY KEY (file, owner)) WITHOUT ROWID
"""
_GONE = "CREATE TEMP TABLE gone (owner BLOB PRIMARY KEY, is_final INTEGER) WITHOUT ROWID"
_CLOSE_GONE = (
    "UPDATE owners SET is_open = 0, id = '' WHERE is_open AND owner IN (SELECT owner FROM gone)"
)
_CLOSED = "SELECT file FROM owners WHERE NOT is_open"
_SHARED = """
SELECT file FROM (SELECT file, owner FROM owners UNION SELECT file, owner FROM named)
    GROUP BY file HAVING count(*) > 1
"""
OwnerRow: TypeAlias = tuple[bytes, bytes, int, str, int, bytes]


@dataclass(frozen=True, slots=True)
class Claim:
    """The claim of a row to a file. `owner`, `file` and `source` are digests.

    `source` is the digest of the row's file if the owner has no id that identifies it later; the
    next run over that file decides again. It is empty for all others.
    """

    file: bytes
    owner: bytes
    source: bytes
    is_open: bool


def open_owners(folder: Path) -> Database:
    """Returns the database of one installation. The first record with a file creates it."""
    return Database(folder / "attachments.sqlite3", _SCHEMA)


def name_owner(record_id: str) -> bytes:
    """Returns the digest of a record id."""
    return hashlib.blake2b(record_id.encode("utf-8", "surrogatepass"), digest_size=16).digest()


class FileOwners:
    """The ledger during one run. `closed` are files that no record may show."""

    def __init__(self, database: Database) -> None:
        if database.is_lost():
            raise StorageError(
                _(
                    "{name} is missing: restore it with `gongkai restore --force`, or delete "
                    "{name}.made to start with an empty one"
                ).format(name=database.path.name)
            )
        self.closed: frozenset[bytes] = frozenset()
        self.shared: frozenset[bytes] = frozenset()
        """Files that several records name: one of them may turn out to be closed."""
        self._database = database
        self._pending: dict[str, Sequence[tuple[bytes, int]]] = {}
        self._closing: list[bytes] = []
        self._has_rows = database.path.exists()

    def begin(
        self, claims: Iterable[Claim], sources: Iterable[Path], withdrawn: Mapping[str, str]
    ) -> None:
        """Stores the claims of a run's rows; sets `closed` and `shared`.

        An owner that was closed opens its file again by naming it as an open one, unless staff
        withdrew it.
        """
        waiting = iter(claims)
        first = next(waiting, None)
        if first is None and not self._has_rows:
            return
        self._has_rows = True
        with self._database.write() as rows:
            rows.execute(_NAMED)
            _take_claims(rows, chain([first] if first else [], waiting))
            _take_gone(
                rows, ((name_owner(key), cause == STAFF) for key, cause in withdrawn.items())
            )
            places = ((digest_path(source.absolute()),) for source in sources)
            rows.executemany("DELETE FROM owners WHERE source = ?", places)
            rows.execute(_CLOSE_GONE)
            rows.execute(
                "INSERT OR REPLACE INTO owners "
                "SELECT file, owner, 0, '', 0, source FROM named WHERE NOT is_open"
            )
            rows.execute(
                "DELETE FROM owners WHERE NOT is_open "
                "AND (file, owner) IN (SELECT file, owner FROM named WHERE is_open) "
                "AND owner NOT IN (SELECT owner FROM gone WHERE is_final)"
            )
            self.closed = _read_files(rows, _CLOSED)
            self.shared = _read_files(rows, _SHARED)

    def hold(self, record_id: str, files: Sequence[tuple[bytes, int]]) -> None:
        """Notes that a record was accepted with the texts of these files, or of none."""
        if files or self._has_rows:
            self._pending[record_id] = files
            self._has_rows = True

    def close(self, record_id: str) -> None:
        """Notes that a row closes this record, or at least its text."""
        if self._has_rows:
            self._closing.append(name_owner(record_id))
            self._pending.pop(record_id, None)

    def flush(self) -> None:
        """Stores the noted files. Call it before the records are public."""
        if not self._pending:
            return
        with self._database.write() as rows:
            for record_id, files in self._pending.items():
                owner = name_owner(record_id)
                old = rows.execute(
                    "SELECT file FROM owners WHERE owner = ? AND is_open", (owner,)
                ).fetchall()
                # An older generation may still show the text of a file that is closed now.
                done = [(file, owner) for (file,) in old if file not in self.closed]
                rows.executemany("DELETE FROM owners WHERE file = ? AND owner = ?", done)
                rows.executemany(
                    "INSERT OR REPLACE INTO owners VALUES (?, ?, 1, ?, ?, x'')",
                    [(file, owner, record_id, place) for file, place in files],
                )
        self._pending.clear()

    def find_affected(self, off: Iterable[str]) -> dict[str, list[int]]:
        """Returns public records that show a file of a closed one: id -> places of attachments.

        `off` are the records that are not public at the end of the run.
        """
        self.flush()
        if not self._has_rows:
            return {}
        with self._database.write() as rows:
            _take_gone(
                rows, ((owner, True) for owner in chain(map(name_owner, off), self._closing))
            )
            rows.execute(_CLOSE_GONE)
            return _read_shown(rows)

    def release(self, record_ids: Iterable[str]) -> None:
        """Notes that these records no longer show a file of a closed record."""
        if not self._has_rows:
            return
        with self._database.write() as rows:
            rows.executemany(
                f"DELETE FROM owners WHERE owner = ? AND is_open AND file IN ({_CLOSED})",  # noqa: S608
                [(name_owner(each),) for each in record_ids],
            )


def _take_claims(rows: Connection, claims: Iterable[Claim]) -> None:
    """Stores claims. A closed claim wins over an open one of the same owner."""
    rows.executemany(
        "INSERT INTO named VALUES (?, ?, ?, ?) ON CONFLICT (file, owner) DO UPDATE "
        "SET is_open = min(is_open, excluded.is_open)",
        ((each.file, each.owner, each.is_open, each.source) for each in claims),
    )


def _take_gone(rows: Connection, owners: Iterable[tuple[bytes, bool]]) -> None:
    rows.execute(_GONE)
    rows.executemany("INSERT OR IGNORE INTO gone VALUES (?, ?)", owners)


def _read_files(rows: Connection, query: str) -> frozenset[bytes]:
    return frozenset(file for (file,) in rows.execute(query))


def _read_shown(rows: Connection) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    query = f"SELECT id, place FROM owners WHERE is_open AND file IN ({_CLOSED}) ORDER BY place"  # noqa: S608
    for record_id, place in rows.execute(query):
        found.setdefault(record_id, []).append(place)
    return found


def find_shown(database: Database) -> dict[str, list[int]]:
    """Returns records that showed a file of a closed one: id -> places of attachments."""
    with database.read() as rows:
        return _read_shown(rows)


def read_owners(rows: Connection) -> Iterator[OwnerRow]:
    """Yields every row of a ledger."""
    for row in rows.execute("SELECT file, owner, is_open, id, place, source FROM owners"):
        yield tuple(row)


def merge_owners(database: Database, others: Sequence[OwnerRow]) -> None:
    """Adds the rows of another ledger. A file closed in either ledger is closed."""
    if not others:
        return
    with database.write() as rows:
        rows.executemany(
            "INSERT INTO owners VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (file, owner) DO UPDATE "
            "SET is_open = min(is_open, excluded.is_open), "
            "id = CASE WHEN excluded.is_open THEN id ELSE '' END",
            others,
        )
