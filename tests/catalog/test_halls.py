"""The halls table: the shipped one, a city's own, and what is wrong with one."""

from pathlib import Path

import pytest

from analyzers.errors import TableError
from gongkai.catalog.halls import Hall, check_halls, load_halls

HEAD = "code,name,agencies,idle_seconds,printer,tiles\n"


def write(folder: Path, *rows: str) -> Path:
    (folder / "halls.csv").write_text(HEAD + "\n".join(rows), encoding="utf-8")
    return folder


def test_the_shipped_halls_are_well() -> None:
    assert check_halls() == []
    halls = load_halls()
    first = halls.find("")
    assert first == halls.halls[0]
    assert halls.find("nowhere") is None


def test_a_citys_own_table_takes_its_place(tmp_path: Path) -> None:
    halls = load_halls(write(tmp_path, "a,甲大厅,甲局;乙局,60,有,低保;社保", "b,乙馆,,30,,"))
    assert halls.find("a") == Hall("a", "甲大厅", ("甲局", "乙局"), 60, True, ("低保", "社保"))
    assert halls.find("b") == Hall("b", "乙馆", (), 30, False, ())


@pytest.mark.parametrize(
    ("row", "word"),
    [
        (",甲大厅,,60,有,", "empty code or name"),
        ("a,甲大厅,,29,有,", "idle_seconds"),
        ("a,甲大厅,,long,有,", "idle_seconds"),
        ("a,甲大厅,,60,maybe,", "printer"),
        ("a,甲大厅,,60,有,\na,乙大厅,,60,有,", "twice"),
        ("", "no hall"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, row: str, word: str) -> None:
    folder = write(tmp_path, row)
    assert any(word in problem for problem in check_halls(folder))
    with pytest.raises(TableError, match=word):
        load_halls(folder)
