"""A city's own files in, trees and agencies out, or an error with file, line and mend."""

from importlib import resources
from pathlib import Path

import pytest

from analyzers.errors import TableError
from gongkai.catalog.fields import CLASSIFIED
from gongkai.catalog.tables import check_tables, fingerprint, load_tables

AGENCY_HEADER = "code,name,short_names,level,parent,former_names,place"


def write(directory: Path, name: str, *lines: str, encoding: str = "utf-8") -> Path:
    path = directory / name
    path.write_bytes("\n".join(lines).encode(encoding) + b"\n")
    return path


def assert_refused(directory: Path, path: Path, line: int, words: str) -> None:
    problems = check_tables(directory)
    assert any(problem.startswith(f"{path}:{line}: ") and words in problem for problem in problems)
    with pytest.raises(TableError) as refused:
        load_tables(directory)
    assert str(refused.value) == problems[0]


def test_the_shipped_tables_are_without_a_problem() -> None:
    assert check_tables() == []
    assert {load_tables().tree(field).field for field in CLASSIFIED} == set(CLASSIFIED)


def test_agencies_below_the_province_are_on_three_levels() -> None:
    levels = {agency.level for agency in load_tables().agencies.all()}
    assert {"市", "县", "乡"} < levels


def test_a_tree_has_no_other_field() -> None:
    with pytest.raises(KeyError):
        load_tables().tree("publisher")


def test_a_directory_replaces_file_by_file(tmp_path: Path) -> None:
    write(tmp_path, "topic.csv", "path,aliases", "教育,学校;教学", "教育/高中,")
    write(tmp_path, "agencies.csv", AGENCY_HEADER, "1,甲县财政局,县财政局,县,,,甲县")
    tables = load_tables(tmp_path)
    assert [node.path for node in tables.tree("topic").nodes] == ["教育", "教育/高中"]
    assert tables.tree("topic").canonical("教学") == "教育"
    assert [agency.name for agency in tables.agencies.all()] == ["甲县财政局"]
    assert tables.tree("genre") == load_tables().tree("genre")


