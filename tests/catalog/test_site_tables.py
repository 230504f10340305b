"""The tables of sites, duties and API keys: the shipped ones, a city's own, and their faults."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from analyzers.errors import TableError
from gongkai.api_keys import ApiKey, check_api_keys, load_api_keys, make_key
from gongkai.catalog.classifications import fold_path, split_path
from gongkai.catalog.duties import Duty, Rule, check_duties, find_report_year, load_duties
from gongkai.catalog.hosts import SiteHost, check_hosts, load_hosts
from gongkai.catalog.tables import load_tables

HEADS = {
    "hosts": "host,unit,name,accent,hall\n",
    "duties": "name,rule,category,titles,levels,due\n",
    "api_keys": "name,digest,rate\n",
}
DIGEST = "0" * 64
CHECKS: dict[str, Callable[[Path], list[str]]] = {
    "hosts": check_hosts,
    "duties": check_duties,
    "api_keys": check_api_keys,
}
LOADS: dict[str, Callable[[Path], object]] = {
    "hosts": load_hosts,
    "duties": load_duties,
    "api_keys": load_api_keys,
}


def write(folder: Path, name: str, *rows: str) -> Path:
    (folder / f"{name}.csv").write_text(HEADS[name] + "\n".join(rows), encoding="utf-8")
    return folder


def test_the_shipped_tables_have_no_faults() -> None:
    assert check_hosts() == check_duties() == check_api_keys() == []
    assert load_hosts() == ()
    assert load_api_keys() == {}
    classes = load_tables().tree("category")
    for duty in load_duties().duties:
        assert classes.known(duty.category), fold_path(split_path(duty.category))


def test_a_city_names_its_sites_and_keys(tmp_path: Path) -> None:
    write(tmp_path, "hosts", "XXGK.hn.example.gov.cn,340822-zf,怀宁县公开,#1c4f9c,")
    assert load_hosts(tmp_path) == (
        SiteHost("xxgk.hn.example.gov.cn", "340822-zf", "怀宁县公开", "#1c4f9c", ""),
    )
    text, digest = make_key()
    write(tmp_path, "api_keys", f"门户,{digest},50")
    assert load_api_keys(tmp_path) == {digest: ApiKey("门户", 50.0)}
    assert text not in (tmp_path / "api_keys.csv").read_text("utf-8")


@pytest.mark.parametrize(
    ("name", "row", "word"),
    [
        ("hosts", "http://a.cn,340822-zf,甲,,", "no host name"),
        ("hosts", "a.cn,340822-zf,甲,,\na.cn,340822-zf,乙,,", "two rows"),
        ("hosts", "a.cn,nobody,甲,,", "no code"),
        ("hosts", "a.cn,340822-zf,,,", "empty name"),
        ("hosts", "a.cn,340822-zf,甲,,nowhere", "halls.csv"),
        ("hosts", "a.cn,340822-zf,甲,red,", "no colour"),
        ("hosts", "a.cn,340822-zf,甲,#ffff00,", "contrast"),
        ("duties", ",指南,类,,市,", "empty name"),
        ("duties", "甲,随意,类,,市,", "rule"),
        ("duties", "甲,指南,,,市,", "neither"),
        ("duties", "甲,指南,类,,村,", "unknown level"),
        ("duties", "甲,年报,类,,市,13-01", "due"),
        ("api_keys", f",{DIGEST},5", "empty name"),
        ("api_keys", "甲,gkapi_secret,5", "no SHA-256"),
        ("api_keys", f"甲,{DIGEST},5\n乙,{DIGEST},5", "two rows"),
        ("api_keys", f"甲,{DIGEST},nan", "rate"),
        ("api_keys", f"甲,{DIGEST},0", "rate"),
    ],
)
def test_a_fault_is_named_with_its_line(tmp_path: Path, name: str, row: str, word: str) -> None:
    folder = write(tmp_path, name, row)
    assert any(word in problem and f"{name}.csv:" in problem for problem in CHECKS[name](folder))
    with pytest.raises(TableError, match=word):
        LOADS[name](folder)


def test_a_record_meets_a_duty_by_class_or_title() -> None:
    duty = Duty("年报", Rule.ANNUAL, "监督保障/政府信息公开年报", ("政府信息公开工作年度报告",))
    assert duty.is_met_by("任何标题", "监督保障/政府信息公开年报")
    assert duty.is_met_by("某局2024年政府信息公开工作年度报告", "监督保障")
    assert not duty.is_met_by("某局年度报告", "监督保障/政府信息公开年报会议")
    assert not duty.is_met_by("某局年度报告", None)


def test_governments_have_until_the_end_of_march() -> None:
    duty = next(each for each in load_duties().duties if each.rule is Rule.ANNUAL)
    agencies = load_tables().agencies
    days = {
        code: duty.due_on(agency, 2025)
        for code in ("340800-czj", "340822-zf", "340822-ghz")
        if (agency := agencies.by_code(code))
    }
    assert days == {
        "340800-czj": date(2026, 1, 31),
        "340822-zf": date(2026, 3, 31),
        "340822-ghz": date(2026, 1, 31),
    }
    assert find_report_year("某局2024年政府信息公开工作年度报告", 2025) == 2024
    assert find_report_year("某局政府信息公开工作年度报告", 2025) == 2024


def test_the_agencies_below_and_above_one() -> None:
    agencies = load_tables().agencies
    branch = [each.code for each in agencies.branch("340822-zf")]
    assert branch[0] == "340822-zf"
    assert {"340822-czj", "340822-ghz"} <= set(branch)
    assert not any(code.startswith("340825") for code in branch)
    # One tree for pages, filters and counts: it ends at the city's own government.
    for each in agencies.all():
        assert {a.code for a in agencies.branch(each.code)} == {
            each.code,
            *agencies.below(each.code),
        }
        assert [a.code for a in agencies.path(each.code)][::-1] == list(agencies.above(each.code))
    assert agencies.branch("nobody") == agencies.path("nobody") == ()
    assert [each.name for each in agencies.path("340822-ghz")][-2:] == [
        "安庆市人民政府",
        "怀宁县人民政府",
    ]
