"""Checks that every record is found by its title and by its numbers in five spellings.

    python -m bench.known_items DATA_DIR [EVERY]

Prints the share found on page 1 for each kind of query, and every miss with the first hit.
"""

import asyncio
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson

from gongkai.engines.installation import open_installation
from gongkai.engines.port import SearchEngine
from gongkai.engines.scan import read_hits
from gongkai.query.request import SearchRequest
from gongkai.search.service import SearchService
from gongkai.settings import Settings

PAGE = 10
_WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
Question = tuple[str, str, str]
"""Kind of spelling, the record's key, the query."""


def questions(record: Mapping[str, Any]) -> Iterator[Question]:
    """Yields the queries that should find this record."""
    yield "title", "title", record["title"]
    if number := record["document_number"]:
        for kind, text in _spell(number):
            yield kind, "document_number", text
    if record["index_number"]:
        yield "index number", "index_number", record["index_number"]


def _spell(number: str) -> Iterator[tuple[str, str]]:
    yield "number, canonical", number
    yield "number in []", number.replace("〔", "[").replace("〕", "]")
    yield "number in （） and a space", number.replace("〔", "（").replace("〕", "） ")
    yield "number in full-width digits", number.translate(_WIDE)
    yield "number with 第", number.replace("〕第", "〕").replace("〕", "〕第")


async def read_all(engine: SearchEngine) -> list[Mapping[str, Any]]:
    """Returns all stored records."""
    return [orjson.loads(hit.stored) async for hit in read_hits(engine)]


async def measure(data_dir: Path, every: int) -> None:
    """Prints the misses, then the table."""
    installation = open_installation(Settings(data_dir=data_dir))
    engine = installation.open_engine()
    service = SearchService(installation, engine)
    records = await read_all(engine)
    sharing = Counter((key, r[key]) for r in records for key in ("title", "document_number"))
    asked: Counter[str] = Counter()
    found: Counter[str] = Counter()
    for record in records[::every]:
        for kind, key, text in questions(record):
            asked[kind] += 1
            answer = await service.search(SearchRequest(text, size=PAGE, facets=()))
            alike = [hit for hit in answer.hits if getattr(hit, key) == record[key]]
            # If more records than fit on a page share the value, the page is full of them.
            is_shared = sharing[key, record[key]] > PAGE and len(alike) == PAGE
            if is_shared or any(hit.id == record["id"] for hit in alike):
                found[kind] += 1
            else:
                first = answer.hits[0].title[:30] if answer.hits else "nothing"
                print(f"miss  {kind}: {text!r} -> {answer.total:,} found, first {first}")
    for kind, count in asked.items():
        print(f"{kind:<30} {found[kind]:>7,} of {count:>7,}  {found[kind] / count:.4%}")


if __name__ == "__main__":
    asyncio.run(measure(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1))
