"""What a text cites: by title, by number, as its basis, and what only looks like a citation."""

import pytest

from gongkai.catalog.citations import Citation, find_citations

OWN = ("宜城市供水细则", "宜水〔2021〕2号")


@pytest.mark.parametrize(
    ("text", "cited"),
    [
        (
            "根据《宜城市供水办法》（宜政发〔2008〕8号）和省政府令，制定本细则。",
            [("宜城市供水办法", "宜政发〔2008〕8号", True)],
        ),
        (
            "依照《供水条例》《水法》和《办法》，制定本细则。按照宜政办〔2010〕3号文件办理。",
            [("供水条例", None, True), ("水法", None, True), (None, "宜政办〔2010〕3号", False)],
        ),
        (
            "根据《供水办法》（宜政发〔2008〕8号，以下简称《办法》），现将《办法》要求通知如下：",
            [("供水办法", "宜政发〔2008〕8号", True)],
        ),
        ("最高人民法院《关于甲案的规定》施行。", [("最高人民法院关于甲案的规定", None, False)]),
        ("《供水条例》规定水质。根据《供水条例》，制定本细则。", [("供水条例", None, True)]),
        ("见《国务院关于修改〈水法〉的决定》。", [("国务院关于修改〈水法〉的决定", None, False)]),
        ("《关于转发宜政发〔2008〕8号的通知》", [("关于转发宜政发〔2008〕8号的通知", None, False)]),
        ("《宜城市供水细则（试行）》（宜水〔2021〕2号）已经印发。", []),
        ("宜水〔2021〕2号文件、第5号令和第12号门。", []),
    ],
)  # fmt: skip
def test_what_is_cited(text: str, cited: list[tuple[str | None, str | None, bool]]) -> None:
    found = [
        (each.title, each.document_number, each.is_basis) for each in find_citations(text, OWN)
    ]
    assert found == [*cited]


def test_one_document_is_one_citation_whatever_marks_its_title_has() -> None:
    text = (
        "《甲市供水办法（2020年修订）》和《甲市供水暂行办法》。根据《甲市供水办法》，制定本细则。"
    )
    assert find_citations(text, ()) == (
        Citation("甲市供水办法（2020年修订）", None, is_basis=True),
    )
