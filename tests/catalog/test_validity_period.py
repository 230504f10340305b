"""What a text says about its own term in many wordings, and what only looks so."""

from datetime import date

import pytest

from gongkai.catalog.dates import PartialDate
from gongkai.catalog.validity_period import read_ended_mark, read_validity_period

ISSUED = PartialDate(2021, 3, 15)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("第七条 本办法自2021年10月1日起施行，有效期五年。", "2021-10-01", "2026-09-30"),
        ("本办法自 2021 年 10 月 1 日起正式施行，有效期5年。", "2021-10-01", "2026-09-30"),
        ("第二十条　本细则自二〇二一年十月一日起试行，试行期两年。", "2021-10-01", "2023-09-30"),
        ("本规定自2020年3月1起施行，有效期三年。", "2020-03-01", "2023-02-28"),
        ("本通知自发布之日起施行，有效期至2026年9月30日。", "2021-03-15", "2026-09-30"),
        ("本通知自印发之日起30日后施行，有效期限为2年。", "2021-04-14", "2023-04-13"),
        ("本意见自公布之日起执行，有效期18个月。", "2021-03-15", "2022-09-14"),
        ("本意见自公布之日起试行，暂定一年半。", "2021-03-15", "2022-09-14"),
        ("本公告有效期自2022年1月1日至2024年12月31日止。", "2022-01-01", "2024-12-31"),
        ("本通告自2022年1月1日起至2022年6月30日止施行。", "2022-01-01", "2022-06-30"),
        ("本政策有效期至2025年底。", None, "2025-12-31"),
        ("本方案自2022年2月29日起施行。", None, None),
        ("本办法自2022年1月1日起施行，2025年12月31日自动失效。", "2022-01-01", "2025-12-31"),
        ("本办法自2022年1月1日起施行，自2026年1月1日起废止。", "2022-01-01", "2025-12-31"),
        ("本办法由市财政局负责解释，自２０２２年１月１日起施行，有效期三年。",
         "2022-01-01", "2024-12-31"),
        ("本办法自2021年1月1日起施行。有效期3年。", "2021-01-01", "2023-12-31"),
        ("本批复有效期一年。", None, "2022-03-14"),
        ("（2009年7月1日公布 自2009年10月1日起施行）\n第一条 总则。", "2009-10-01", None),
        ("本通知自2020年2月29日起施行，有效期1年。", "2020-02-29", "2021-02-27"),
    ],
)  # fmt: skip
def test_a_text_states_its_own_term(text: str, start: str | None, end: str | None) -> None:
    found = read_validity_period("某市供水办法", text, ISSUED)
    days = (found.effective_on, found.expires_on)
    assert tuple(day.iso if day else None for day in days) == (start, end)
    assert found.passage.rstrip("）") in text.replace("\u3000", " ")
    assert bool(found.passage) == bool(start or end)


@pytest.mark.parametrize(
    "text",
    [
        "许可证有效期五年，届满前九十个工作日内可以申请延续。",
        "本办法施行前取得的许可证，有效期五年。",
        "居住证有效期自2021年1月1日至2025年12月31日。",
        "《某市旧办法》自2015年1月1日起施行，有效期五年。",
        "将第二十条修改为：“本办法自2015年1月1日起施行，有效期五年。”",
        "本办法规定的许可证有效期三年。",
        "规范性文件应当载明有效期和施行日期。",
        "当事人自收到本决定书之日起十五日内执行。",
        "本办法有效期届满后自动失效。",
    ],
)
def test_another_term_is_not_its_own(text: str) -> None:
    found = read_validity_period("某市供水办法", text, ISSUED)
    assert (found.effective_on, found.expires_on) == (None, None)


@pytest.mark.parametrize("title", ["《某市供水办法》解读", "某市供水办法（征求意见稿）"])
def test_a_text_about_a_rule_has_no_term_of_its_own(title: str) -> None:
    assert not read_validity_period(
        title, "本办法自2021年1月1日起施行，有效期五年。", ISSUED
    ).passage


def test_the_last_statement_counts() -> None:
    text = "本通知自印发之日起施行。\n某市供水办法\n第九条 本办法自2021年5月1日起施行，有效期2年。"
    found = read_validity_period("关于印发供水办法的通知", text, ISSUED)
    assert found.expires_on == PartialDate(2023, 4, 30)
    assert found.passage == "第九条 本办法自2021年5月1日起施行，有效期2年"


def test_a_rule_is_named_by_its_kind() -> None:
    found = read_validity_period("某市创新券管理暂行办法", "办法试行三年。", ISSUED)
    assert (found.expires_on, found.is_trial) == (PartialDate(2024, 3, 14), True)
    other = read_validity_period("关于某事的通知", "办法试行三年。", ISSUED)
    assert (other.expires_on, other.is_trial) == (None, False)


def test_an_unknown_day_of_issue_leaves_the_term_open() -> None:
    text = "本办法自发布之日起施行，有效期五年。"
    assert read_validity_period("某办法", text, None).expires_on is None
    assert read_validity_period("某办法", text, PartialDate(2021)).effective_on is None


def test_the_last_day_is_still_in_force() -> None:
    text = "本办法自2021年10月1日起施行，有效期五年。"
    found = read_validity_period("某办法", text, None)
    assert not found.is_passed(date(2026, 9, 30))
    assert found.is_passed(date(2026, 10, 1))


@pytest.mark.parametrize(
    ("title", "state"),
    [
        ("某市供水办法（已废止）", "废止"),
        ("某市供水办法(失效)", "失效"),
        ("【已失效】某市供水办法", "失效"),
        ("某市供水办法（2020年5月1日废止）", "废止"),
        ("某市供水办法（全文失效）", "失效"),
        ("某市供水办法（部分失效）", None),
        ("某市供水办法（试行）", None),
        ("关于废止某市供水办法的决定", None),
        ("关于印发宣布失效文件目录的通知（宣布失效的文件目录）", None),
        ("关于《甲办法（已废止）》的答复意见", None),
    ],
)
def test_a_title_says_that_the_document_has_ended(title: str, state: str | None) -> None:
    assert read_ended_mark(title) == state
