"""`gongkai check`: validates tables and dictionaries, and lists generations to rebuild."""

from collections.abc import Iterator
from contextlib import closing
from gettext import gettext as _

import typer

from analyzers.dictionary import check_dictionary
from analyzers.synonyms import check_synonyms
from gongkai.api_keys import check_api_keys
from gongkai.catalog.duties import check_duties
from gongkai.catalog.halls import check_halls
from gongkai.catalog.heading_table import check_headings
from gongkai.catalog.hosts import check_hosts
from gongkai.catalog.page_layouts import check_page_layouts
from gongkai.catalog.places import check_places
from gongkai.catalog.tables import check_tables
from gongkai.engines.installation import Installation, open_installation
from gongkai.errors import EngineUnavailableError
from gongkai.exit_codes import EXIT_REFUSED
from gongkai.settings import Settings


def check() -> None:
    """List problems of tables and dictionaries with file and line, and generations to rebuild."""
    settings = Settings()
    problems = [
        *check_tables(settings.tables_dir),
        *check_places(settings.tables_dir),
        *check_halls(settings.tables_dir),
        *check_hosts(settings.tables_dir),
        *check_duties(settings.tables_dir),
        *check_api_keys(settings.tables_dir),
        *check_headings(settings.tables_dir),
        *check_page_layouts(settings.tables_dir),
        *check_dictionary(settings.dictionary_dir),
        *check_synonyms(settings.dictionary_dir),
    ]
    for problem in problems:
        print(problem)
    if problems:
        raise typer.Exit(EXIT_REFUSED)
    print(_("Tables and dictionaries are valid."))
    outdated = list(_find_outdated(open_installation(settings)))
    for line in outdated:
        print(line)
    if outdated:
        raise typer.Exit(EXIT_REFUSED)


def _find_outdated(installation: Installation) -> Iterator[str]:
    """Yields a message for every generation built with another dictionary than the current one."""
    try:
        with closing(installation.open_store()) as store:
            generations = store.generations()
    except EngineUnavailableError as error:
        print(error)
        return
    for each in generations:
        if each.fingerprint != installation.fingerprint:
            live = _(", live") if each.live else ""
            yield (
                _(
                    "Generation {name} ({records:,} records{live}) was built with another "
                    "dictionary: run `gongkai index --rebuild` over the exports."
                ).format(name=each.name, records=each.records, live=live)
            )
