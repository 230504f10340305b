"""The glossary against the code: every path exists and holds the names beside it."""

import re
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ROWS = [
    [cell.strip() for cell in line.strip("|\n").split(" | ")]
    for line in (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8").splitlines()
    if line.startswith("| ") and not line.startswith("| 中文")
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[1])
def test_names_of_the_glossary_are_in_the_code(row: list[str]) -> None:
    quoted = re.findall(r"`([^`]+)`", row[2])
    paths = [ROOT / each for each in quoted if "/" in each] or [ROOT / "gongkai/catalog/record.py"]
    code = "\n".join(path.read_text(encoding="utf-8") for path in paths)
    names = [each for each in quoted if "/" not in each]
    assert [name for name in names if not re.search(rf"\b{name}\b", code)] == []


@pytest.mark.parametrize("column", [0, 1, 2])
def test_the_glossary_names_each_concept_once(column: int) -> None:
    counts = Counter(row[column] for row in ROWS)
    assert [value for value, count in counts.items() if count > 1] == []
