"""The state of the crawl of a portal, kept beside the saved pages: a crawl can be resumed."""

from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass
from enum import StrEnum
from pathlib import Path

from gongkai.engines.database import Database

STATE_FILE = ".pull.sqlite3"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS pages (
    address TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    run INTEGER NOT NULL,
    is_waiting INTEGER NOT NULL,
    place INTEGER NOT NULL,
    etag TEXT NOT NULL DEFAULT '',
    modified TEXT NOT NULL DEFAULT '',
    folder TEXT NOT NULL DEFAULT '',
    name TEXT NOT NULL DEFAULT '',
    fault TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS links (
    page TEXT NOT NULL, address TEXT NOT NULL, kind TEXT NOT NULL,
    PRIMARY KEY (page, address)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS portal (start TEXT NOT NULL, run INTEGER NOT NULL);
"""


class Kind(StrEnum):
    """What an address is: a list, a page that may be a record, or a file of a record."""

    LIST = "list"
    PAGE = "page"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Result:
    """What is kept of an address: validators, folder and name of the copy, and a fault."""

    etag: str = ""
    modified: str = ""
    folder: str = ""
    name: str = ""
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """An address to fetch. The folder holds the saved copy, or the page that a file belongs to."""

    address: str
    kind: Kind
    last: Result


class CrawlState:
    """The addresses of one portal, by the run that saw them last."""

    def __init__(self, folder: Path, start: str) -> None:
        self._database = Database(folder / STATE_FILE, _SCHEMA)
        with self._database.write() as rows:
            row = rows.execute("SELECT start, run FROM portal").fetchone()
            self.other_start = row[0] if row and row[0] != start else None
            waiting = rows.execute("SELECT count(*) FROM pages WHERE is_waiting").fetchone()[0]
            self.is_resumed = bool(row and waiting)
            self.run = (row[1] if row else 0) + (not self.is_resumed)
            if row is None:
                rows.execute("INSERT INTO portal VALUES (?, ?)", (start, self.run))
            rows.execute("UPDATE portal SET run = ?", (self.run,))
            # Pages of earlier runs are asked for again, after those that lists name.
            rows.execute(
                "UPDATE pages SET is_waiting = 1, run = ? WHERE run < ? AND kind != ?",
                (self.run, self.run, Kind.FILE),
            )

    def add(self, addresses: Iterable[str], kind: Kind, page: str = "", folder: str = "") -> None:
        """Adds addresses that a page names; those seen in this run are not fetched again."""
        with self._database.write() as rows:
            (last,) = rows.execute("SELECT coalesce(max(place), 0) FROM pages").fetchone()
            for place, address in enumerate(addresses, last + 1):
                rows.execute(
                    "INSERT INTO pages (address, kind, run, is_waiting, place, folder) "
                    "VALUES (?, ?, ?, 1, ?, ?) ON CONFLICT (address) DO UPDATE SET "
                    "is_waiting = max(is_waiting, run < excluded.run), run = excluded.run",
                    (address, kind, self.run, place, folder),
                )
                if page:
                    rows.execute(
                        "INSERT OR IGNORE INTO links VALUES (?, ?, ?)", (page, address, kind)
                    )

    def add_links_of(self, page: str) -> None:
        """Adds the addresses that an unchanged page named before."""
        with self._database.read() as rows:
            found = rows.execute(
                "SELECT address, kind FROM links WHERE page = ?", (page,)
            ).fetchall()
            folder = rows.execute("SELECT folder FROM pages WHERE address = ?", (page,)).fetchone()
        for kind in Kind:
            named = [address for address, other in found if other == kind]
            self.add(named, kind, page, (folder or ("",))[0] if kind is Kind.FILE else "")

    def next(self) -> Waiting | None:
        """Returns the next address: lists first, then pages, then files."""
        with self._database.read() as rows:
            row = rows.execute(
                "SELECT address, kind, etag, modified, folder, name FROM pages WHERE is_waiting "
                "ORDER BY kind = 'page', kind = 'list' DESC, place LIMIT 1"
            ).fetchone()
        return Waiting(row[0], Kind(row[1]), Result(*row[2:])) if row else None

    def done(self, address: str, result: Result, kind: Kind | None = None) -> None:
        """Notes the result for an address, and what it turned out to be."""
        with self._database.write() as rows:
            rows.execute(
                "UPDATE pages SET is_waiting = 0, etag = ?, modified = ?, folder = ?, name = ?, "
                "fault = ?, kind = coalesce(?, kind) WHERE address = ?",
                (*astuple(result), kind, address),
            )

    def postpone(self, address: str, fault: str) -> None:
        """Notes a fault; the address stays waiting for the next call."""
        with self._database.write() as rows:
            rows.execute("UPDATE pages SET fault = ? WHERE address = ?", (fault, address))

    def faults(self) -> Iterator[tuple[str, str]]:
        """Yields the addresses of this run that could not be fetched, with the reason."""
        with self._database.read() as rows:
            yield from rows.execute(
                "SELECT address, fault FROM pages WHERE run = ? AND fault != '' ORDER BY place",
                (self.run,),
            ).fetchall()
