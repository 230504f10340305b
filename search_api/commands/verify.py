"""`gongkai verify`: checks that every record's title and numbers find it on page 1."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from gettext import gettext as _
from typing import Annotated, TypeAlias

import orjson
import typer
from rich.cells import set_cell_size

from gongkai.catalog.stored_record import decode_record
from gongkai.command_line import AsJson, count_progress, open_configured
from gongkai.engines.installation import Installation
from gongkai.engines.port import EngineQuery, Hit
from gongkai.engines.scan import read_pages
from gongkai.exit_codes import EXIT_REFUSED
from gongkai.language import translate_code
from gongkai.query.request import SearchRequest
from gongkai.query.tree import MatchAll
from gongkai.search.service import SearchService
from gongkai.services import open_services

PAGE = 10
_KEYS = ("title", "document_number", "index_number")
_AT_ONCE = 8
"""Searches that run at the same time."""
_Name: TypeAlias = tuple[str, str, str]
"""Record id, key and text of one name."""


@dataclass(frozen=True, slots=True)
class Miss:
    """A record that a search for one of its own names does not find."""

    id: str
    key: str
    text: str
    total: int


def verify(
    every: Annotated[int, typer.Option(min=1, help="Check only every Nth record.")] = 1,
    as_json: AsJson = False,
) -> None:
    """Search for each record's title, document number and index number; list the failures."""
    asked, misses = asyncio.run(_verify(open_configured(), every))
    if as_json:
        listed = [{"id": m.id, "key": m.key, "text": m.text, "total": m.total} for m in misses]
        print(orjson.dumps({"asked": asked, "misses": listed}).decode())
    else:
        for miss in misses:
            print(
                _("miss  {key} of {id}: {text} ({total:,} found)").format(
                    key=translate_code(miss.key), id=miss.id, text=miss.text, total=miss.total
                )
            )
        for key, count in asked.items():
            missed = sum(miss.key == key for miss in misses)
            print(
                _("{key} {value:>9,} of {count:>9,} found on page 1").format(
                    key=set_cell_size(translate_code(key), 16), value=count - missed, count=count
                )
            )
    if misses:
        raise typer.Exit(EXIT_REFUSED)


async def _verify(installation: Installation, every: int) -> tuple[Counter[str], list[Miss]]:
    asked: Counter[str] = Counter()
    misses: list[Miss] = []
    async with open_services(installation) as services:
        total = (await services.engine.search(EngineQuery(MatchAll(), limit=0))).total
        with count_progress(_("verifying"), total) as advance:
            at = 0
            async for result in read_pages(services.engine):
                chosen = [hit for number, hit in enumerate(result.hits, at) if number % every == 0]
                at += len(result.hits)
                names = [name for hit in chosen for name in _names(hit)]
                asked.update(key for _, key, _ in names)
                misses += await _look_for_all(services.search, names)
                advance(len(result.hits))
    return asked, misses


def _names(hit: Hit) -> list[_Name]:
    record = decode_record(hit.stored)
    return [(hit.id, key, name) for key in _KEYS if (name := getattr(record, key))]


async def _look_for_all(service: SearchService, names: Sequence[_Name]) -> list[Miss]:
    """Searches for several names at once, so that both the engine and this process are busy."""
    misses: list[Miss] = []
    for start in range(0, len(names), _AT_ONCE):
        batch = (_look_for(service, *name) for name in names[start : start + _AT_ONCE])
        misses += [miss for miss in await asyncio.gather(*batch) if miss]
    return misses


async def _look_for(service: SearchService, record_id: str, key: str, text: str) -> Miss | None:
    # A correction never leads to the record: its name is spelled as in the index. Looking for one
    # took six sevenths of the time.
    request = SearchRequest(text, size=PAGE, facets=(), highlight=False, correct=False, fold=False)
    answer = await service.search(request)
    if any(hit.id == record_id for hit in answer.hits):
        return None
    # If more records than fit on a page share the name, the page is full of them.
    if len(answer.hits) == PAGE and all(getattr(hit, key) == text for hit in answer.hits):
        return None
    return Miss(record_id, key, text, answer.total)
