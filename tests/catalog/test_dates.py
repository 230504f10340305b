"""Laws of written dates: any spelling of a day is that day, nothing ambiguous is guessed."""

import datetime
import gzip
import json
import re
import time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from gongkai.catalog.dates import PartialDate, parse_date
from gongkai.catalog.instants import today_in_china
from gongkai.errors import RefusedValueError

days = st.dates(datetime.date(1840, 1, 1), datetime.date(2100, 12, 31))
WIDE = str.maketrans("0123456789-/.", "０１２３４５６７８９－／．")
ZEROS = "〇○零ＯO0"
TENS = {1: "十", 2: "二十", 3: "三十"}


def _in_words(number: int) -> str:
    tens, ones = divmod(number, 10)
    return TENS.get(tens, "") + ("" if ones == 0 else "一二三四五六七八九"[ones - 1])


@st.composite
def written(draw: st.DrawFn, day: datetime.date) -> str:
    """One of the ways to write a day; months and days padded or not, narrow or full-width."""
    width = draw(st.sampled_from(["", "02"]))
    month, dom = f"{day.month:{width}}", f"{day.day:{width}}"
    zero = draw(st.sampled_from(ZEROS))
    year = "".join(zero if c == "0" else "一二三四五六七八九"[int(c) - 1] for c in str(day.year))
    last = _in_words(day.day)
    if draw(st.booleans()):
        last = last.replace("三十", "卅").replace("二十", "廿")
    shapes = [f"{day.year}{sign}{month}{sign}{dom}" for sign in "-/."]
    shapes += [f"{day.year}年{month}月{dom}{close}" for close in ("日", "号", "")]
    shapes += [f"{day.year} 年 {month} 月 {dom} 日", f"{day:%Y%m%d}", f"{day.isoformat()}"]
    shapes += [f"{year}年{_in_words(day.month)}月{last}日"]
    text = draw(st.sampled_from(shapes))
    return text.translate(WIDE) if draw(st.booleans()) else text


@given(st.data(), days)
def test_any_way_of_writing_a_day_is_that_day(data: st.DataObject, day: datetime.date) -> None:
    found = parse_date(data.draw(written(day)))
    assert found == PartialDate(day.year, day.month, day.day)
    assert found.first_day == found.last_day == day
    assert parse_date(found.iso) == found


@given(days, st.times())
def test_a_time_of_day_never_moves_the_date(day: datetime.date, time: datetime.time) -> None:
    moment = datetime.datetime.combine(day, time)
    exact = f"{moment:%Y-%m-%dT%H:%M:%S}"
    texts = [f"{moment:%Y-%m-%d %H:%M:%S}", exact, exact + ".120", exact + "+08:00", exact + "CST"]
    texts += [
        f"{moment:%Y年%m月%d日 %H时%M分}",
        f"{moment:%Y/%m/%d %H:%M}",
        f"{moment:%Y%m%d%H%M%S}",
    ]
    assert {parse_date(text).first_day for text in texts} == {day}
    assert parse_date(moment).first_day == parse_date(day).first_day == day


# Above, ten digits can also be a day and an hour, which is ambiguous.
@given(st.integers(694_224_000, 1_901_010_099))
def test_a_point_in_time_is_the_day_in_china(seconds: int) -> None:
    assume(not re.match(r"19[0-9]{2}(0[1-9]|1[0-2])", str(seconds)))  # 1988010112 is a day as well
    moment = datetime.datetime.fromtimestamp(seconds, datetime.UTC)
    day = (moment + datetime.timedelta(hours=8)).date()
    west = moment - datetime.timedelta(hours=5, minutes=30)
    texts: list[str | int] = [f"{moment:%Y-%m-%dT%H:%M:%S}{zone}" for zone in ("Z", " GMT", "+00")]
    texts += [
        f"{west:%Y-%m-%d %H:%M:%S.000}-05:30",
        f"{moment:%a %b %d %H:%M:%S} UTC {moment:%Y}",
        f"{moment:%a, %d %b %Y %H:%M:%S} GMT",
        f"/Date({seconds * 1000}+0800)/",
        str(seconds),
        seconds * 1000,
    ]
    assert {parse_date(text).first_day for text in texts} == {day}


def test_the_summer_time_of_china_is_kept() -> None:
    # 00:00 of 1 July 1988 was 15:00 UTC.
    assert parse_date("1988-06-30T15:00:00Z").iso == parse_date("583686000").iso == "1988-07-01"
    assert parse_date("1987-12-31T15:00:00Z").iso == "1987-12-31"


