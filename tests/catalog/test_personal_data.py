"""Laws of the wall against personal numbers: each valid one is seen, no serial number is."""

import datetime
import gzip
import json
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from gongkai.catalog.personal_data import (
    find_personal_data,
    holds_personal_number,
    mask_personal_data,
)

WIDE = str.maketrans("0123456789Xx-", "０１２３４５６７８９Ｘｘ－")
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def _id(region: str, birth: datetime.date, order: int) -> str:
    body = f"{region}{birth:%Y%m%d}{order:03}"
    total = sum(int(sign) * weight for sign, weight in zip(body, WEIGHTS, strict=True))
    return body + "10X98765432"[total % 11]


ids = st.builds(
    _id,
    st.builds(
        lambda province, rest: f"{province}{rest:04}",
        st.sampled_from([11, 31, 34, 37, 44, 50, 62, 65]),
        st.integers(100, 9999),
    ),
    st.dates(datetime.date(1900, 1, 1), datetime.date(2049, 12, 31)),
    st.integers(1, 999),
)


def _luhn(body: str) -> str:
    doubled = [sum(divmod(int(digit) * (2 - at % 2), 10)) for at, digit in enumerate(body[::-1])]
    return body + str(-sum(doubled) % 10)


@st.composite
def cards(draw: st.DrawFn) -> str:
    """A card number of a start in use, valid by Luhn."""
    start, length = draw(
        st.sampled_from([("622202", 19), ("621700", 19), ("625000", 16), ("955880", 19)])
        | st.sampled_from([("4", 16), ("53", 16), ("3528", 16), ("436742", 19)])
    )
    size = length - 1 - len(start)
    return _luhn(start + draw(st.text("0123456789", min_size=size, max_size=size)))


def _cut(number: str, sizes: tuple[int, ...], sign: str) -> str:
    pieces: list[str] = []
    rest = number
    for size in sizes:
        pieces, rest = [*pieces, rest[:size]], rest[size:]
    return sign.join(piece for piece in [*pieces, rest] if piece)


@given(
    ids,
    st.sampled_from([(), (6, 8), (6, 4, 4), (3, 3, 4, 4), (4, 4, 4, 4), (6, 12)]),
    st.sampled_from([" ", "-", "\u3000", "\u200b"]),
    st.booleans(),
    st.sampled_from(["{}", "身份证号：{}。", "1 {} 13800138000", "ID{}，男", "2009年 {} 12"]),
)
def test_every_valid_id_is_found(
    number: str, sizes: tuple[int, ...], sign: str, wide: bool, around: str
) -> None:
    typed = _cut(number, sizes, sign)
    typed = typed.translate(WIDE) if wide else typed
    text = around.format(typed)
    assert [text[span.start : span.end] for span in find_personal_data(text)] == [typed]
    assert find_personal_data(text)[0].kind == "resident_id"


@given(ids, st.integers(0, 16), st.integers(1, 9))
def test_an_id_with_one_wrong_digit_is_none(number: str, place: int, step: int) -> None:
    wrong = (int(number[place]) + step) % 10
    text = f"{number[:place]}{wrong}{number[place + 1 :]}"
    assert all(span.kind != "resident_id" for span in find_personal_data(text))


@given(ids, st.sampled_from("0123456789"))
def test_an_id_inside_a_longer_run_is_none(number: str, digit: str) -> None:
    assume(number[-1] != "X")
    spans = [*find_personal_data(digit + number), *find_personal_data(number + digit)]
    assert all(span.kind != "resident_id" for span in spans)


@given(cards(), st.sampled_from(["", " ", "-"]), st.booleans())
def test_every_valid_card_is_found(number: str, sign: str, wide: bool) -> None:
    typed = _cut(number, (4, 4, 4, 4), sign)
    typed = typed.translate(WIDE) if wide else typed
    text = f"卡号：{typed}，开户行"
    (span,) = find_personal_data(text)
    assert (text[span.start : span.end], span.kind) == (typed, "bank_card")


@given(cards(), st.integers(6, 15), st.integers(1, 9))
def test_a_card_with_one_wrong_digit_is_none(number: str, place: int, step: int) -> None:
    wrong = (int(number[place]) + step) % 10
    assert find_personal_data(f"{number[:place]}{wrong}{number[place + 1 :]}") == []


