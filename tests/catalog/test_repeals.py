"""What a text says that it repeals: by title, by number, and what only looks like it."""

import pytest

from gongkai.catalog.repeals import Repeal, find_repeals


@pytest.mark.parametrize(
    ("text", "repeals"),
    [
        (
            "本办法自2021年10月1日起施行。《宜城市供水办法》（宜政发〔2008〕8号）同时废止。",
            [("宜城市供水办法", "宜政发〔2008〕8号")],
        ),
        (
            "本规定自公布之日起施行，2003年发布的《甲规定》和《乙规定》(宜政办秘[2010]3号)同时废止",
            [("甲规定", None), ("乙规定", "宜政办秘〔2010〕3号")],
        ),
        ("宜政发〔2008〕8号、宜政办〔2010〕3号文件即行废止。",
         [(None, "宜政发〔2008〕8号"), (None, "宜政办〔2010〕3号")]),
        ("现决定废止《宜城市养犬管理规定》。", [("宜城市养犬管理规定", None)]),
        (
            "《省实施〈中华人民共和国档案法〉办法》予以废止。",
            [("省实施〈中华人民共和国档案法〉办法", None)],
        ),
        (
            "最高人民法院《关于甲案件的规定》同时废止。",
            [("最高人民法院关于甲案件的规定", None)],
        ),
        ("《甲办法》自2020年起施行，《乙办法》同时废止。", [("乙办法", None)]),
    ],
)  # fmt: skip
def test_what_is_repealed(text: str, repeals: list[tuple[str | None, str | None]]) -> None:
    assert find_repeals(text) == tuple(Repeal(*each) for each in repeals)


@pytest.mark.parametrize(
    "text",
    [
        "《甲办法》第三条同时废止。",
        "《甲条例》中关于反补贴的规定同时废止。",
        "逾期未办理的，《采矿许可证》自行废止。",
        "有下列情形之一的，裁定停止执行。",
        "行政复议期间，不停止执行。",
        "依照《甲办法》办理。\n有关规定同时废止。",
        "",
    ],
)
def test_what_is_not(text: str) -> None:
    assert find_repeals(text) == ()


def test_what_only_amended_it_is_not_repealed() -> None:
    text = "根据《关于修改〈甲条例〉的决定》修正的《甲条例》同时废止。"
    assert find_repeals(text) == (Repeal("甲条例", None),)


def test_each_is_named_once_and_a_list_has_an_end() -> None:
    many = "".join(f"《办法{number}》同时废止。" for number in range(1_000))
    assert find_repeals("《甲办法》同时废止。" * 3) == (Repeal("甲办法", None),)
    assert len(find_repeals(many)) == 200
