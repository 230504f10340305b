"""Laws of document numbers (发文字号): one canonical form however typed, found inside sentences."""

import csv
import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.catalog.document_number import (
    DocumentNumber,
    find_document_numbers,
    parse_document_number,
)
from gongkai.errors import RefusedValueError

OPENING = "〔[［【(（{｛<〈《「『﹝❲〖"
CLOSING = "〕]］】)）}｝>〉》」』﹞❳〗"
SPACES = ["", " ", "\u3000", "\u200b", "\ufeff", "\u00a0"]
PREFIXES = [
    "宜政办秘",
    "国办发",
    "国发",
    "和政发",
    "人社部发",
    "工信部联企业",
    "渝府令",
    "法（研）发",
]
CHINESE = str.maketrans("0123456789", "〇一二三四五六七八九")
WIDE = str.maketrans("0123456789", "０１２３４５６７８９")

prefixes = st.sampled_from(PREFIXES)
years = st.integers(1949, 2035)
serials = st.integers(1, 99999)


@st.composite
def spellings(draw: st.DrawFn, prefix: str, year: int, serial: int) -> str:
    """One of the many ways to type `prefix〔year〕serial号`."""
    opening = draw(st.sampled_from(OPENING))
    closing = draw(st.sampled_from(CLOSING))
    gap = st.sampled_from(SPACES)
    digits = draw(st.sampled_from([str.maketrans({}), WIDE, CHINESE]))
    zeros = draw(st.sampled_from(["", "0", "00"])) if serial < 1000 else ""
    number = (zeros + str(serial)).translate(draw(st.sampled_from([str.maketrans({}), WIDE])))
    nth, close = draw(st.sampled_from(["", "第"])), draw(st.sampled_from(["号", "號", ""]))
    parts = [prefix, opening, str(year).translate(digits), closing, nth, number, close]
    return "".join(draw(gap) + part for part in parts) + draw(gap)


@given(st.data(), prefixes, years, serials)
def test_any_spelling_has_one_canonical_form(
    data: st.DataObject, prefix: str, year: int, serial: int
) -> None:
    number = parse_document_number(data.draw(spellings(prefix, year, serial)))
    assert number.canonical == f"{prefix}〔{year}〕{serial}号"
    assert (number.prefix, number.year, number.serial) == (prefix, year, str(serial))


SPELLINGS = (
    *(
        "宜政办秘〔2008〕8号",
        "宜政办秘[2008]8 号",
        "宜政办秘（２００８）第０８号",
        "宜政办秘【2008]8號",
    ),
    *("宜 政办秘　〔 二〇〇八 〕 八 号", "宜政办秘\u200b〔2008〕8号\u200b", "宜政办秘2008年第8号"),
    *("宜政办秘2008-8号", "宜政办秘2008 8号", "宜政办秘〔2008〕8", "宜政办秘〔2008年〕8号"),
    *("（宜政办秘〔2008〕8号）", "文号：宜政办秘〔2008〕8号", "宜政办秘〔2008〕8号文件"),
    *("关于宜政办秘[2008]8号", "安庆市人民政府办公室宜政办秘〔2008〕8号", "宜政办秘2008〕8号"),
)


@pytest.mark.parametrize("typed", SPELLINGS)
def test_spellings_of_one_number(typed: str) -> None:
    number = parse_document_number(typed)
    assert number == DocumentNumber("宜政办秘〔2008〕8号", "宜政办秘", 2008, "8", "bracketed")