@pytest.mark.parametrize(
    "text",
    [
        "统一社会信用代码91350100M000100Y43",
        "索引号11340800003108221A/202103-00012",
        "注册号340800000012345",
        "110105491231002",
        "110105194902300021",
        "990105194912310021",
        "2005 2006 2007 2008 2009",
        "4111 1111 1111 1111 2009",
        "0.4111111111111111",
        "P4111111111111111.pdf",
    ],
)
def test_other_numbers_are_no_personal_data(text: str) -> None:
    assert find_personal_data(text) == []
    assert mask_personal_data(text) == text


def test_an_old_id_counts_beside_its_name_only() -> None:
    (span,) = find_personal_data("身份证号：110105491231002")
    assert (span.start, span.end, span.kind) == (5, 20, "resident_id")
    assert find_personal_data("登记号：110105491231002") == []


@given(ids)
def test_an_id_before_letters_is_still_one(number: str) -> None:
    (span,) = find_personal_data(f"{number}XX路")
    assert (span.start, span.end, span.kind) == (0, 18, "resident_id")


@given(st.lists(st.one_of(ids, cards(), st.text("证件号码 0189-X，", max_size=12)), max_size=5))
def test_a_masked_text_keeps_its_length_and_holds_nothing(parts: list[str]) -> None:
    text = "，".join(parts)
    masked = mask_personal_data(text)
    assert len(masked) == len(text)
    assert find_personal_data(masked) == []
    assert all(new in (old, "*") for old, new in zip(text, masked, strict=True))


def test_no_alarm_on_real_texts(shared_data: Path) -> None:
    characters, found = 0, 0
    for path in sorted(shared_data.glob("documents/*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as rows:
            for row in rows:
                body = json.loads(row).get("body", "")
                characters += len(body)
                found += len(find_personal_data(body))
    assert characters > 20_000_000
    assert found == 0


_CHINESE = str.maketrans("0123456789", "〇一二三四五六七八九")
_FORMAL = str.maketrans("0123456789", "零壹贰叁肆伍陆柒捌玖")
_CIRCLED = str.maketrans("0123456789", "⓪①②③④⑤⑥⑦⑧⑨")
_BOLD = {ord(str(digit)): chr(0x1D7CE + digit) for digit in range(10)}
_GAPS = (
    *(
        " ",
        "  ",
        "\n",
        "\r\n",
        "\t",
        "\u3000",
        "\u00a0",
        ".",
        "/",
        "|",
        "_",
        "，",
        "·",
        "——",
        "\u200b",
    ),
    *(
        " - ",
        "<b>",
        "<br/>",
        "</td>\n<td>",
        "<span class='a1'>",
        "&nbsp;",
        "<!-- 1 -->",
        "】【",
        "、",
    ),
)
_SIZES = ((6, 8), (6, 4, 2, 2), (9,), (13,), (5, 5, 5), (7, 7), (2,) * 8, (1,) * 17)


@given(
    ids,
    st.sampled_from(_SIZES),
    st.sampled_from(_GAPS),
    st.sampled_from(
        ["{}", "身份证号：{}，男", "编号3、{} 电话13800138000", "张三 {}", "{}。", "（{}）"]
    ),
)
def test_an_id_in_pieces_is_found(
    number: str, sizes: tuple[int, ...], gap: str, around: str
) -> None:
    # In "3、11010、50001、…" nothing tells the number from the list around it.
    assume(not (gap == "、" and around.startswith("编号3、")))
    assert holds_personal_number(around.format(_cut(number, sizes, gap)))


@given(ids, st.sampled_from([_CHINESE, _FORMAL, _CIRCLED, _BOLD, {ord("0"): "O"}, {ord("1"): "l"}]))
def test_an_id_in_another_writing_is_found(number: str, signs: dict[int, str]) -> None:
    text = f"号码为{number.translate(signs)}，已核对"
    assert holds_personal_number(text)
    assert holds_personal_number("".join(f"&#{ord(sign)};" for sign in number))


@pytest.mark.parametrize(
    "text",
    [
        "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20",
        "一、二、三、四、五、六、七、八、九、十、十一、十二",
        "2019年1月1日至2020年12月31日，共18 25 36 47万元",
        "电话 0556-5555555 13800138000 0556-6666666",
        "110105 201912 310021 220105 202012 310021 330105",
    ],
)
def test_other_digits_in_pieces_are_no_personal_data(text: str) -> None:
    assert not holds_personal_number(text)
