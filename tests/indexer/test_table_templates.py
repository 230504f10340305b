"""The tables that `gongkai tables new` writes: every shipped one, explained, read as shipped."""

from importlib import resources
from pathlib import Path

import pytest

from analyzers.dictionary import check_dictionary, load_dictionary
from analyzers.synonyms import check_synonyms, load_synonyms
from analyzers.table_files import COMMENT
from gongkai.catalog.halls import check_halls
from gongkai.catalog.heading_table import check_headings
from gongkai.catalog.page_layouts import check_page_layouts
from gongkai.catalog.places import check_places, load_places
from gongkai.catalog.tables import check_tables, load_tables
from indexer.city_tables import list_files, read_workbook, write_tables
from indexer.table_templates import TableTemplate, list_city_templates, list_templates

TEMPLATES = list_templates()
SHIPPED = [template for template in TEMPLATES if template not in list_city_templates()]
CHECKS = (
    check_tables,
    check_places,
    check_halls,
    check_headings,
    check_page_layouts,
    check_dictionary,
    check_synonyms,
)


def test_every_shipped_table_can_be_written() -> None:
    folders = (
        resources.files("gongkai.catalog").joinpath("data"),
        resources.files("analyzers").joinpath("dictionaries"),
    )
    names = [[each.name for each in folder.iterdir()] for folder in folders]
    for is_dictionary, files in enumerate(names):
        written = {each.file for each in TEMPLATES if each.is_dictionary == bool(is_dictionary)}
        assert written == {name for name in files if name.endswith(".csv")}


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.name)
def test_every_column_is_explained_and_shipped(template: TableTemplate) -> None:
    package = "analyzers.dictionaries" if template.is_dictionary else "gongkai.catalog.data"
    shipped = resources.files(package).joinpath(template.file).read_text("utf-8-sig")
    assert ",".join(template.columns) == shipped.splitlines()[0]
    assert template.purpose.endswith("。")
    assert all(template.columns.values())
    assert all(len(row) == len(template.columns) for row in (*template.rows, *template.examples))


def test_written_tables_are_read_as_the_shipped_ones(tmp_path: Path) -> None:
    *files, workbook = write_tables(tmp_path, SHIPPED)
    assert files == [tmp_path / template.file for template in SHIPPED]
    assert workbook == list_files(tmp_path, SHIPPED)[-1]
    _compare(tmp_path)
    first = (tmp_path / "synonyms.csv").read_text("utf-8-sig").splitlines()
    comments = [line for line in first if line.startswith(COMMENT)]
    assert [line.removeprefix(COMMENT).partition("：")[0] for line in comments[1:5]] == [
        "term",
        "official",
        "direction",
        "kind",
    ]


def test_the_workbook_has_the_same_rows(tmp_path: Path) -> None:
    workbook = write_tables(tmp_path / "new", SHIPPED)[-1]
    again = tmp_path / "again"
    again.mkdir()
    for name, text in read_workbook(workbook).items():
        (again / f"{name}.csv").write_text(text, encoding="utf-8", newline="")
    _compare(again)


def _compare(folder: Path) -> None:
    assert [problem for check in CHECKS for problem in check(folder)] == []
    assert load_dictionary(folder) == load_dictionary()
    assert load_synonyms(folder) == load_synonyms()
    assert load_places(folder) == load_places()
    assert load_tables(folder) == load_tables()
