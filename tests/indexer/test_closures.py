"""The ways in which a source closes a record; each closes it or is told, on each engine."""

import csv
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import pytest

from gongkai.engines.installation import Installation
from indexer.pipeline import IndexJob, IndexReport, publish
from tests.engines.records import read_contents
from tests.journeys.command import write_rows

Row = Mapping[str, object]

NUMBER, INDEX = "宜水〔2020〕8号", "003127334/202005-00019"
ADDRESS = "http://www.example.gov.cn/xxgk/2020/8.html"
FULL: Row = {
    "title": "关于加强农村饮水安全工作的通知",
    "publisher": "安庆市水利局",
    "published_on": "2020-05-06",
    "body": "各县（市、区）水利局：现就加强农村饮水安全工作有关事项通知如下，请认真贯彻执行。",
    "index_number": INDEX,
    "document_number": NUMBER,
    "url": ADDRESS,
}
BARE = {key: FULL[key] for key in ("title", "publisher", "published_on", "body")}
OTHER = {
    "id": "other",
    "title": "关于城区道路限行的通告",
    "publisher": "安庆市公安局",
    "published_on": "2021-01-02",
    "body": "为保障道路交通安全，决定对部分路段实施限行，现将有关事项通告如下。",
}
OPEN, CLOSED, ON_REQUEST = ({"disclosure": word} for word in ("主动公开", "不予公开", "依申请公开"))


@pytest.fixture(params=["embedded", "elasticsearch"])
def made(request: pytest.FixtureRequest) -> Installation:
    name = "fresh" if request.param == "embedded" else "elastic"
    found: Installation = request.getfixturevalue(name)
    return found


def index(made: Installation, folder: Path, *rows: Row, **order: object) -> IndexReport:
    source = write_rows(folder / f"rows{len(list(folder.iterdir()))}.jsonl", rows)
    return publish(IndexJob([source], **order), made)  # type: ignore[arg-type] # options by name


def gone(made: Installation) -> set[str]:
    with closing(made.open_store()) as store:
        return set(store.withdrawn())


def without(row: Row, *keys: str) -> Row:
    return {key: value for key, value in row.items() if key not in keys}


