"""The documents against the code, in both languages: settings, commands, headings, links."""

import re
from pathlib import Path

import pytest

from analyzers.dictionary import load_dictionary
from gongkai.catalog.fields import CLASSIFIED, COLUMNS, FACETS
from gongkai.catalog.headings import HEADINGS
from gongkai.catalog.other_headings import CHINESE as OTHER_HEADINGS
from gongkai.cli import COMMANDS
from gongkai.settings import Settings
from gongkai.settings_file import CONFIG
from indexer.sources.formats import READERS
from search_api.http.parameters import PARAMETERS

ROOT = Path(__file__).resolve().parents[1]
READMES = ("README.md", "README.zh.md")
REFERENCES = ("docs/reference", "docs/reference/zh")
SOURCES = ("gongkai", "indexer")
DOCUMENTS = (
    *READMES,
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    *(str(path.relative_to(ROOT)) for path in sorted((ROOT / "docs").rglob("*.md"))),
)
_LINK = re.compile(r"\]\((?!https?:)([^)#]+)")
_IN_BOTH_LANGUAGES = pytest.mark.parametrize(
    ("readme", "reference"), list(zip(READMES, REFERENCES, strict=True))
)


def _read(*names: str) -> str:
    return "\n".join((ROOT / name).read_text(encoding="utf-8") for name in names)


def _pages(reference: str) -> list[str]:
    return [str(path.relative_to(ROOT)) for path in sorted((ROOT / reference).glob("*.md"))]


@pytest.mark.parametrize("reference", REFERENCES)
def test_every_setting_is_in_the_reference(reference: str) -> None:
    text = _read(f"{reference}/settings.md")
    settings = [f"GONGKAI_{field.upper()}" for field in Settings.model_fields]
    assert settings
    assert [setting for setting in settings if f"| `{setting}` |" not in text] == []


@_IN_BOTH_LANGUAGES
def test_no_document_names_a_setting_that_is_gone(readme: str, reference: str) -> None:
    known = {f"GONGKAI_{field.upper()}" for field in Settings.model_fields}
    assert set(re.findall(r"GONGKAI_[A-Z_]+[A-Z]", _read(readme, *_pages(reference)))) == {
        *known,
        CONFIG,
    }


@pytest.mark.parametrize("reference", REFERENCES)
def test_every_command_is_in_the_reference(reference: str) -> None:
    text = _read(f"{reference}/command-line.md")
    commands = list(COMMANDS)
    assert commands
    assert [command for command in commands if f"\ngongkai {command}" not in text] == []


@_IN_BOTH_LANGUAGES
def test_no_document_names_a_command_that_is_gone(readme: str, reference: str) -> None:
    named = re.findall(r"^gongkai (\w+)", _read(readme, *_pages(reference)), re.MULTILINE)
    assert named
    assert set(named) <= set(COMMANDS)


@pytest.mark.parametrize("reference", REFERENCES)
def test_every_heading_and_format_is_in_the_record_format(reference: str) -> None:
    text = _read(f"{reference}/record-format.md")
    words = [heading if not heading.isascii() else f"`{heading}`" for heading in HEADINGS]
    words += OTHER_HEADINGS
    words += [f"`{suffix}`" for suffix in READERS]
    assert [word for word in words if word not in text] == []


@pytest.mark.parametrize(("reference", "comma"), list(zip(REFERENCES, (", ", "、"), strict=True)))
def test_the_reference_lists_columns_and_facets_as_the_field_table(
    reference: str, comma: str
) -> None:
    text = _read(f"{reference}/record-format.md")
    cells = {each.key: comma.join(each.headings.split()) or "–" for each in COLUMNS}
    assert [key for key, cell in cells.items() if f"\n| `{key}` | {cell} |" not in text] == []
    facets = " ".join(f"`{name}`" for name in FACETS)
    assert f"\n| {facets} |" in _read(f"{reference}/http-api.md")


@pytest.mark.parametrize("reference", REFERENCES)
def test_every_table_and_parameter_is_in_the_reference(reference: str) -> None:
    text = _read(f"{reference}/tables.md")
    tables = [f"`{field}.csv`" for field in (*CLASSIFIED, "agencies")]
    assert [table for table in tables if table not in text] == []
    text = _read(f"{reference}/http-api.md")
    assert [each for each in PARAMETERS if f"`{each}`" not in text] == []


@pytest.mark.parametrize("reference", REFERENCES)
def test_every_event_of_the_log_is_in_the_reference(reference: str) -> None:
    code = _read(*(str(p.relative_to(ROOT)) for top in SOURCES for p in (ROOT / top).rglob("*.py")))
    logged = set(re.findall(r'"((?:generation|source|rows|index|withdrawal|lock)\.\w+)"', code))
    listed = re.findall(r"^\| `(\w+\.\w+)` \|", _read(f"{reference}/events.md"), re.MULTILINE)
    assert len(logged) > 10
    assert set(listed) == logged


@pytest.mark.parametrize("reference", REFERENCES)
def test_the_dictionary_files_of_the_reference_are_the_ones_that_are_read(
    reference: str, tmp_path: Path
) -> None:
    shipped = load_dictionary()
    for file, words in (("government.csv", shipped.words), ("stopwords.csv", shipped.stopwords)):
        assert f"`{file}`" in _read(f"{reference}/tables.md")
        (tmp_path / file).write_text("word,frequency\n", encoding="utf-8")
        replaced = load_dictionary(tmp_path)
        assert words
        assert not (replaced.words if file == "government.csv" else replaced.stopwords)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_link_inside_the_project_leads_somewhere(name: str) -> None:
    folder = (ROOT / name).parent
    links = _LINK.findall(_read(name))
    assert [link for link in links if not (folder / link).exists()] == []


def test_every_page_of_the_reference_is_in_both_languages_and_in_the_readmes() -> None:
    english, chinese = ([Path(page).name for page in _pages(each)] for each in REFERENCES)
    assert english == chinese
    for readme, reference in zip(READMES, REFERENCES, strict=True):
        assert [page for page in _pages(reference) if f"({page})" not in _read(readme)] == []


def test_the_readme_is_short() -> None:
    assert len(_read("README.md").split()) <= 900


def test_decision_records_are_numbered_in_a_row() -> None:
    paths = sorted((ROOT / "docs" / "adr").glob("*.md"))
    assert [int(path.name[:4]) for path in paths] == list(range(1, len(paths) + 1))


@pytest.mark.parametrize("path", sorted((ROOT / "docs" / "adr").glob("*.md")), ids=lambda p: p.stem)
def test_every_decision_record_has_the_one_form(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines()
    assert lines[0].startswith(f"# {path.stem[:4]}. ")
    assert re.search(r"^\*\*Status\*\*: (accepted|superseded by \[)", text, re.MULTILINE)
    assert re.search(r"^\*\*Date\*\*: \d{4}-\d\d-\d\d$", text, re.MULTILINE)
    headings = [line for line in lines if line.startswith("## ")]
    assert headings == ["## Context", "## Decision", "## Consequences"]


def test_the_licence_is_the_one_the_package_states() -> None:
    assert "Apache License\n" in _read("LICENSE")
    assert 'license = "Apache-2.0"' in _read("pyproject.toml")
