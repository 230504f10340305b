"""Reads the rejects of index runs, by agency and reason."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gongkai.catalog.agencies import AgencyDirectory
from gongkai.catalog.headings import gather_by_key
from gongkai.staff.roles import Scope

UNKNOWN = "（未注明机构）"
_WARNINGS = ".warnings"
_LONGEST = 200
_KEYS = frozenset(("source", "line", "field", "reason", "row"))


@dataclass(slots=True)
class RejectedRun:
    """The rejected rows of one index run; `torn` counts unreadable lines once `entries()` ended."""

    path: Path
    may_see: Callable[[Mapping[str, Any]], bool] = lambda _entry: True
    torn: int = field(default=0, init=False)

    def entries(self, publisher: str = "") -> Iterator[Mapping[str, Any]]:
        """Yields every readable row that may be seen, or those of one agency."""
        return (entry for _, entry in self.numbered(publisher))

    def numbered(self, publisher: str = "") -> Iterator[tuple[int, Mapping[str, Any]]]:
        """Yields the same with their place in the file, from 1."""
        self.torn = 0
        try:
            with self.path.open("rb") as lines:
                for number, line in enumerate(lines, 1):
                    entry = _parse(line)
                    if entry is None:
                        self.torn += 1
                    elif self.may_see(entry) and publisher in ("", publisher_of(entry)):
                        yield number, entry
        except OSError:
            self.torn += 1


def rejects_folder(data_dir: Path) -> Path:
    """Returns the folder of rejects files."""
    return data_dir / "rejects"


def list_runs(folder: Path) -> list[str]:
    """Returns the names of runs that rejected rows, latest first."""
    files = rejects_folder(folder).glob("*.jsonl")
    return sorted((each.stem for each in files if not each.stem.endswith(_WARNINGS)), reverse=True)


def open_run(
    folder: Path, run: str, may_see: Callable[[Mapping[str, Any]], bool] = lambda _entry: True
) -> RejectedRun | None:
    """Returns the rejected rows of one run, or None where there is no such file."""
    if run not in list_runs(folder):
        return None
    return RejectedRun(rejects_folder(folder) / f"{run}.jsonl", may_see)


def see_within(scope: Scope, agencies: AgencyDirectory) -> Callable[[Mapping[str, Any]], bool]:
    """Returns a test whether a rejected row belongs to a unit of the scope.

    A row without a known agency belongs to none.
    """

    def may_see(entry: Mapping[str, Any]) -> bool:
        if scope.is_whole:
            return True
        agency = agencies.find(publisher_of(entry))
        return agency is not None and scope.covers(agency.code)

    return may_see


def count_reasons(entries: Iterable[Mapping[str, Any]]) -> dict[str, Counter[tuple[str, str]]]:
    """Returns agency -> (field, reason) -> rows; the agency with the most rows first."""
    counts: dict[str, Counter[tuple[str, str]]] = {}
    for entry in entries:
        reason = str(entry["field"]), str(entry["reason"])
        counts.setdefault(publisher_of(entry), Counter())[reason] += 1
    return dict(sorted(counts.items(), key=lambda pair: -pair[1].total()))


def publisher_of(entry: Mapping[str, Any]) -> str:
    """Returns the agency of a row as published; UNKNOWN where it has none."""
    row = entry["row"]
    known = gather_by_key(row)[0] if isinstance(row, Mapping) else {}
    return next((str(each)[:_LONGEST] for each in known.get("publisher", ())), UNKNOWN)


def _parse(line: bytes) -> dict[str, Any] | None:
    """Returns one line, or None for an incomplete one."""
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return entry if isinstance(entry, dict) and entry.keys() >= _KEYS else None