@pytest.mark.parametrize(
    "text",
    [
        "Fri Mar 01 00:00:00 CST 2024",
        "Fri Mar 01 2024 00:00:00 GMT+0800 (中国标准时间)",
        "Mar 1, 2024 12:00:00 AM",
        "01-MAR-24",
        "01-3月 -24",
        "01-3月 -24 04.00.00.000000 下午",
        "2024-02-29T16:00:00Z[UTC]",
        "[2024-03-01]",
        "（2024年3月1日）",
        "2024-03-01 10:22 来源：市财政局",
        "发布时间：2024年3月1日 10:22 浏览次数：35",
        "２０２４年３月１日来源：市财政局",
        "1709222400.25",
        "1709222400000000",
        "20240301 10:22:33",
        "2024/3/1 上午 12:00:00",
        "2024年3月1日印发",
        "2024年3⽉1⽇",
        "2024.03.01。",
        "二○二四年三月一日",
    ],
)
def test_what_programs_and_pages_write(text: str) -> None:
    assert parse_date(text).iso == "2024-03-01"


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2009.2.20", "2009-02-20"),
        ("2009年2月20号", "2009-02-20"),
        ("二〇〇九年二月二十日", "2009-02-20"),
        ("二００九年二月廿一日", "2009-02-21"),
        ("二零零九年十二月卅一日", "2009-12-31"),
        ("二ＯＯ九年元月", "2009-01"),
        ("2009年2月20日 星期五", "2009-02-20"),
        ("2009年2月20日（星期五）下午3:30", "2009-02-20"),
        ("2009-02-20 10:30:00 +0800", "2009-02-20"),
        ("2009‐02‐20", "2009-02-20"),
        ("2008", "2008"),
        ("2008年", "2008"),
        ("二〇〇八", "2008"),
        ("2008-05", "2008-05"),
        ("2008年5月", "2008-05"),
        ("2008.10", "2008-10"),
        (2008, "2008"),
        (2008.0, "2008"),
        (20090220, "2009-02-20"),
    ],
)
def test_forms_and_precision(text: str | float, iso: str) -> None:
    assert parse_date(text).iso == iso


def test_first_and_last_day_of_what_is_known() -> None:
    year, month = parse_date("2008"), parse_date("2008-02")
    assert (year.first_day, year.last_day) == (
        datetime.date(2008, 1, 1),
        datetime.date(2008, 12, 31),
    )
    assert (month.first_day, month.last_day) == (
        datetime.date(2008, 2, 1),
        datetime.date(2008, 2, 29),
    )


def _reason(value: str | float) -> str:
    with pytest.raises(RefusedValueError) as refusal:
        parse_date(value, field="issued_on")
    assert refusal.value.field == "issued_on"
    assert not str(value).strip() or str(value) not in str(refusal.value)
    return refusal.value.reason


AMBIGUOUS = (
    *("2009219", "2009111", "200902", "200911", "39864", "３９８６４", 39864, 2009219, 2009.1),
    *(
        "09-02-20",
        "09年2月20日",
        "〇九年二月",
        "2/20/2009",
        "20.2.09",
        "3/1/24",
        "2009.1",
        "45352.0",
    ),
    *(
        "2024-03-01至2024-03-08",
        "2024年3月1日至8日",
        "2024-03-01～03-08",
        "2024030110",
        "1999123123",
        "1961070200",
    ),
    *("2024-03-01 更新时间：2024-03-08", "Fri Mar 01 00:00:00 PST 2024"),
)
IMPOSSIBLE = (
    *("2009-02-30", "2009-13", "2009-00-00", "0000-00-00", "20091301", "2009年2月29日", "1839"),
    *("2101", "三十日", "元年", "近日", "2009-02-20 25:00", "2009-2/20", "2009年第1季度", "-2009"),
    *("2024-02-30 来源：市政府", "Mar 32, 2024", "2024-03-01（已废止）", "民国三十八年三月一日"),
    *("9" * 99, True, float("nan"), float("inf"), 10**30, "2009-02-20" + " " * 300 + "x"),
)


@pytest.mark.parametrize("value", AMBIGUOUS)
def test_ambiguous_values_are_never_guessed(value: str | float) -> None:
    assert _reason(value) == "ambiguous_date"


@pytest.mark.parametrize("value", IMPOSSIBLE)
def test_impossible_values_are_refused(value: str | float) -> None:
    assert _reason(value) == "invalid_date"


@pytest.mark.parametrize("value", ["", " \u3000", "\u200b"])
def test_blank_is_missing(value: str) -> None:
    assert _reason(value) == "missing"


@given(st.one_of(st.text(max_size=20), st.text("0129二〇十廿年月日号-/. :TZ", max_size=14)))
def test_any_text_is_a_date_of_the_calendar_or_refused(text: str) -> None:
    try:
        found = parse_date(text)
    except RefusedValueError:
        return
    assert 1840 <= found.first_day.year <= 2100
    assert found.first_day <= found.last_day
    assert parse_date(found.iso) == found


@given(st.integers(10_000, 9_999_999))
def test_runs_of_five_to_seven_digits_are_ambiguous(number: int) -> None:
    assert _reason(str(number)) == "ambiguous_date"


def test_real_dates_keep_their_day(shared_data: Path) -> None:
    with gzip.open(
        shared_data / "catalog/catalog_entries.jsonl.gz", "rt", encoding="utf-8"
    ) as rows:
        texts = {json.loads(row).get("published_on") for row in rows} - {None, ""}
    assert len(texts) > 1000
    assert {parse_date(text).iso for text in texts} == texts


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Pacific/Kiritimati"])
def test_today_is_the_day_in_china(zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        before = datetime.datetime.now(ZoneInfo("Asia/Shanghai")).date()
        today = today_in_china()
        after = datetime.datetime.now(ZoneInfo("Asia/Shanghai")).date()
    finally:
        monkeypatch.undo()
        time.tzset()
    assert today in (before, after)
