"""kill -9 at random moments of an ingest: run again, it ends in the same index."""

import asyncio
import random
import signal
import time
from dataclasses import replace
from pathlib import Path

import pytest

from engines.opening import Installation
from engines.port import EngineQuery
from queries.tree import Everything
from tests.journeys.command import plain_row, run, start_with, write_rows

RECORDS = 1_500
KILLS = 6


def contents(installation: Installation, data_dir: Path) -> dict[str, bytes]:
    settings = installation.settings.model_copy(update={"data_dir": data_dir})
    engine = replace(installation, settings=settings).open_engine()
    result = asyncio.run(engine.search(EngineQuery(Everything(), limit=10 * RECORDS)))
    assert result.total == len(result.hits)
    return {hit.id: hit.stored for hit in result.hits}


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    text = "供水管网改造验收合格。" * 40
    rows = (plain_row(number, body=f"第{number}期工程{text}") for number in range(RECORDS))
    return write_rows(tmp_path_factory.mktemp("kill") / "export.jsonl", rows)


@pytest.fixture(scope="module")
def whole(export: Path, installation: Installation) -> tuple[dict[str, bytes], float]:
    """The index of a run left alone, and how long it took."""
    started = time.monotonic()
    assert run(export.parent / "whole", "index", export).returncode == 0
    return contents(installation, export.parent / "whole"), time.monotonic() - started


@pytest.mark.parametrize("rebuild", [False, True], ids=["update", "rebuild"])
def test_killed_and_run_again_is_the_same_index(
    export: Path,
    whole: tuple[dict[str, bytes], float],
    installation: Installation,
    tmp_path: Path,
    rebuild: bool,
) -> None:
    expected, seconds = whole
    words = ["index", *(["--rebuild"] if rebuild else []), str(export)]
    moments = random.Random(20090220)
    for _ in range(KILLS):
        process = start_with({"GONGKAI_DATA_DIR": str(tmp_path)}, *words)
        time.sleep(moments.uniform(0.3, 1.0) * seconds)
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert run(tmp_path, *words).returncode == 0
    assert contents(installation, tmp_path) == expected
    left = [path.name for path in (tmp_path / "generations").iterdir()]
    assert len(left) <= 2, "killed rebuilds left generations behind"