@pytest.mark.parametrize(
    ("typed", "canonical", "year", "serial"),
    [
        ("国务院令第492号", "国务院令第492号", None, "492"),
        ("国务院第492号令", "国务院令第492号", None, "492"),
        ("国务院令　４９２号", "国务院令第492号", None, "492"),
        ("国务院令（第492号）", "国务院令第492号", None, "492"),
        ("中华人民共和国国务院令 第492号", "中华人民共和国国务院令第492号", None, "492"),
        ("中华人民共和国主席令第七十三号", "中华人民共和国主席令第73号", None, "73"),
        ("财政部公告2015年第3号", "财政部公告2015年第3号", 2015, "3"),
        ("财政部2015年第3号公告", "财政部公告2015年第3号", 2015, "3"),
        ("财政部公告（2015年第03号）", "财政部公告2015年第3号", 2015, "3"),
        ("国家发展改革委2017年第9号", "国家发展改革委2017年第9号", 2017, "9"),
        ("浙江省税务局2019年第3号", "浙江省税务局2019年第3号", 2019, "3"),
        ("晋中市税务局2019年第3号", "晋中市税务局2019年第3号", 2019, "3"),
        ("鄂尔多斯市税务局2019年第3号", "鄂尔多斯市税务局2019年第3号", 2019, "3"),
        ("国务院、中央军委令第583号", "国务院、中央军委令第583号", None, "583"),
        ("重庆市人大常委会公告〔五届〕第12号", "重庆市人大常委会公告〔五届〕第12号", None, "12"),
        ("原国家计委令第3号", "国家计委令第3号", None, "3"),
    ],
)
def test_orders_keep_the_prefix_they_were_published_with(
    typed: str, canonical: str, year: int | None, serial: str
) -> None:
    number = parse_document_number(typed)
    assert (number.canonical, number.form) == (canonical, "order")
    assert (number.year, number.serial) == (year, serial)


@pytest.mark.parametrize(
    ("typed", "canonical"),
    [
        ("的通知徐府发〔2022〕17号", "徐府发〔2022〕17号"),
        ("国中医药办法监发〔2017〕30号", "国中医药办法监发〔2017〕30号"),
        ("厅关于废止沪府办〔1990〕182号", "沪府办〔1990〕182号"),
        ("最高人民法院以法发〔1993〕15号", "法发〔1993〕15号"),
        ("渝府发〔2000〕48号〔〕", "渝府发〔2000〕48号"),
        ("财税字[94]001号", "财税字〔1994〕1号"),
        ("（1996）武司字82号", "〔1996〕武司字第82号"),
        ("国办发〔2008〕01-03号", "国办发〔2008〕1-3号"),
        ("国办发〔2008〕8a号", "国办发〔2008〕8A号"),
        ("渝府令[2012]第264号", "渝府令〔2012〕264号"),
        ("沪应急办2022年第1号", "沪应急办〔2022〕1号"),
        ("渝知局2019年第3号", "渝知局〔2019〕3号"),
    ],
)
def test_numbers_that_real_rows_taught(typed: str, canonical: str) -> None:
    number = parse_document_number(typed)
    assert (number.canonical, number.form) == (canonical, "bracketed")


@pytest.mark.parametrize(
    ("typed", "tidied"),
    [
        ("宜政办秘20088号", "宜政办秘20088号"),
        ("财税字[08]001号", "财税字[08]001号"),
        ("〔1982〕3 号", "〔1982〕3号"),
        ("财税〔2008〕1号、国税发〔2008〕2号", "财税〔2008〕1号、国税发〔2008〕2号"),
        ("上海海关已发布2019年第1号", "上海海关已发布2019年第1号"),
        ("令第３号", "令第3号"),
        ("无", "无"),
    ],
)
def test_what_can_not_be_read_is_odd_and_tidied(typed: str, tidied: str) -> None:
    assert parse_document_number(typed) == DocumentNumber(tidied, "", None, None, "odd")


@pytest.mark.parametrize("blank", ["", " ", "\u3000\t\n", "\u200b\ufeff"])
def test_only_blank_text_is_refused(blank: str) -> None:
    with pytest.raises(RefusedValueError) as refusal:
        parse_document_number(blank)
    assert (refusal.value.field, refusal.value.reason) == ("document_number", "missing")


