"""`gongkai verify`: checks that every record's title and numbers find it on page 1."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

import orjson
import typer
from rich.console import Console
from rich.progress import Progress

from gongkai.catalog.record import Record
from gongkai.catalog.stored_record import decode_record
from gongkai.engines.installation import Installation, open_installation
from gongkai.engines.port import EngineQuery
from gongkai.engines.scan import read_hits
from gongkai.query.request import SearchRequest
from gongkai.query.tree import MatchAll
from gongkai.search.service import SearchService
from gongkai.services import open_services
from gongkai.settings import Settings

PAGE = 10
_MISSED = 3
_KEYS = ("title", "document_number", "index_number")


@dataclass(frozen=True, slots=True)
class Miss:
    """A record that a search for one of its own names does not find."""

    id: str
    key: str
    text: str
    total: int


def verify(
    every: Annotated[int, typer.Option(min=1, help="Check only every Nth record.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Search for each record's title, document number and index number; list the failures."""
    asked, misses = asyncio.run(_verify(open_installation(Settings()), every))
    if as_json:
        listed = [{"id": m.id, "key": m.key, "text": m.text, "total": m.total} for m in misses]
        print(orjson.dumps({"asked": asked, "misses": listed}).decode())
    else:
        for miss in misses:
            print(f"miss  {miss.key} of {miss.id}: {miss.text} ({miss.total:,} found)")
        for key, count in asked.items():
            missed = sum(miss.key == key for miss in misses)
            print(f"{key:<16} {count - missed:>9,} of {count:>9,} found on page 1")
    if misses:
        raise typer.Exit(_MISSED)


async def _verify(installation: Installation, every: int) -> tuple[Counter[str], list[Miss]]:
    asked: Counter[str] = Counter()
    misses: list[Miss] = []
    console = Console(stderr=True)
    async with open_services(installation) as services:
        total = (await services.engine.search(EngineQuery(MatchAll(), limit=0))).total
        with Progress(console=console, disable=not console.is_terminal) as bar:
            task = bar.add_task("verifying", total=total)
            at = 0
            async for hit in read_hits(services.engine):
                record = decode_record(hit.stored)
                bar.advance(task)
                at += 1
                for key, text in _names(record) if at % every == 0 else ():
                    asked[key] += 1
                    if miss := await _look_for(services.search, record.id, key, text):
                        misses.append(miss)
    return asked, misses


def _names(record: Record) -> Iterator[tuple[str, str]]:
    yield from ((key, name) for key in _KEYS if (name := getattr(record, key)))


async def _look_for(service: SearchService, record_id: str, key: str, text: str) -> Miss | None:
    answer = await service.search(SearchRequest(text, size=PAGE, facets=(), highlight=False))
    if any(hit.id == record_id for hit in answer.hits):
        return None
    # If more records than fit on a page share the name, the page is full of them.
    if len(answer.hits) == PAGE and all(getattr(hit, key) == text for hit in answer.hits):
        return None
    return Miss(record_id, key, text, answer.total)
