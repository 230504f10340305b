"""Reads the rejects of index runs, by agency and reason."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gongkai.catalog.headings import gather_by_key

UNKNOWN = "（未注明机构）"
_WARNINGS = ".warnings"
_LONGEST = 200
_KEYS = frozenset(("source", "line", "field", "reason", "row"))


@dataclass(slots=True)
class RejectedRun:
    """The rejected rows of one index run; `torn` counts unreadable lines once `entries()` ended."""

    path: Path
    torn: int = field(default=0, init=False)

    def entries(self, publisher: str = "") -> Iterator[Mapping[str, Any]]:
        """Yields every readable row, or those of one agency."""
        self.torn = 0
        try:
            with self.path.open("rb") as lines:
                for line in lines:
                    entry = _parse(line)
                    if entry is None:
                        self.torn += 1
                    elif not publisher or publisher_of(entry) == publisher:
                        yield entry
        except OSError:
            self.torn += 1


def rejects_folder(data_dir: Path) -> Path:
    """Returns the folder of rejects files."""
    return data_dir / "rejects"


def list_runs(folder: Path) -> list[str]:
    """Returns the names of runs that rejected rows, latest first."""
    files = rejects_folder(folder).glob("*.jsonl")
    return sorted((each.stem for each in files if not each.stem.endswith(_WARNINGS)), reverse=True)


def open_run(folder: Path, run: str) -> RejectedRun | None:
    """Returns the rejected rows of one run, or None where there is no such file."""
    if run not in list_runs(folder):
        return None
    return RejectedRun(rejects_folder(folder) / f"{run}.jsonl")


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
