"""A run for one agency takes its rows only, and changes no record of another one."""

from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import pytest

from gongkai.engines.installation import Installation
from gongkai.engines.port import STAFF
from gongkai.staff.rejected import list_runs, open_run
from indexer.pipeline import IndexJob, IndexReport, publish
from tests.engines.records import read_contents
from tests.journeys.command import plain_row, write_rows

WATER, SCHOOL = "安庆市水利局", "安庆市教育体育局"


@pytest.fixture(params=["embedded", "elasticsearch"])
def made(request: pytest.FixtureRequest) -> Installation:
    name = "fresh" if request.param == "embedded" else "elastic"
    found: Installation = request.getfixturevalue(name)
    return found


def index(
    made: Installation, folder: Path, *rows: Mapping[str, object], unit: str = ""
) -> IndexReport:
    source = write_rows(folder / f"rows{len(list(folder.iterdir()))}.jsonl", rows)
    agency = made.tables.agencies.find(unit)
    publishers = frozenset((agency.code,)) if agency else None
    return publish(IndexJob([source], publishers=publishers), made)


def test_a_faulty_row_tells_not_whether_a_record_of_others_was_withdrawn(
    made: Installation, tmp_path: Path
) -> None:
    schools = {"publisher": SCHOOL, "title": "外单位的信息"}
    index(made, tmp_path, plain_row(1, **schools), plain_row(2, **schools), plain_row(3))
    with closing(made.open_store()) as store:
        store.withdraw(["r2"], cause=STAFF)
    wrong = {"published_on": "2009219", "title": "本单位上传的一行"}
    index(made, tmp_path, *(plain_row(number, **wrong) for number in (1, 2, 3)), unit=WATER)
    (latest, *_) = list_runs(made.settings.data_dir)
    opened = open_run(made.settings.data_dir, latest)
    assert opened is not None
    public, withdrawn, own = ({**each, "line": 0} for each in opened.entries())
    assert public == withdrawn
    assert own["row"]


def test_rows_and_records_of_others_stay_as_they_are(made: Installation, tmp_path: Path) -> None:
    schools = plain_row(3, publisher=SCHOOL, document_number="宜教〔2020〕3号")
    index(made, tmp_path, plain_row(1), plain_row(2), schools, plain_row(4), plain_row(5))
    with closing(made.open_store()) as store:
        store.withdraw(["r4"], cause=STAFF)
    index(made, tmp_path, plain_row(5, disclosure="不予公开"))
    before = read_contents(made)
    assert set(before) == {"r1", "r2", "r3"}
    report = index(
        made,
        tmp_path,
        plain_row(1, body="本单位更正了这一条。"),
        plain_row(2, disclosure="不予公开"),
        {**schools, "publisher": WATER},
        plain_row(3, publisher=SCHOOL, body="外单位的行"),
        {**schools, "disclosure": "不予公开"},
        plain_row(4, body="撤下的信息"),
        plain_row(5, body="不再公开的信息"),
        plain_row(6),
        plain_row(6, topic="水利"),
        unit=WATER,
    )
    assert report.summary.refused == {"id: not_own": 3, "publisher: other_unit": 1}
    after = read_contents(made)
    assert set(after) == {"r1", "r3", "r6"}
    assert after["r3"] == before["r3"]
    assert b"\xe6\x9b\xb4\xe6\xad\xa3" in after["r1"]
    with closing(made.open_store()) as store:
        assert dict(store.withdrawn()) == {"r2": "disclosure", "r4": STAFF, "r5": "disclosure"}
