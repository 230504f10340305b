"""CSV and TSV: encodings, delimiters, quoting, ragged rows, and faults that cost one row."""

import csv
import io
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.files.cell_guards import guard_cell, unguard_cell
from indexer.sources.row import SourceRow
from tests.indexer.sources.files import HEADINGS, RECORDS, ROWS, fields, outline, read, write

CELLS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


def table(rows: list[tuple[str, ...]], delimiter: str = ",") -> str:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows(
        tuple(map(guard_cell, row)) for row in rows
    )
    return text.getvalue()


PLAIN = table([HEADINGS, *ROWS])


@given(st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=6), st.sampled_from([",", "\t", ";"]))
def test_records_written_as_csv_come_back_equal(
    rows: list[tuple[str, ...]], delimiter: str
) -> None:
    told = [("索引号", *row) for row in rows]  # so that no row is blank
    with tempfile.TemporaryDirectory() as folder:
        text = table([("文号", *HEADINGS), *told], delimiter)
        path = write(Path(folder) / ("a.tsv.gz" if delimiter == "\t" else "a.csv"), text)
        found = [list(row.values()) for row in fields(path)]
    assert found == [list(row) for row in told]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("name", ["a.csv", "a.tsv", "a.csv.gz", "a.tsv.gz"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_encodings_and_delimiters_are_detected(
    tmp_path: Path, encoding: str, name: str, delimiter: str
) -> None:
    text = "\r\n".join(delimiter.join(row) for row in (HEADINGS, *ROWS))
    assert fields(write(tmp_path / name, text, encoding)) == RECORDS


def test_quoted_newlines_stay_and_lines_are_spreadsheet_rows(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", '标题,正文\n甲,"第一条\n第二条，""略"""\n\n乙,第三条\n')
    assert read(path) == [
        SourceRow(str(path), 2, {"标题": "甲", "正文": '第一条\n第二条，"略"'}),
        SourceRow(str(path), 4, {"标题": "乙", "正文": "第三条"}),
    ]


def test_a_title_row_above_the_headings_is_passed_over(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "示例市信息公开目录,,\n,,\n" + PLAIN)
    assert [row["标题"] for row in fields(path)] == [row[0] for row in ROWS]
    assert outline(path)[0] == (4, "row")


def test_a_table_without_known_headings_has_its_first_row_as_headings(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "\nname,code\nx,1\n")
    assert fields(path) == [{"name": "x", "code": "1"}]


def test_short_rows_are_padded_and_long_rows_refused_when_filled(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "标题,文号,正文\n甲\n乙,1,2,,\n丙,1,2,3\n丁,1,2\n")
    assert outline(path) == [(2, "row"), (3, "row"), (4, "column_count"), (5, "row")]
    first = read(path)[0]
    assert isinstance(first, SourceRow)
    assert first.fields == {"标题": "甲", "文号": "", "正文": ""}


def test_equal_headings_keep_every_value_and_nameless_ones_get_a_name(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "标题,公开方式,公开方式,,文号\n甲,主动公开,不予公开,x,1\n")
    assert fields(path) == [
        {"标题": "甲", "公开方式": ["主动公开", "不予公开"], "column_4": "x", "文号": "1"}
    ]


@pytest.mark.parametrize("quoted_later", ["", '丙,"第三条"\n'])
def test_a_quote_that_is_never_closed_swallows_no_other_row(
    tmp_path: Path, quoted_later: str
) -> None:
    text = '标题,正文\n甲,"第一条\n乙,不予公开的内容\n' + quoted_later + "丁,第四条\n"
    path = write(tmp_path / "a.csv", text)
    kinds = [kind for _, kind in outline(path)]
    assert kinds == ["not_csv", *["row"] * (len(kinds) - 1)]
    titles = [row.fields["标题"] for row in read(path) if isinstance(row, SourceRow)]
    assert titles == (["乙", "丙", "丁"] if quoted_later else ["乙", "丁"])


def test_bare_quotes_of_a_database_dump_are_text_in_tsv(tmp_path: Path) -> None:
    path = write(tmp_path / "a.tsv", '标题\t文号\n"十四五"规划的通知\t1\n')
    assert fields(path) == [{"标题": '"十四五"规划的通知', "文号": "1"}]


def test_a_row_past_the_limit_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indexer.sources.delimited.MAX_ROW_BYTES", 1000)
    text = "标题,正文\n甲," + "x" * 2000 + '\n乙,"' + "第二条\n" * 300 + "丙,第三条\n"
    kinds = [kind for _, kind in outline(write(tmp_path / "a.csv", text))]
    assert kinds[:2] == ["too_long", "too_long"]
    assert kinds[-1] == "row"


def test_undecodable_bytes_cost_their_row(tmp_path: Path) -> None:
    text = PLAIN.encode() + b"\xff\xfe,x,y\n" + PLAIN.splitlines()[-1].encode()
    kinds = ["row", "row", "bad_encoding", "row"]
    assert outline(write(tmp_path / "a.csv", text)) == list(enumerate(kinds, 2))


def test_a_file_of_headings_alone_has_no_rows(tmp_path: Path) -> None:
    assert outline(write(tmp_path / "a.csv", "标题,正文\n")) == []
    assert outline(write(tmp_path / "b.csv", "")) == []


@given(st.text() | st.from_regex(r"['\t]{0,3}([=+@-]|0)1.*"))
def test_a_guarded_cell_comes_back_exactly(text: str) -> None:
    assert unguard_cell(guard_cell(text)) == text


def test_what_excel_writes_for_text_is_unwrapped(tmp_path: Path) -> None:
    text = '文号,标题,正文\n="0012","=""甲的通知""","=""他说""""好""""。"""\n'
    path = write(tmp_path / "a.csv", text)
    assert fields(path) == [{"文号": "0012", "标题": "甲的通知", "正文": '他说"好"。'}]


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_a_line_that_names_the_separator(tmp_path: Path, sign: str) -> None:
    text = f"sep={sign}\r\n" + "\r\n".join(sign.join(row) for row in (HEADINGS, *ROWS))
    assert fields(write(tmp_path / "a.csv", text)) == RECORDS


def test_two_rows_of_headings_totals_and_headings_again(tmp_path: Path) -> None:
    text = (
        "示例市信息公开目录,,,\n索引号,发布信息,,公开方式\n,文号,发布机构,\n"
        "1,甲〔2024〕1号,示例市教育局,主动公开\n索引号,发布信息,,公开方式\n,文号,发布机构,\n"
        "2,甲〔2024〕2号,示例市教育局,主动公开\n合计,2,,\n"
    )
    assert [(row["索引号"], row["文号"]) for row in fields(write(tmp_path / "a.csv", text))] == [
        ("1", "甲〔2024〕1号"),
        ("2", "甲〔2024〕2号"),
    ]


def test_a_second_table_below_the_first(tmp_path: Path) -> None:
    text = (
        "标题,文号,发布机构\n甲,1,示例市教育局\n\n"
        "发布机构,发布日期,标题\n示例市水利局,2024-03-01,乙\n"
    )
    assert fields(write(tmp_path / "a.csv", text)) == [
        {"标题": "甲", "文号": "1", "发布机构": "示例市教育局"},
        {"发布机构": "示例市水利局", "发布日期": "2024-03-01", "标题": "乙"},
    ]


@pytest.mark.parametrize("sign", ["，", "、", "；", "｜", "|", "^", "\x01"])
@pytest.mark.parametrize("name", ["a.csv", "a.txt", "a.xls"])
def test_signs_between_known_headings_are_delimiters(tmp_path: Path, sign: str, name: str) -> None:
    rows = [("标题", "文号", "发布日期"), ("关于甲的通知", "示政〔2024〕1号", "2024-03-01")]
    path = write(tmp_path / name, "\n".join(sign.join(row) for row in rows))
    assert fields(path) == [dict(zip(*rows, strict=True))]


def test_a_full_width_comma_in_a_heading_is_no_delimiter(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "标题,说明（内容，要点）\n甲,乙，丙\n")
    assert fields(path) == [{"标题": "甲", "说明（内容，要点）": "乙，丙"}]


def test_quotes_next_to_no_delimiter_are_text(tmp_path: Path) -> None:
    text = '标题,文号\n"甲","1"\n"关于"双减"的通知",2\n"关于"丙","丁"的通知",3\n'
    path = write(tmp_path / "a.csv", text)
    assert outline(path) == [(2, "row"), (3, "row"), (4, "not_csv")]
    assert [row.fields["标题"] for row in read(path)[:2]] == ["甲", '关于"双减"的通知']


def test_lines_that_end_with_a_carriage_return_alone(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "标题,文号\r甲,1\r乙,2\r")
    assert [row["标题"] for row in fields(path)] == ["甲", "乙"]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark(tmp_path: Path, encoding: str) -> None:
    path = write(tmp_path / "a.csv", "标题\t文号\n关于甲的通知\t1\n", encoding)
    assert fields(path) == [{"标题": "关于甲的通知", "文号": "1"}]


def test_escapes_of_a_workbook_in_a_cell(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "标题,正文\n甲,第一行_x000D_\n")
    assert fields(path) == [{"标题": "甲", "正文": "第一行\n"}]
