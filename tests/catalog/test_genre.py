"""Laws of the genre (体裁) read off a title's ending."""

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.catalog.genre import DEFAULT_GENRES, infer_genre

genres = st.sampled_from(DEFAULT_GENRES)
TRAILERS = [
    "",
    "（试行）",
    "(征求意见稿)",
    "（2016—2020年）",
    " 2008年版",
    "》",
    "”",
    "（第492号）",
    "【已废止】",
]


@given(genres, st.lists(st.sampled_from(TRAILERS), max_size=3))
def test_what_follows_the_ending_is_looked_past(genre: str, trailers: list[str]) -> None:
    assert infer_genre(f"某事项的{genre}{''.join(trailers)}") == genre


@pytest.mark.parametrize(
    ("title", "genre"),
    [
        ("关于印发《安庆市物业管理办法》的通知", "通知"),
        ("《安庆市物业管理办法》（试行）", "办法"),
        ("《安庆市物业管理办法》解读", "解读"),
        ("关于印发〈办法〉的通知（宜政办秘〔2008〕8号）", "通知"),
        ("政府工作报告——2008年1月在市人民代表大会上", "报告"),
        ("安庆市规划——关于调整的通知", "通知"),
        ("国务院令第492号", "令"),
        ("关于同意设立的复函", "复函"),
        ("关于答复建议的函", "函"),
        ("收费目录2008年版", "目录"),
        ("《办法（试行", "办法"),
        ("预算法实施条例（2018修正）", "条例"),
        ("一封感谢信函", None),
        ("上海市数据中心情况", None),
        ("试行）", None),
        ("", None),
    ],
)
def test_titles(title: str, genre: str | None) -> None:
    assert infer_genre(title) == genre


def test_the_longest_ending_of_a_replaced_table_wins() -> None:
    assert infer_genre("安庆市燃气管理办法", ("办法", "管理办法")) == "管理办法"
    assert infer_genre("安庆市燃气管理办法", ("通知", "")) is None


@given(st.text("（）()《》〔【】——办法通知试行2008年第号 ", max_size=30))
def test_any_title_has_one_of_the_genres_or_none(title: str) -> None:
    genre = infer_genre(title)
    assert genre is None or (genre in DEFAULT_GENRES and genre in title)


def test_most_real_titles_name_their_genre(shared_data: Path) -> None:
    with gzip.open(
        shared_data / "catalog/catalog_entries.jsonl.gz", "rt", encoding="utf-8"
    ) as rows:
        found = [infer_genre(json.loads(row)["title"]) for row in rows]
    assert sum(genre is not None for genre in found) > 0.9 * len(found)