WAYS: Mapping[str, tuple[Row, Row]] = {
    "the same row": (FULL, FULL),
    "an id is added": (FULL, {**FULL, "id": "cms-77"}),
    "an id is added to a row without numbers": (BARE, {**BARE, "id": "cms-77"}),
    "the id is dropped": ({**FULL, "id": "cms-77"}, FULL),
    "the id is another": ({**FULL, "id": "cms-77"}, {**FULL, "id": "new-3"}),
    "an index number is added": (without(FULL, "index_number"), FULL),
    "the index number is dropped": (FULL, without(FULL, "index_number")),
    "the index number is corrected": (FULL, {**FULL, "index_number": "003127334/202005-00091"}),
    "the index number is respelled": (
        without(FULL, "url", "document_number"),
        {**CLOSED, "index_number": "００３１２７３３４／202005—00019", "title": "别的标题"},
    ),
    "the document number is respelled": (
        without(FULL, "url", "index_number"),
        {**without(FULL, "url", "index_number", "body"), "document_number": "宜水[2020] 08 号",
         "published_on": "2020-06-01", "title": "饮水安全通知"},
    ),
    "the document number is added": (BARE, {**BARE, "document_number": NUMBER}),
    "the date is corrected": (FULL, {**FULL, "published_on": "2020-05-16"}),
    "the date of a bare row is corrected": (BARE, {**BARE, "published_on": "2020-05-16"}),
    "the date is emptied": (BARE, without(BARE, "published_on")),
    "the title is emptied": (FULL, without(FULL, "title")),
    "the title of a bare row is emptied": (BARE, without(BARE, "title")),
    "the title is corrected": (FULL, {**FULL, "title": "关于农村饮水安全的通知"}),
    "the agency's short name": (BARE, {**BARE, "publisher": "市水利局"}),
    "the agency is missing": (FULL, without(FULL, "publisher")),
    "the text is emptied": (BARE, without(BARE, "body")),
    "only the address is left": (FULL, {"url": "https://www.example.gov.cn/xxgk/2020/8.html#top"}),
    "the numbers became placeholders": (
        FULL, {**FULL, "index_number": "待补", "document_number": "/"},
    ),
    "everything but the address is another": (
        FULL, {"url": ADDRESS, "title": "已删除", "publisher": "安庆市水利局"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_every_way_to_close_a_record_closes_it(
    made: Installation, tmp_path: Path, way: str
) -> None:
    public, closed = WAYS[way]
    index(made, tmp_path, {**public, **OPEN}, {**OTHER, **OPEN})
    (record_id,) = read_contents(made).keys() - {"other"}
    outcome = index(made, tmp_path, {**closed, **CLOSED})
    assert set(read_contents(made)) == {"other"}
    assert gone(made) == {record_id}
    assert outcome.summary.closed == 1
    assert outcome.summary.unmatched == 0


@pytest.mark.parametrize("way", ["the id is another", "an index number is added",
                                 "the date is corrected", "the agency's short name"])  # fmt: skip
def test_an_entry_on_request_takes_the_text_away(
    made: Installation, tmp_path: Path, way: str
) -> None:
    public, entry = WAYS[way]
    index(made, tmp_path, {**public, **OPEN}, {**OTHER, **OPEN})
    index(made, tmp_path, {**entry, **ON_REQUEST})
    left = read_contents(made)
    assert len(left) == 2
    assert not any("请认真贯彻执行".encode() in stored for stored in left.values())


LIKELY: Mapping[str, tuple[Row, Row]] = {
    "another day, and no text": (BARE, {**without(BARE, "body"), "published_on": "2020-07-01"}),
    "no day and no text": (BARE, without(BARE, "body", "published_on")),
    "an agency nobody knows": (BARE, {**without(BARE, "body"), "publisher": "水务中心"}),
    "another number, the same title and day": (
        without(FULL, "index_number", "url"),
        {**without(FULL, "index_number", "url", "body"), "document_number": "宜水〔2020〕9号"},
    ),
}


@pytest.mark.parametrize("way", LIKELY)
def test_what_is_likely_is_told_without_any_text(
    made: Installation, tmp_path: Path, way: str
) -> None:
    public, closed = LIKELY[way]
    index(made, tmp_path, {**public, **OPEN})
    (record_id,) = read_contents(made)
    outcome = index(made, tmp_path, {**closed, **CLOSED, "extra": {"备注": "绝密批示"}})
    assert set(read_contents(made)) == {record_id}
    assert outcome.summary.needs_staff
    assert outcome.review is not None
    assert outcome.review.stat().st_mode & 0o077 == 0
    with outcome.review.open(encoding="utf-8-sig", newline="") as file:
        _, row = csv.reader(file)
    assert row[1] == record_id
    assert row[2].endswith(".jsonl")
    assert row[3] == "1"
    told = outcome.review.read_text(encoding="utf-8-sig")
    assert "饮水" not in told
    assert "批示" not in told


def test_a_closed_row_that_was_never_public_is_counted_and_leaves_no_trace(
    made: Installation, tmp_path: Path
) -> None:
    index(made, tmp_path, {**OTHER, **OPEN})
    outcome = index(made, tmp_path, {**FULL, **CLOSED})
    assert outcome.summary.unmatched == 1
    assert outcome.review is None
    assert gone(made) == set()
    assert not outcome.summary.needs_staff


def test_of_several_under_one_number_the_one_of_that_title_is_closed(
    made: Installation, tmp_path: Path
) -> None:
    reading = {**FULL, "title": "《关于加强农村饮水安全工作的通知》解读", "body": "一、背景。" * 9,
               "url": "http://www.example.gov.cn/jd/8.html", "index_number": ""}  # fmt: skip
    index(made, tmp_path, {**FULL, **OPEN}, {**reading, **OPEN})
    closed = without(reading, "url", "body")
    outcome = index(made, tmp_path, {**closed, **CLOSED})
    assert outcome.summary.closed == 1
    (left,) = read_contents(made)
    assert left == INDEX


def test_rows_of_one_title_and_day_close_only_their_own(made: Installation, tmp_path: Path) -> None:
    same = {"title": "行政许可决定公示", "publisher": "安庆市水利局", "published_on": "2024-03-01"}
    rows = [{**same, "body": f"准予第{n}号申请。", "url": f"http://a.example/{n}.html"}
            for n in range(4)]  # fmt: skip
    index(made, tmp_path, *({**row, **OPEN} for row in rows[:3]))
    assert len(read_contents(made)) == 3
    # Its own address closes one; an address that no record has closes none.
    outcome = index(made, tmp_path, {**rows[1], **CLOSED}, {**rows[3], **CLOSED})
    assert outcome.summary.closed == 1
    left = b"".join(read_contents(made).values()).decode()
    assert "第0号" in left
    assert "第1号" not in left
    assert "第2号" in left
    # Neither text nor address says which: staff have to look.
    outcome = index(made, tmp_path, {**same, **CLOSED})
    assert len(read_contents(made)) == 2
    assert outcome.summary.needs_staff


def test_a_row_without_a_number_closes_no_other_row_of_its_run(
    made: Installation, tmp_path: Path
) -> None:
    for number in ("待补", "— —", "003127334/202005-", "3.12733E+17", "000000"):
        open_row = {**BARE, "index_number": number, **OPEN}
        closed = {**OTHER, "id": "", "index_number": number, **CLOSED}
        for rows in ((open_row, closed), (closed, open_row)):
            outcome = index(made, tmp_path, *rows)
            assert len(read_contents(made)) == 1, number
            assert outcome.summary.closed == 0


def test_a_department_does_not_close_what_another_counts_alike(
    made: Installation, tmp_path: Path
) -> None:
    first, second = {**BARE, "id": "1"}, {**OTHER, "id": "1"}
    for rows in (
        ({**first, **OPEN}, {**second, **CLOSED}),
        ({**second, **CLOSED}, {**first, **OPEN}),
        ({**second, **CLOSED},),
    ):
        outcome = index(made, tmp_path, *rows)
        assert set(read_contents(made)) == {"1"}
        assert outcome.summary.needs_staff


def test_a_record_open_and_closed_in_one_run_is_closed_in_either_order(
    made: Installation, tmp_path: Path
) -> None:
    for rows in (({**FULL, **OPEN}, {**FULL, **CLOSED}), ({**FULL, **CLOSED}, {**FULL, **OPEN})):
        index(made, tmp_path, *rows, {**OTHER, **OPEN})
        assert set(read_contents(made)) == {"other"}
    index(made, tmp_path, {**FULL, **OPEN})
    assert len(read_contents(made)) == 2
    assert gone(made) == set()


def test_a_rebuild_closes_in_the_older_generation_too(made: Installation, tmp_path: Path) -> None:
    index(made, tmp_path, {**FULL, **OPEN}, {**OTHER, **OPEN})
    closed = {**FULL, "id": "cms-77", "index_number": "", **CLOSED}
    index(made, tmp_path, closed, {**OTHER, **OPEN}, rebuild=True)
    assert gone(made) == {INDEX}
    with closing(made.open_store()) as store:
        assert store.rollback().records == 1
    assert set(read_contents(made)) == {"other"}


def test_a_text_that_is_on_request_now_leaves_the_older_generation(
    made: Installation, tmp_path: Path
) -> None:
    for order in ({}, {"rebuild": True}):
        index(made, tmp_path, {**FULL, **OPEN}, {**OTHER, **OPEN}, **order)
    index(made, tmp_path, {**FULL, **ON_REQUEST})
    assert set(read_contents(made)) == {INDEX, "other"}
    assert gone(made) == set()
    with closing(made.open_store()) as store:
        store.rollback()
    assert set(read_contents(made)) == {"other"}
