"""The year's figures against a count by hand, and working days against the holiday notices."""

import asyncio
import json
import statistics
from datetime import date
from pathlib import Path

import pytest

from gongkai.engines.installation import Installation
from gongkai.staff.rejected import UNKNOWN, count_reasons, list_runs, open_run
from gongkai.staff.statistics import Statistics, count_year, list_figures
from gongkai.staff.working_days import count_working_days
from indexer.pipeline import IndexJob, publish
from indexer.source_reader import find_sources
from tests.journeys.command import plain_row, write_rows


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [
        ("2023-09-28", "2023-10-07", 1),
        ("2023-09-28", "2023-10-08", 2),
        ("2024-02-09", "2024-02-19", 2),
        ("2023-05-05", "2023-05-08", 2),
        ("2023-05-08", "2023-05-08", 0),
        ("2023-05-08", "2023-05-01", 0),
        ("2090-01-06", "2090-01-10", 2),
    ],
    ids=[
        "golden week",
        "moved to a Sunday",
        "spring",
        "moved to a Saturday",
        "same",
        "turned",
        "far",
    ],
)
def test_working_days_follow_the_notices(first: str, last: str, days: int) -> None:
    counted = count_working_days(date.fromisoformat(first), date.fromisoformat(last))
    assert counted == days


@pytest.fixture
def counted(fresh: Installation, tmp_path: object) -> Statistics:
    rows = [
        plain_row(1, published_on="2023-03-06", issued_on="2023-03-01", topic="财政/预算"),
        plain_row(2, published_on="2023-05-31", issued_on="2023-03-01"),
        plain_row(3, published_on="2023-03", issued_on="2023-03-01", disclosure="依申请公开"),
        plain_row(4, published_on="2023-03-07", issued_on="2023-03-09"),
        plain_row(5, published_on="2022-03-07", issued_on="2022-03-01"),
        plain_row(6, published_on="2023-06-01", publisher=""),
        plain_row(7, published_on="2009219"),
    ]
    source = write_rows(fresh.settings.data_dir.parent / "export.jsonl", rows)
    publish(IndexJob(find_sources([source])), fresh)

    async def count() -> Statistics:
        engine = fresh.open_engine()
        try:
            return await count_year(engine, fresh.tables, 2023)
        finally:
            await engine.close()

    return asyncio.run(count())


def test_figures_are_exact(counted: Statistics) -> None:
    assert counted.records == 4
    assert counted.counts["month"] == {"03": 3, "05": 1}
    assert counted.counts["disclosure"] == {"主动公开": 3, "依申请公开": 1}
    assert counted.lags == [91, 5] or sorted(counted.lags) == [5, 91]
    assert counted.median_days == statistics.median([5, 91])
    assert [(each.id, each.working_days) for each in counted.late] == [("r2", 63)]
    figures = {(figure, value): number for figure, value, number in list_figures(counted)}
    assert figures["publisher", "安庆市水利局"] == 4
    assert figures["records with both dates", ""] == 2
    assert figures["published after 20 working days", ""] == 1


def test_rows_to_send_back_are_counted_by_agency_and_reason(
    counted: Statistics, fresh: Installation
) -> None:
    (run,) = list_runs(fresh.settings.data_dir)
    opened = open_run(fresh.settings.data_dir, run)
    assert opened
    reasons = count_reasons(opened.entries())
    assert reasons == {
        UNKNOWN: {("publisher", "missing"): 1},
        "安庆市水利局": {("published_on", "ambiguous_date"): 1},
    }
    (entry,) = opened.entries("安庆市水利局")
    assert entry["row"]["title"].startswith("关于第")
    assert opened.torn == 0
    assert open_run(fresh.settings.data_dir, "../staff") is None


def test_a_torn_list_gives_what_it_has_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "rejects").mkdir()
    entry = {
        "source": "a",
        "line": 1,
        "field": "title",
        "reason": "missing",
        "row": {"a": "\ud800"},
    }
    whole = json.dumps({**entry, "row": {"标题": "\ud800"}}).encode()
    lines = (whole, b"", b"\xff\xfe", b"[]", b"{}", b"\0" * 100, whole[:40])
    (tmp_path / "rejects" / "r.jsonl").write_bytes(b"\n".join(lines))
    opened = open_run(tmp_path, "r")
    assert opened
    assert len(list(opened.entries())) == 1
    assert opened.torn == 6
