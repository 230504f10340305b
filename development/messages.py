"""Updates the translations from the code: `python -m development.messages`.

Adds new messages to each .po file, to be translated, and removes those that are gone.
"""

from collections.abc import Iterator
from pathlib import Path

import typer
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir, extract_from_file
from babel.messages.pofile import read_po, write_po

from gongkai.cli import build_app
from gongkai.duplicates.evidence import Kind
from gongkai.errors import FAULTS
from gongkai.language import DOMAIN, FOLDER, list_help
from gongkai.settings import Settings
from gongkai.staff.reject_reasons import FIELD_TITLES, REASONS
from gongkai.staff.statistics import FIGURES
from hatch_build import compile_messages
from indexer.commands.status import FACTS
from indexer.inspection import OUTCOMES
from indexer.sources.formats import FORMAT_WORDS
from indexer.sources.row import SKIPPED_REASONS

ROOT = Path(__file__).resolve().parents[1]
_PACKAGES = ("analyzers", "gongkai", "indexer", "search_api")
_WORDS_OF_TYPER = ("core.py", "rich_utils.py", "_click/core.py", "_click/exceptions.py")


def extract() -> Catalog:
    """Returns a catalog of all messages: those marked in the code, help, and typer's own."""
    catalog = Catalog(domain=DOMAIN, project=DOMAIN, fuzzy=False)
    for message in (*_marked(), *_help(), *_codes()):
        catalog.add(message, flags=())
    return catalog


def update() -> None:
    """Brings every .po file up to date with the code."""
    template = extract()
    for message in _words_of_typer():
        template.add(message)
    for path in FOLDER.rglob("*.po"):
        with path.open("rb") as file:
            catalog = read_po(file, locale=path.parents[1].name)
        catalog.update(template, no_fuzzy_matching=True)
        catalog.obsolete.clear()
        with path.open("wb") as file:
            write_po(file, catalog, width=0, sort_output=True, omit_header=True, no_location=True)
    compile_messages(ROOT)


def _marked() -> Iterator[str]:
    for package in _PACKAGES:
        for _file, _line, message, *_rest in extract_from_dir(ROOT / package):
            yield str(message)


def _help() -> Iterator[str]:
    yield from list_help(typer.main.get_command(build_app()))
    yield from (info.description or "" for info in Settings.model_fields.values())


def _codes() -> Iterator[str]:
    """Yields the codes that people see translated; see `translate_code`."""
    yield from (*FIELD_TITLES, *REASONS, *SKIPPED_REASONS, *OUTCOMES, *FORMAT_WORDS)
    yield from (*FACTS, *FIGURES, *Kind, *FAULTS)


def _words_of_typer() -> Iterator[str]:
    folder = Path(typer.__file__).parent
    for name in _WORDS_OF_TYPER:
        for _line, message, *_rest in extract_from_file("python", folder / name):
            yield message if isinstance(message, str) else message[0]


if __name__ == "__main__":
    update()
