"""No document takes the place of another, and a revision takes the place of its own."""

from pathlib import Path

import pytest

from gongkai.engines.installation import Installation
from indexer.pipeline import IndexReport
from indexer.review import Finding
from tests.engines.records import read_contents
from tests.indexer.test_closures import BARE, OPEN, OTHER, index, made, without

__all__ = ["made"]
SAME = {
    "title": "行政许可决定公示",
    "publisher": "安庆市水利局",
    "published_on": "2024-03-01",
    **OPEN,
}
ADDRESSED = [{**SAME, "body": f"准予第{n}号申请。", "url": f"http://a.example/{n}.html"}
             for n in range(3)]  # fmt: skip
TEXTS = [without(row, "url") for row in ADDRESSED]
COUNTED = [{**BARE, "id": "1", **OPEN}, {**OTHER, "id": "1", **OPEN}]
NUMBERED = [{**BARE, "index_number": "003127334/202005-00019", **OPEN},
            {**OTHER, "id": "", "index_number": "003127334/202005-00019", **OPEN}]  # fmt: skip


@pytest.mark.parametrize("rows", [ADDRESSED, TEXTS, COUNTED, NUMBERED])
def test_documents_of_one_id_are_all_kept_and_told(
    made: Installation, tmp_path: Path, rows: list[dict[str, object]]
) -> None:
    first = index(made, tmp_path, *rows)
    kept = read_contents(made)
    assert len(kept) == len(rows)
    assert first.summary.reviews[Finding.SAME_ID] == len(rows) - 1
    assert first.review is not None
    assert first.review.read_text(encoding="utf-8-sig").count(".jsonl") == 2 * (len(rows) - 1)
    # Again, whole or row by row, in either order: nothing new, nothing lost.
    assert index(made, tmp_path, *rows).summary.unchanged == len(rows)
    for row in (*rows, *reversed(rows)):
        assert index(made, tmp_path, row).summary.unchanged == 1
    assert read_contents(made) == kept


@pytest.mark.parametrize("rows", [COUNTED, NUMBERED, ADDRESSED])
def test_documents_of_one_id_are_kept_over_several_runs(
    made: Installation, tmp_path: Path, rows: list[dict[str, object]]
) -> None:
    for row in rows:
        index(made, tmp_path, row)
    assert len(read_contents(made)) == len(rows)


@pytest.mark.parametrize(
    "change",
    [
        {"body": "新的正文。"}, {"title": "关于加强农村饮水工作的通知"}, {"keywords": "饮水"},
        {"url": "http://a.example/new.html"}, {"publisher": "安庆市财政局"},
        {"title": "关于加强农村饮水工作的通知", "published_on": "2020-05-07"},
    ],
)  # fmt: skip
def test_a_revision_takes_the_place_of_its_own(
    made: Installation, tmp_path: Path, change: dict[str, object]
) -> None:
    row = {**BARE, "id": "17", "url": "http://a.example/17.html", **OPEN}
    index(made, tmp_path, row)
    outcome = index(made, tmp_path, {**row, **change})
    assert outcome.summary.indexed == 1
    assert outcome.summary.reviews == {}
    assert set(read_contents(made)) == {"17"}


def test_a_revision_of_a_derived_record_takes_its_place(made: Installation, tmp_path: Path) -> None:
    index(made, tmp_path, *ADDRESSED)
    revised = [{**row, "body": f"{row['body']}已送达。"} for row in ADDRESSED]
    index(made, tmp_path, *revised)
    kept = read_contents(made)
    assert len(kept) == 3
    assert all("已送达".encode() in stored for stored in kept.values())


def test_a_row_that_comes_twice_is_one_record(made: Installation, tmp_path: Path) -> None:
    row = {**BARE, **OPEN}
    outcome = index(made, tmp_path, row, row, {**row, "keywords": "饮水"})
    assert (outcome.summary.indexed, outcome.summary.unchanged) == (2, 1)
    assert len(read_contents(made)) == 1


def test_the_ids_of_a_named_source_are_its_own(made: Installation, tmp_path: Path) -> None:
    for name, row in zip(("财政局", "edu.2"), COUNTED, strict=True):
        outcome = index(made, tmp_path, row, source=name)
        assert outcome.summary.reviews == {}
    assert set(read_contents(made)) == {"财政局~1", "edu.2~1"}
    closed = {**COUNTED[1], "disclosure": "不予公开"}
    index(made, tmp_path, closed, source="edu.2")
    assert set(read_contents(made)) == {"财政局~1"}
    # What was exported here comes in again under the same ids.
    again = index(made, tmp_path, {**COUNTED[0], "id": "财政局~1"}, source="财政局")
    assert again.summary.unchanged == 1


def test_the_outcome_names_both_places(fresh: Installation, tmp_path: Path) -> None:
    outcome: IndexReport = index(fresh, tmp_path, *COUNTED)
    (example,) = outcome.examples
    assert example.endswith("rows0.jsonl:1")
    assert "rows0.jsonl:2 / " in example
