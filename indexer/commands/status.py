"""`gongkai status`: the live generation and whether it answers searches."""

import asyncio
from collections.abc import Mapping
from contextlib import closing
from gettext import gettext as _

import typer
from rich.cells import set_cell_size

from gongkai.command_line import AsJson, open_configured, print_json
from gongkai.engines.installation import Installation
from gongkai.engines.port import EngineQuery, Generation
from gongkai.errors import EngineUnavailableError
from gongkai.language import translate_code
from gongkai.query.tree import MatchAll

_NO_ENGINE = 4
_READY = "ready"
FACTS = (
    "engine",
    "health",
    "generation",
    "records",
    "bytes",
    "fingerprint",
    "dictionary",
    "generations",
)
"""The names of the facts, in their order."""


def status(
    as_json: AsJson = False,
) -> None:
    """Print engine, generations, records, size, dictionary version and health."""
    installation = open_configured()
    with closing(installation.open_store()) as store:
        generations = store.generations()
    live = next((each for each in generations if each.live), None)
    facts = {
        "engine": installation.settings.engine.value,
        "health": _health(live, installation),
        "generation": live.name if live else None,
        "records": live.records if live else 0,
        "bytes": live.bytes if live else 0,
        "fingerprint": installation.fingerprint,
        "dictionary": installation.analyzer.fingerprint,
        "generations": generations,
    }
    if as_json:
        print_json(facts)
    else:
        _print_facts({**facts, "generations": [_describe(each) for each in generations]})
    if facts["health"] != _READY:
        raise typer.Exit(_NO_ENGINE)


def _print_facts(facts: Mapping[str, object]) -> None:
    ready = _("ready")
    for name, value in facts.items():
        label = set_cell_size(translate_code(name), 12)
        for line in value if isinstance(value, list) else [value]:
            shown = ready if name == "health" and line == _READY else line
            print(f"{label} {'–' if shown is None else shown}")


def _health(live: Generation | None, installation: Installation) -> str:
    if live is None:
        return _("nothing is indexed yet")
    if live.fingerprint != installation.fingerprint:
        return _("built with another analysis, dictionary or schema: run gongkai index --rebuild")
    try:
        asyncio.run(_ask_anything(installation))
    except EngineUnavailableError as error:
        return str(error)
    return _READY


def _describe(generation: Generation) -> str:
    mark = _(" live") if generation.live else ""
    size = generation.bytes / 1_000_000
    return _("{name} {records:,} records {size:,.1f} MB{mark}").format(
        name=generation.name, records=generation.records, size=size, mark=mark
    )


async def _ask_anything(installation: Installation) -> None:
    engine = installation.open_engine()
    try:
        await engine.search(EngineQuery(MatchAll(), limit=1))
    finally:
        await engine.close()
