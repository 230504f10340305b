"""The documents against the code, in both languages: settings, commands, headings, links."""

import re
from importlib import import_module
from pathlib import Path

import pytest
import typer

from analyzers.dictionary import load_dictionary
from gongkai.catalog.fields import CLASSIFIED, COLUMNS, FACETS
from gongkai.catalog.headings import HEADINGS
from gongkai.catalog.other_headings import CHINESE as OTHER_HEADINGS
from gongkai.command_table import COMMANDS
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
_ANCHOR = re.compile(r"\]\((?!https?:)([^)#]*)#([^)]+)\)")
_BLOCK = re.compile(r"^ *```\w*\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
_NAME = re.compile(r"GONGKAI_[A-Z_]+[A-Z]|`gongkai [^`]*`|--[a-z][a-z-]+")
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


def test_the_docstring_of_each_command_is_its_help() -> None:
    for name, (module, summary) in COMMANDS.items():
        found = getattr(import_module(module), name)
        if not isinstance(found, typer.Typer):
            assert found.__doc__ == summary


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
    logged = set(
        re.findall(r'"((?:generation|slot|source|rows|index|withdrawal|lock)\.\w+)"', code)
    )
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


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_anchor_of_a_link_is_a_heading(name: str) -> None:
    folder = (ROOT / name).parent
    anchors = [
        (page, anchor)
        for page, anchor in _ANCHOR.findall(_read(name))
        if not page or page.endswith(".md")
    ]
    missing = []
    for page, anchor in anchors:
        text = (folder / page if page else ROOT / name).read_text(encoding="utf-8")
        if anchor not in map(_anchor, _headings(text)):
            missing.append(f"{page}#{anchor}")
    assert missing == []


def _headings(text: str) -> list[str]:
    return re.findall(r"^#+ .*$", _BLOCK.sub("", text), re.MULTILINE)


def _anchor(heading: str) -> str:
    """Returns the anchor that GitHub gives to a heading."""
    words = heading.lstrip("#").strip().lower()
    return re.sub(r"[^\w\- ]", "", words).replace(" ", "-")


def test_every_guide_in_chinese_is_linked_with_the_english_one() -> None:
    guides = _pages("docs/zh")
    assert len(guides) > 1
    readme, chinese_readme = _read(READMES[0]), _read(READMES[1])
    for chinese in guides:
        english = f"docs/{Path(chinese).name}"
        assert f"({english})" in readme
        assert f"({chinese})" in chinese_readme
        assert f"(zh/{Path(chinese).name})" in _read(english)
        assert f"(../{Path(chinese).name})" in _read(chinese)


@pytest.mark.parametrize("chinese", _pages("docs/zh"), ids=lambda name: Path(name).stem)
def test_a_guide_has_the_same_headings_commands_and_names_in_both_languages(chinese: str) -> None:
    texts = [_read(name) for name in (f"docs/{Path(chinese).name}", chinese)]
    for read in (_levels, _commands, _table_shapes, _names):
        english, translated = map(read, texts)
        assert english == translated


@pytest.mark.parametrize("page", _pages("docs/reference/zh"), ids=lambda name: Path(name).stem)
def test_a_page_of_the_reference_has_the_same_structure_in_both_languages(page: str) -> None:
    texts = [_read(f"docs/reference/{Path(page).name}"), _read(page)]
    for read in (_levels, _table_shapes):
        english, translated = map(read, texts)
        assert english == translated


def _levels(text: str) -> list[int]:
    return [heading.index(" ") for heading in _headings(text)]


def _commands(text: str) -> list[str]:
    """Returns the lines of all code blocks without comments, which are translated."""
    lines = "\n".join(_BLOCK.findall(text)).splitlines()
    return [re.sub(r" *#.*", "", line).strip() for line in lines]


def _table_shapes(text: str) -> list[int]:
    """Returns the number of cells in each table row."""
    return [line.count("|") for line in text.splitlines() if line.startswith("|")]


def _names(text: str) -> set[str]:
    return set(_NAME.findall(text))


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
