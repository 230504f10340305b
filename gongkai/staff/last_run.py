"""The counts of the last `gongkai index` run, for metrics: `DATA_DIR/last_run.json`.

Rows that are not public are not counted.
"""

from dataclasses import asdict, dataclass
from pathlib import Path

import orjson

from gongkai.files.durable import read_json, replace_file

_NAME = "last_run.json"


@dataclass(frozen=True, slots=True)
class LastRun:
    """`finished` is a Unix time; `accepted` and `refused` are rows."""

    finished: float
    seconds: float
    accepted: int
    refused: int


def store_last_run(data_dir: Path, run: LastRun) -> None:
    """Replaces the counts of the run before."""
    replace_file(data_dir / _NAME, orjson.dumps(asdict(run)))


def read_last_run(data_dir: Path) -> LastRun | None:
    """Returns the counts, None before the first run and for a file of another version."""
    try:
        content = read_json(data_dir / _NAME)
        return LastRun(**content) if content else None
    except (TypeError, ValueError):
        return None
