"""The parts of a text: paragraphs, and tables of lines with tabs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_api.web.body_layout import lay_out, split_tables

LINES = st.lists(st.text("甲乙\t \u3000。", max_size=8), max_size=8)


def test_lines_with_tabs_are_the_rows_of_a_table() -> None:
    table = "区\t元\t备注\n大观区\t7\t\n\t9\t夜间"
    text = f"收费表\n{table}\n以上自5月1日起执行。\n示例市交通局\n2024年3月5日"
    parts = lay_out(text)
    assert [part.kind for part in parts] == ["text", "table", "text", "signature", "signature"]
    assert parts[1].rows == (("区", "元", "备注"), ("大观区", "7", ""), ("", "9", "夜间"))


@pytest.mark.parametrize("text", ["甲\t乙", "\t甲\n\t乙", "前\n甲\t乙\n后", "甲乙\n丙"])
def test_one_row_or_an_indent_is_no_table(text: str) -> None:
    assert {part.kind for part in lay_out(text)} == {"text"}


def test_rows_have_one_width() -> None:
    (rows,) = split_tables("甲\t乙\n丙\t丁\t戊\n己\t")
    assert rows == (("甲", "乙", ""), ("丙", "丁", "戊"), ("己", "", ""))


@given(LINES)
def test_no_text_is_lost(lines: list[str]) -> None:
    shown = "".join(
        part if isinstance(part, str) else "".join(cell for row in part for cell in row)
        for part in split_tables("\n".join(lines))
    )
    assert sorted("".join(shown.split())) == sorted("".join("".join(lines).split()))
