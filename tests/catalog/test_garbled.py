"""Texts read in a wrong encoding are told, whatever the two encodings; sound texts are not."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.catalog.garbled import find_garbled, find_garbled_in

Way = Callable[[str], str]
WAYS: dict[str, Way] = {
    "UTF-8 as GBK": lambda text: text.encode().decode("gbk", "replace").replace("\ufffd", "?"),
    "UTF-8 as Windows-1252": lambda text: text.encode().decode("cp1252", "ignore"),
    "UTF-8 as Latin-1": lambda text: text.encode().decode("latin-1"),
    "GBK as Latin-1": lambda text: text.encode("gbk").decode("latin-1"),
    "GBK as UTF-8": lambda text: text.encode("gbk").decode("utf-8", "replace"),
    "no Chinese": lambda text: text.encode("ascii", "replace").decode(),
}
TITLES = (
    "关于停车收费的通知",
    "安庆市住房公积金管理办法（2024年修订）",
    "市政府办公室关于印发《节能规划》的意见",
)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("title", TITLES)
def test_a_wrong_encoding_is_told(way: str, title: str) -> None:
    assert find_garbled(title) == ""
    assert find_garbled(f"{title}{WAYS[way](title)}")
    assert find_garbled_in([1, {"name": WAYS[way](title)}])


@pytest.mark.parametrize(
    "text", ["锘匡豢鍏充簬鍋滆溅鏀惰垂鐨勯€氱煡", "关于锟斤拷锟斤拷的通知", "閫氱煡"]
)
def test_what_was_met(text: str) -> None:
    assert find_garbled(text)


@pytest.mark.parametrize(
    "text",
    [
        *("规定规定", "村部规定，", "本规定规定报告。", "××××××", "真的？？？", "什么??"),
        *("café crème «é»…", "À l'été, naïve", "Größe: 20°C ±2, ½ µm²", "Ωφέλεια, Привет"),
        *("龘靐齉龗鑫淼焱", "關於臺風防禦工作", "泸州、濉溪、亳州、婺源", "ＡＢＣ１２３"),
    ],
)
def test_sound_texts(text: str) -> None:
    assert find_garbled(text) == ""


@given(st.recursive(st.text() | st.integers() | st.none(), st.lists))
def test_any_value_is_looked_at(value: object) -> None:
    assert isinstance(find_garbled_in(value), str)


def test_no_false_alarm_in_real_texts(shared_data: Path) -> None:
    told, wrong = 0, []
    with gzip.open(shared_data / "catalog/catalog_entries.jsonl.gz", "rt", "utf-8") as rows:
        titles = [json.loads(row)["title"] for row, _ in zip(rows, range(5_000), strict=False)]
    for title in titles:
        wrong += filter(None, [find_garbled(title)])
        told += bool(find_garbled(WAYS["UTF-8 as GBK"](title)))
    assert wrong == []
    assert told > 0.99 * len(titles)
