"""The lights of an agency from its records, and the snapshots that keep them."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median

from hypothesis import given
from hypothesis import strategies as st

from gongkai.catalog.agencies import Agency
from gongkai.catalog.dates import PartialDate
from gongkai.catalog.disclosure import Disclosure
from gongkai.catalog.duties import load_duties
from gongkai.catalog.record import Attachment, AttachmentText, Record
from gongkai.staff.snapshots import Snapshots
from gongkai.staff.staff_database import open_ledger
from gongkai.staff.traffic_lights import (
    DEAD,
    MEASURED,
    REPEALED,
    TIMELINESS,
    UNCLASSIFIED,
    UNMARKED,
    Light,
    judge,
    name_checks,
)
from gongkai.staff.unit_figures import UnitFigures

DUTIES = load_duties()
BUREAU = Agency("x", "甲市财政局", (), "市", "", (), "甲市")
GUIDE, REPORT = "政府信息公开指南", "政府信息公开年报"
TODAY = date(2026, 6, 1)


def make(**fields: object) -> Record:
    plain = {
        "id": "1",
        "title": "关于某事的通知",
        "publisher": "x",
        "publisher_name": "甲市财政局",
        "published_on": PartialDate(2025, 3, 10),
        "disclosure": Disclosure.PUBLIC,
        "category": "执行",
        "topic": ("综合政务",),
    }
    return Record(**{**plain, **fields})  # type: ignore[arg-type]


def count(*records: Record) -> UnitFigures:
    figures = UnitFigures()
    for record in records:
        figures.add(record, DUTIES)
    return figures


def light_of(name: str, *records: Record, today: date = TODAY) -> tuple[Light, str]:
    checks = {each.name: each for each in judge(BUREAU, count(*records), DUTIES, today).checks}
    return checks[name].light, checks[name].fact


def report(year: int, day: PartialDate) -> Record:
    return make(title=f"甲市财政局{year}年政府信息公开工作年度报告", published_on=day)


def test_a_guide_is_there_or_not() -> None:
    assert light_of(GUIDE) == (Light.RED, "没有")
    assert light_of(GUIDE, make(title="甲市财政局政府信息公开指南"))[0] is Light.GREEN
    assert light_of(GUIDE, make(category="监督保障/政府信息公开指南"))[0] is Light.GREEN


def test_a_report_is_due_at_the_end_of_january() -> None:
    intime, late = PartialDate(2026, 1, 31), PartialDate(2026, 2, 3)
    assert light_of(REPORT) == (Light.RED, "缺 2025 年")
    assert light_of(REPORT, report(2025, intime)) == (Light.GREEN, "2025 年的按期")
    assert light_of(REPORT, report(2025, late)) == (Light.YELLOW, "2025 年的迟 3 天")
    assert light_of(REPORT, report(2025, intime), report(2022, PartialDate(2023, 1, 20))) == (
        Light.YELLOW,
        "缺 2023、2024 年",
    )
    # Before its day a report is not missing; the one of the year before counts.
    before = date(2026, 1, 31)
    assert light_of(REPORT, report(2024, PartialDate(2025, 1, 20)), today=before) == (
        Light.GREEN,
        "2024 年的按期",
    )


def test_days_from_issue_to_publication_are_working_days() -> None:
    late = make(issued_on=PartialDate(2025, 1, 2), published_on=PartialDate(2025, 3, 10))
    soon = make(issued_on=PartialDate(2025, 3, 7), published_on=PartialDate(2025, 3, 10))
    vague = make(issued_on=PartialDate(2025), published_on=PartialDate(2025, 3, 10))
    assert light_of(TIMELINESS, vague) == (Light.NONE, "无数据")
    assert light_of(TIMELINESS, soon)[0] is Light.GREEN
    assert light_of(TIMELINESS, *[soon] * 9, late)[0] is Light.YELLOW
    assert light_of(TIMELINESS, soon, late)[0] is Light.RED


@given(st.lists(st.integers(0, 400), min_size=1, max_size=40))
def test_the_median_is_that_of_all_lags(days: list[int]) -> None:
    figures = UnitFigures()
    figures.lags.update(days)
    assert figures.median_lag == median(days)
    assert UnitFigures.from_json(figures.to_json()) == figures


def test_shares_of_faulty_records() -> None:
    unclassified = make(topic=())
    assert light_of(UNCLASSIFIED, make(), unclassified)[0] is Light.RED
    dead = Attachment("表.xls"), Attachment("a.pdf", "http://a.cn/a.pdf", "", AttachmentText.READ)
    assert light_of(DEAD, make(attachments=dead)) == (Light.RED, "1 个（50%）")
    assert light_of(DEAD, make()) == (Light.NONE, "无数据")
    numbered = make(document_number="甲财〔2025〕1号")
    assert light_of(UNMARKED, numbered)[0] is Light.RED
    assert light_of(UNMARKED, make(document_number="甲财〔2025〕1号", validity="有效"))[0] is (
        Light.GREEN
    )
    assert light_of(REPEALED, make()) == (Light.GREEN, "0 件")


def test_an_agency_has_only_its_own_duties_and_its_worst_light() -> None:
    town = Agency("t", "甲镇人民政府", (), "乡", "", (), "甲镇")
    judged = judge(town, UnitFigures(), DUTIES, TODAY)
    names = [each.name for each in judged.checks]
    assert "政府信息公开制度" not in names
    assert judged.light is Light.RED
    assert set(names) < set(name_checks(DUTIES))
    assert names[-len(MEASURED) :] == list(MEASURED)
    assert [each.word for each in Light] == ["无数据", "合格", "需改进", "不合格"]


def test_one_snapshot_a_day_is_kept(tmp_path: Path) -> None:
    day = date(2026, 1, 5)
    snapshots = Snapshots(
        open_ledger(tmp_path), lambda: day, lambda: datetime(2026, 1, 5, tzinfo=UTC)
    )
    assert snapshots.latest() is None
    assert not snapshots.has_today()
    snapshots.keep("one", {"x": count(make())})
    kept = snapshots.keep("two", {"x": count(make(), make())})
    assert snapshots.list(9) == [kept]
    assert snapshots.has_today()
    day += timedelta(days=1)
    assert not snapshots.has_today()
    later = snapshots.keep("three", {})
    assert snapshots.list(9) == [later, kept]
    assert snapshots.latest() == later
