"""Several processes make the same index as one, and end with the run however that ends."""

import multiprocessing
import os
import signal
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from gongkai.catalog.intake import IntakeRules
from gongkai.engines.installation import Installation
from gongkai.errors import EndedProcessError
from indexer.parallel import SENT_ROWS, open_transform
from indexer.pipeline import IndexJob, publish
from indexer.sources.row import SourceRow
from tests.engines.records import read_contents
from tests.journeys.command import plain_row, start_with, write_rows


def draw_rows(count: int) -> Iterator[dict[str, object]]:
    """Good rows, rows to refuse, closed ones, and ids that come again with another text."""
    for number in range(count):
        row = plain_row(number % (count // 2), body=f"第{number}次修改的文本，另行公布。")
        if number % 7 == 0:
            row["title"] = ""
        if number % 11 == 0:
            row["disclosure"] = "不予公开"
        yield row


def with_processes(fresh: Installation, folder: Path, processes: int) -> Installation:
    changed = {"data_dir": folder, "index_processes": processes}
    return replace(fresh, settings=fresh.settings.model_copy(update=changed))


def test_several_processes_make_the_same_index(fresh: Installation, tmp_path: Path) -> None:
    rows = write_rows(tmp_path / "rows.jsonl", draw_rows(6 * SENT_ROWS))
    rows.write_bytes(rows.read_bytes() + b'{"id": torn\n')
    one, three = (with_processes(fresh, tmp_path / str(n), n) for n in (1, 3))
    alone, together = publish(IndexJob([rows]), one), publish(IndexJob([rows]), three)
    assert together.summary == alone.summary
    assert alone.summary.refused.total() > 1
    assert read_contents(three) == read_contents(one)
    assert len(read_contents(one)) > 2 * SENT_ROWS
    with closing(three.open_store()) as store:
        assert store.withdrawn() == one.open_store().withdrawn()


def test_a_process_that_is_ended_ends_the_run_with_a_word(fresh: Installation) -> None:
    def rows() -> Iterator[SourceRow]:
        for number in range(100 * SENT_ROWS):
            if number == 10 * SENT_ROWS:
                for child in multiprocessing.active_children():
                    os.kill(child.pid or 0, signal.SIGKILL)
            yield SourceRow("rows.jsonl", number, plain_row(number))

    rules = IntakeRules(fresh.tables, None)
    with (
        open_transform(rules, fresh.analyzer, 2) as prepare,
        pytest.raises(EndedProcessError, match="GONGKAI_INDEX_PROCESSES"),
    ):
        list(prepare(rows(), frozenset()))
    assert not multiprocessing.active_children()


def test_no_process_is_left_of_a_run_that_is_killed(tmp_path: Path) -> None:
    rows = write_rows(tmp_path / "rows.jsonl", map(plain_row, range(20_000)))
    given = {"GONGKAI_DATA_DIR": str(tmp_path / "data"), "GONGKAI_INDEX_PROCESSES": "2"}
    process = start_with(given, "index", rows)
    until = time.monotonic() + 60
    while len(members(process.pid)) < 3 and time.monotonic() < until:
        time.sleep(0.05)
    assert len(members(process.pid)) == 3
    process.kill()
    process.wait()
    while members(process.pid) and time.monotonic() < until:
        time.sleep(0.05)
    assert not members(process.pid)


def members(session: int) -> list[str]:
    """Processes of one session that have not ended."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, _, owner, *_ = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if owner == str(session) and state != "Z":
            found.append(stat.parent.name)
    return found