_ALPHABET = (
    "〔〕[]（）() 0128９二〇八十百第号號年-令公告的和与以按关于根据通知原见国务院财政部宜办发字"
    "、届\u200bA日月"
)
noise = st.text(alphabet=_ALPHABET, max_size=40)


@given(st.one_of(noise, st.text(max_size=40)))
def test_canonical_of_canonical_is_itself(text: str) -> None:
    try:
        number = parse_document_number(text)
    except RefusedValueError:
        return
    assert parse_document_number(number.canonical) == number


@given(st.one_of(noise, st.text(max_size=60)))
def test_what_is_found_reads_the_same_on_its_own(text: str) -> None:
    end = 0
    for found in find_document_numbers(text):
        assert end <= found.start < found.end <= len(text)
        assert parse_document_number(text[found.start : found.end]) == found.number
        assert found.number.form != "odd"
        end = found.end


@given(prefixes, years, serials, st.sampled_from(["关于", "根据", "请问", "见《办法》（", "查询 "]))
def test_a_number_is_found_inside_a_sentence(
    prefix: str, year: int, serial: int, before: str
) -> None:
    canonical = f"{prefix}〔{year}〕{serial}号"
    (found,) = find_document_numbers(f"{before}{canonical}的通知")
    assert (found.start, found.end) == (len(before), len(before) + len(canonical))
    assert found.number.canonical == canonical


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("关于宜政办秘[2008]8 号的通知", ["宜政办秘〔2008〕8号"]),
        (
            "依照国务院令第492号和国发〔2004〕2号、国办发〔2004〕24号规定",
            ["国务院令第492号", "国发〔2004〕2号", "国办发〔2004〕24号"],
        ),
        ("《问题的解释》（法（研）发〔1987〕32号）", ["法（研）发〔1987〕32号"]),
        ("《办法（试行）》（法释〔2008〕5号）", ["法释〔2008〕5号"]),
        ("1995年2月13日交基发〔1995〕97号公布", ["交基发〔1995〕97号"]),
        ("二〇〇八年二月十四日国务院令第12号", ["国务院令第12号"]),
        ("国务院令\n\n第336号", ["国务院令第336号"]),
        ("国发〔2008〕8", ["国发〔2008〕8号"]),
        ("查询渝府令（ 2012 ） 264号 全文", ["渝府令〔2012〕264号"]),
        ("安庆市人民政府宜政发〔2008〕8号", ["宜政发〔2008〕8号"]),
        ("税法、国务院令第492号", ["国务院令第492号"]),
        ("你院京高法〔2001〕271号请示", ["京高法〔2001〕271号"]),
        ("住房公积金 2008年工作要点", []),
        ("附件（2008）10强", []),
        ("（一）号笛应当能鸣放", []),
        ("规划2016-20号地块", []),
        ("安庆市2008年8号文", []),
    ],
)
def test_found_in_sentences(text: str, numbers: list[str]) -> None:
    assert [found.number.canonical for found in find_document_numbers(text)] == numbers


def _real_numbers(folder: Path) -> Iterator[str]:
    for path in sorted([*folder.glob("catalog/*.jsonl.gz"), *folder.glob("documents/*.jsonl.gz")]):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            rows = (json.loads(line) for line in lines)
            yield from (row["document_number"] for row in rows if row.get("document_number"))
    with (folder / "numbers/document_numbers.tsv").open(encoding="utf-8", newline="") as table:
        yield from (row["document_number"] for row in csv.DictReader(table, delimiter="\t"))


def test_real_numbers_are_read_and_found_again(shared_data: Path) -> None:
    written = set(_real_numbers(shared_data))
    numbers = {text: parse_document_number(text) for text in written}
    odd = [text for text, number in numbers.items() if number.form == "odd"]
    assert len(written) > 17_000
    assert len(odd) <= len(written) // 1000
    for number in set(numbers.values()) - {numbers[text] for text in odd}:
        (found,) = find_document_numbers(number.canonical)
        assert found.number == number
        assert parse_document_number(number.canonical) == number
