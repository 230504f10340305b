"""The two READMEs against the code: every setting, command, heading, format and link is there."""

import re
from pathlib import Path

import pytest

from analyzers.dictionary import load_dictionary
from catalog.headings import HEADINGS
from catalog.tables import TREE_FIELDS
from engines.settings import Settings
from gongkai.cli import COMMANDS
from indexer.sources.formats import READERS
from search_api.parameters import PARAMETERS

ROOT = Path(__file__).resolve().parents[1]
READMES = ("README.md", "README.zh.md")
DOCUMENTS = (
    *READMES,
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    *(str(path.relative_to(ROOT)) for path in sorted((ROOT / "docs").rglob("*.md"))),
)
_LINK = re.compile(r"\]\((?!https?:)([^)#]+)")


def _read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", READMES)
def test_every_setting_is_in_the_readme(name: str) -> None:
    text = _read(name)
    settings = [f"GONGKAI_{field.upper()}" for field in Settings.model_fields]
    assert settings
    assert [setting for setting in settings if f"| `{setting}` |" not in text] == []


@pytest.mark.parametrize("name", READMES)
def test_no_readme_names_a_setting_that_is_gone(name: str) -> None:
    known = {f"GONGKAI_{field.upper()}" for field in Settings.model_fields}
    assert set(re.findall(r"GONGKAI_[A-Z_]+[A-Z]", _read(name))) == known


@pytest.mark.parametrize("name", READMES)
def test_every_command_is_in_the_readme(name: str) -> None:
    text = _read(name)
    commands = list(COMMANDS)
    assert commands
    assert [command for command in commands if f"\ngongkai {command}" not in text] == []


@pytest.mark.parametrize("name", READMES)
def test_every_heading_format_table_and_parameter_is_in_the_readme(name: str) -> None:
    text = _read(name)
    words = [heading if not heading.isascii() else f"`{heading}`" for heading in HEADINGS]
    words += [f"`{suffix}`" for suffix in READERS]
    words += [f"`{field}.csv`" for field in (*TREE_FIELDS, "agencies")]
    words += [f"`{parameter}`" for parameter in PARAMETERS]
    assert [word for word in words if word not in text] == []


@pytest.mark.parametrize("name", READMES)
def test_the_dictionary_files_of_the_readme_are_the_ones_that_are_read(
    name: str, tmp_path: Path
) -> None:
    shipped = load_dictionary()
    for file, words in (("government.csv", shipped.words), ("stopwords.csv", shipped.stopwords)):
        assert f"`{file}`" in _read(name)
        (tmp_path / file).write_text("word,frequency\n", encoding="utf-8")
        replaced = load_dictionary(tmp_path)
        assert words
        assert not (replaced.words if file == "government.csv" else replaced.stopwords)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_link_inside_the_project_leads_somewhere(name: str) -> None:
    folder = (ROOT / name).parent
    links = _LINK.findall(_read(name))
    assert [link for link in links if not (folder / link).exists()] == []


def test_the_licence_is_the_one_the_package_states() -> None:
    assert "Apache License\n" in _read("LICENSE")
    assert 'license = "Apache-2.0"' in _read("pyproject.toml")
