"""`gongkai check`: are tables and dictionaries right, and which generations need a rebuild?"""

from collections.abc import Iterator
from contextlib import closing

import typer

from analyzers.dictionary import check_dictionary
from analyzers.synonyms import check_synonyms
from gongkai.catalog.halls import check_halls
from gongkai.catalog.places import check_places
from gongkai.catalog.tables import check_tables
from gongkai.engines.installation import Installation, open_installation
from gongkai.errors import EngineUnavailableError
from gongkai.settings import Settings

_WRONG = 3


def check() -> None:
    """Every problem of tables and dictionaries, with file and line; generations to rebuild."""
    settings = Settings()
    problems = [
        *check_tables(settings.tables_dir),
        *check_places(settings.tables_dir),
        *check_halls(settings.tables_dir),
        *check_dictionary(settings.dictionary_dir),
        *check_synonyms(settings.dictionary_dir),
    ]
    for problem in problems:
        print(problem)
    if problems:
        raise typer.Exit(_WRONG)
    print("Tables and dictionaries are well.")
    outdated = list(_find_outdated(open_installation(settings)))
    for line in outdated:
        print(line)
    if outdated:
        raise typer.Exit(_WRONG)


def _find_outdated(installation: Installation) -> Iterator[str]:
    """Generations whose words were cut by another dictionary than today's."""
    try:
        with closing(installation.open_store()) as store:
            generations = store.generations()
    except EngineUnavailableError as error:
        print(error)
        return
    for each in generations:
        if each.fingerprint != installation.fingerprint:
            live = ", live" if each.live else ""
            yield (
                f"Generation {each.name} ({each.records:,} records{live}) was built with other "
                "words: run `gongkai index --rebuild` over the exports."
            )
