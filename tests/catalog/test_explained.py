"""Which documents an interpretation names, and that other records explain nothing."""

import pytest

from gongkai.catalog.explained import Explained, find_explained


@pytest.mark.parametrize(
    ("title", "body", "found"),
    [
        ("《某市供水办法》政策解读", "", [("某市供水办法", None)]),
        ("关于《某市供水办法》的解读", "《某市供水办法》（某政发〔2021〕3号）已经印发。",
         [("某市供水办法", "某政发〔2021〕3号")]),
        ("【图文解读】某市城乡供水管理办法", "", [("某市城乡供水管理办法", None)]),
        ("某市城乡供水管理办法文字解读", "", [("某市城乡供水管理办法", None)]),
        ("一图读懂：供水新政", "《某市供水办法》（某政办〔2021〕8号）（以下简称《办法》）出台。",
         [("某市供水办法", "某政办〔2021〕8号")]),
        ("《某市实施〈中华人民共和国水法〉办法》解读", "",
         [("某市实施〈中华人民共和国水法〉办法", None)]),
        ("某政发〔2021〕3号文件政策解读", "", [(None, "某政发〔2021〕3号")]),
    ],
)  # fmt: skip
def test_what_is_explained(
    title: str, body: str, found: list[tuple[str | None, str | None]]
) -> None:
    explained = find_explained(title, body, None)
    assert set(explained) >= {Explained(*each) for each in found}


def test_another_record_explains_nothing() -> None:
    assert find_explained("关于贯彻《某市供水办法》的通知", "《某市供水办法》", None) == ()
    assert find_explained("某市供水办法", "", "政策解读") == ()


def test_the_category_makes_an_interpretation() -> None:
    assert find_explained("专家谈《某市供水办法》", "", "政策解读") == (
        Explained("某市供水办法", None),
    )
