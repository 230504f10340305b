"""`gongkai status`: the live generation and whether it answers searches."""

import asyncio
from contextlib import closing
from gettext import gettext as _

import typer

from gongkai.command_line import AsJson, open_configured, print_json
from gongkai.engines.installation import Installation
from gongkai.engines.port import EngineQuery, Generation
from gongkai.errors import EngineUnavailableError
from gongkai.query.tree import MatchAll

_HEALTHY, _NO_ENGINE = 0, 4


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
        "generations": [_describe(each) for each in generations],
    }
    if as_json:
        print_json(facts)
    else:
        for name, value in facts.items():
            lines = value if isinstance(value, list) else [value]
            for line in lines:
                print(f"{name:<12} {line}")
    raise typer.Exit(_HEALTHY if facts["health"] == "ready" else _NO_ENGINE)


def _health(live: Generation | None, installation: Installation) -> str:
    if live is None:
        return _("nothing is indexed yet")
    if live.fingerprint != installation.fingerprint:
        return _("built with another analysis, dictionary or schema: run gongkai index --rebuild")
    try:
        asyncio.run(_ask_anything(installation))
    except EngineUnavailableError as error:
        return str(error)
    return _("ready")


def _describe(generation: Generation) -> str:
    mark = " live" if generation.live else ""
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
