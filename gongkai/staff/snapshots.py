"""Daily snapshots of the figures of all agencies, in the staff database."""

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

import orjson

from gongkai.catalog.instants import today_in_china
from gongkai.engines.database import Database
from gongkai.staff.staff_database import stamp
from gongkai.staff.tokens import read_now
from gongkai.staff.unit_figures import UnitFigures

FORMAT = 1
"""Raised when the figures change their meaning; snapshots of another format are not read."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The figures by agency code at one version of the index; `counted_at` is ISO UTC."""

    day: date
    version: str
    counted_at: str
    units: Mapping[str, UnitFigures]


class Snapshots:
    """The snapshots of one installation, at most one a day: the last of the day."""

    def __init__(
        self,
        database: Database,
        today: Callable[[], date] = today_in_china,
        clock: Callable[[], datetime] = read_now,
    ) -> None:
        self._database = database
        self._today = today
        self._clock = clock

    def keep(self, version: str, units: Mapping[str, UnitFigures]) -> Snapshot:
        """Stores the figures of today."""
        made = Snapshot(self._today(), version, stamp(self._clock()), units)
        content = orjson.dumps({code: each.to_json() for code, each in units.items()})
        row = (made.day.isoformat(), FORMAT, version, made.counted_at, zlib.compress(content))
        with self._database.write() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO snapshots (day, format, version, counted_at, content)"
                " VALUES (?, ?, ?, ?, ?)",
                row,
            )
        return made

    def latest(self) -> Snapshot | None:
        """Returns the last snapshot, or None before the first."""
        return next(iter(self.list(1)), None)

    def has_today(self) -> bool:
        """Returns whether figures of today are stored."""
        with self._database.write() as connection:
            row = connection.execute("SELECT max(day) FROM snapshots").fetchone()
        return bool(row[0] == self._today().isoformat())

    def list(self, limit: int) -> list[Snapshot]:
        """Returns the last snapshots, latest first."""
        with self._database.read() as connection:
            rows = connection.execute(
                "SELECT day, version, counted_at, content FROM snapshots WHERE format = ?"
                " ORDER BY day DESC LIMIT ?",
                (FORMAT, limit),
            ).fetchall()
        return [_read(*row) for row in rows]


def _read(day: str, version: str, counted_at: str, content: bytes) -> Snapshot:
    units = orjson.loads(zlib.decompress(content))
    read = {code: UnitFigures.from_json(each) for code, each in units.items()}
    return Snapshot(date.fromisoformat(day), version, counted_at, read)
