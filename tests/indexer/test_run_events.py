"""The log of a run has counts and reasons, and nothing of a row that is not public."""

import json
import logging
from pathlib import Path

import pytest

from gongkai.engines.installation import Installation
from gongkai.events import JsonLines
from indexer.pipeline import IndexJob, publish
from tests.journeys.command import plain_row, run_with, write_rows

CLOSED = "龘靐内部名单"


def write_mixed(folder: Path) -> Path:
    rows = [
        plain_row(1),
        plain_row(2, title=CLOSED, body=f"{CLOSED}的正文", disclosure="不予公开"),
        plain_row(3, title=f"{CLOSED}之二", disclosure="待定"),
        plain_row(4, publisher=""),
    ]
    return write_rows(folder / f"{CLOSED}.jsonl", rows)


def test_a_run_is_told_by_counts(
    fresh: Installation, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="gongkai")
    outcome = publish(IndexJob([write_mixed(tmp_path)], rebuild=True), fresh)
    lines = [json.loads(JsonLines().format(each)) for each in caplog.records]
    by_event = {each["message"]: each for each in lines}
    assert [each["message"] for each in lines if each["message"] != "rows.refused"] == [
        "generation.started",
        "source.read",
        "generation.committed",
        "generation.published",
        *["rows.withheld"] * len(outcome.summary.withheld),
        "index.finished",
    ]
    assert (by_event["source.read"]["source"], by_event["source.read"]["rows"]) == (1, 4)
    refused = {each["reason"]: each["rows"] for each in lines if each["message"] == "rows.refused"}
    assert refused == dict(outcome.summary.refused)
    assert sum(refused.values()) == by_event["index.finished"]["refused"] > 0
    finished = by_event["index.finished"]
    counts = [finished[name] for name in ("indexed", "unchanged", "refused", "withheld")]
    assert sum(counts) == finished["read"] == 4
    assert finished["generation"] == outcome.generation
    text = "\n".join(map(json.dumps, lines)) + caplog.text
    assert not any(word in text for word in (CLOSED, json.dumps(CLOSED)[1:-1], "r2", "r3"))


def test_commands_write_events_only_where_the_level_is_info(tmp_path: Path) -> None:
    source = write_mixed(tmp_path)
    for level, expected in (("info", True), ("warning", False)):
        given = {"GONGKAI_DATA_DIR": str(tmp_path / level), "GONGKAI_LOG_LEVEL": level}
        done = run_with(given, "index", source)
        assert done.returncode == 3
        lines = [json.loads(line) for line in done.stderr.splitlines() if line.startswith("{")]
        assert ("generation.published" in [each["message"] for each in lines]) is expected
        assert all({"time", "level", "logger", "message"} <= each.keys() for each in lines)
        assert CLOSED not in done.stderr
    assert run_with({"GONGKAI_LOG_LEVEL": "loud"}, "status").returncode == 2
