"""Words that ask for the newest records: read where they ask, left where they name."""

import pytest

from gongkai.query.recency import find_newest


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("最新政策", "最新"),
        ("最新的公积金政策", "最新的"),
        ("安庆最新发布的公告", "最新发布的"),
        ("公积金 最新", "最新"),
        ("新出台的低保办法", "新出台的"),
        ("安庆刚刚出台的政策", "刚刚出台的"),
        ("最近公布的招聘", "最近公布的"),
        ("近期的公告", "近期的"),
        ("近期文件", "近期"),
        ("最近通知", "最近"),
        ("安庆最近的政策", "最近的"),
    ],
)
def test_the_newest_are_asked_for(text: str, words: str) -> None:
    span = find_newest(text)
    assert span is not None
    assert text[slice(*span)] == words


@pytest.mark.parametrize(
    "text",
    [
        "最新",
        "近期建设规划",
        "近期文件汇编",
        "创新推出的产品",
        "更新发布目录",
        "最近的医院",
        "“最新政策”汇编",
        "《最新政策》",
        "关于印发《安庆市住房公积金提取管理办法》最新修订版的通知",
    ],
)
def test_the_words_are_meant_as_they_are(text: str) -> None:
    assert find_newest(text) is None