def test_extra_columns_any_order_blank_rows_and_short_rows_are_taken(tmp_path: Path) -> None:
    write(tmp_path, "topic.csv", "备注,Aliases ,path", "旧,学校,教育", "", ",,", "新,,国防")
    write(tmp_path, "genre.csv", "path,aliases", "通知", '"公告","通告;告示"')
    tables = load_tables(tmp_path)
    assert [node.path for node in tables.tree("topic").nodes] == ["教育", "国防"]
    assert [node.aliases for node in tables.tree("genre").nodes] == [(), ("通告", "告示")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_files_as_spreadsheets_save_them_are_taken(tmp_path: Path, encoding: str) -> None:
    write(tmp_path, "topic.csv", "path,aliases", "卫生、体育,医疗；健康", encoding=encoding)
    (node,) = load_tables(tmp_path).tree("topic").nodes
    assert (node.path, node.aliases) == ("卫生、体育", ("医疗", "健康"))


def test_the_shipped_files_saved_again_as_gb18030_say_the_same(tmp_path: Path) -> None:
    shipped = resources.files("gongkai.catalog").joinpath("data")
    for name in [*CLASSIFIED, "agencies"]:
        text = shipped.joinpath(f"{name}.csv").read_text("utf-8")
        (tmp_path / f"{name}.csv").write_bytes(text.replace("\n", "\r\n").encode("gb18030"))
    assert fingerprint(load_tables(tmp_path)) == fingerprint(load_tables())


@pytest.mark.parametrize(
    ("lines", "line", "words"),
    [
        (["path,aliases", "甲,", "乙,", "甲,"], 4, "is on line 2 too"),
        (["path,aliases", "甲、乙,", "甲，乙,"], 3, "is on line 2 too"),
        (["path,aliases", "甲,", "乙/丙,"], 3, "the parent 乙 of 乙/丙 has no row"),
        (["path,aliases", "甲,", "甲//乙,"], 3, "empty label"),
        (["path,aliases", ",别名"], 2, "empty label"),
        (["path,aliases", "甲;乙,"], 2, "which separate values"),
        (["path,aliases", "甲,丙", "乙,丙"], 3, "belongs to line 2 too"),
        (["path,aliases", "甲,乙", "乙,"], 2, "is a class of its own"),
        (["name,aliases", "甲,"], 1, "the header lacks path"),
        (["path", "甲"], 1, "the header lacks aliases"),
        (["path,aliases", "财政,金融,审计"], 2, "more cells than the header"),
        (["path,aliases", "甲,", '"乙,'], 3, "is not CSV"),
        ([""], 1, "is empty"),
    ],
)
def test_a_wrong_tree_file_is_refused_by_line(
    tmp_path: Path, lines: list[str], line: int, words: str
) -> None:
    assert_refused(tmp_path, write(tmp_path, "topic.csv", *lines), line, words)


@pytest.mark.parametrize(
    ("rows", "line", "words"),
    [
        (["1,甲局,,市,,,", "1,乙局,,市,,,"], 3, "the code 1 is on line 2 too"),
        (["1,甲局,,市,,,", "2,甲局,,市,,,"], 3, "the name 甲局 is on line 2 too"),
        (["1,甲局,,城,,,"], 2, "unknown level '城'"),
        (["1,甲局,,市,9,,"], 2, "the parent 9 has no row"),
        (["1,甲局,,市,2,,", "2,乙局,,市,1,,"], 3, "is its own ancestor (2 -> 1 -> 2)"),
        (["1,甲局,,市,1,,"], 2, "is its own ancestor (1 -> 1)"),
        ([",甲局,,市,,,"], 2, "empty code"),
        (["1,,,市,,,"], 2, "empty name"),
    ],
)
def test_a_wrong_agency_file_is_refused_by_line(
    tmp_path: Path, rows: list[str], line: int, words: str
) -> None:
    path = write(tmp_path, "agencies.csv", AGENCY_HEADER, *rows)
    assert_refused(tmp_path, path, line, words)


def test_an_agency_below_a_cycle_is_not_the_cycles_fault(tmp_path: Path) -> None:
    rows = ("1,甲局,,市,2,,", "2,乙局,,市,1,,", "3,丙局,,县,1,,")
    path = write(tmp_path, "agencies.csv", AGENCY_HEADER, *rows)
    assert [problem.split(": ")[0] for problem in check_tables(tmp_path)] == [
        f"{path}:2",
        f"{path}:3",
    ]


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"path,aliases\n\xff\xff\xff,\n", 2),
        # One byte of 、 is lost; GB18030 would decode the file into nonsense.
        ("path,aliases\n教育,\n卫生、体育,\n".encode().replace(b"\xe3\x80\x81", b"\xe3\x81"), 3),
        ("path,aliases\n教育,\n".encode("utf-16"), 1),
        (b"PK\x03\x04\x00\x00", 1),
    ],
    ids=["neither encoding", "damaged UTF-8", "UTF-16", "a workbook"],
)
def test_what_is_no_readable_text_is_refused(tmp_path: Path, content: bytes, line: int) -> None:
    path = tmp_path / "topic.csv"
    path.write_bytes(content)
    assert_refused(tmp_path, path, line, "save the sheet as CSV UTF-8")


def test_check_lists_the_problems_of_every_file_in_the_order_of_lines(tmp_path: Path) -> None:
    topic = write(tmp_path, "topic.csv", "path,aliases", "甲,", "乙/丙,", "甲,")
    agencies = write(tmp_path, "agencies.csv", AGENCY_HEADER, "1,甲局,,城,9,,")
    places = [problem.split(": ")[0] for problem in check_tables(tmp_path)]
    assert places == [f"{topic}:3", f"{topic}:4", f"{agencies}:2", f"{agencies}:2"]


def test_a_directory_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="is not a folder"):
        load_tables(tmp_path / "没有")
    assert len(check_tables(tmp_path / "没有")) == 1


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "topic.csv").mkdir()
    assert_refused(tmp_path, tmp_path / "topic.csv", 1, "cannot be read")


def test_the_fingerprint_follows_the_content_and_not_the_encoding(tmp_path: Path) -> None:
    write(tmp_path, "topic.csv", "path,aliases", "教育,学校")
    first = fingerprint(load_tables(tmp_path))
    write(tmp_path, "topic.csv", "path,aliases", "教育,学校", encoding="gb18030")
    assert fingerprint(load_tables(tmp_path)) == first
    write(tmp_path, "topic.csv", "path,aliases", "教育,学校;教学")
    assert fingerprint(load_tables(tmp_path)) != first
    assert fingerprint(load_tables()) == fingerprint(load_tables()) != first
