"""Compares the results of the two engines: totals, facet counts and first pages.

    python -m bench.agreement EMBEDDED_DATA_DIR [QUERIES]

The Elasticsearch engine is the one of GONGKAI_ELASTICSEARCH_*, with the same exports indexed.
"""

import asyncio
import random
import statistics
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from bench.known_items import read_all
from bench.latency import draw_queries
from gongkai.engines.installation import Installation, open_installation
from gongkai.engines.port import SearchEngine
from gongkai.query.request import SearchRequest
from gongkai.search.responses import FacetValueView, SearchAnswer
from gongkai.search.service import SearchService
from gongkai.settings import EngineKind, Settings

TOP = 10
_FILTERS: tuple[dict[str, tuple[str, ...]], ...] = (
    {},
    {"genre": ("通知",)},
    {"year": ("2020", "2019")},
    {"disclosure": ("主动公开",)},
)


def flatten(values: Sequence[FacetValueView]) -> Iterator[tuple[str, int]]:
    """Yields (value, count) of a whole facet."""
    for each in values:
        yield each.value, each.count
        yield from flatten(each.children)


def counts_of(answer: SearchAnswer) -> dict[str, dict[str, int]]:
    """Returns field -> value -> count."""
    return {name: dict(flatten(values)) for name, values in answer.facets.items()}


async def measure(data_dir: Path, count: int) -> None:
    """Prints the shares that agree, and the scores of pages that differ."""
    first = open_installation(Settings(data_dir=data_dir, engine=EngineKind.EMBEDDED))
    second = replace(first, settings=Settings(engine=EngineKind.ELASTICSEARCH))
    engines = (first.open_engine(), second.open_engine())
    try:
        await compare(first, engines, count)
    finally:
        for engine in engines:
            await engine.close()


async def compare(
    installation: Installation, engines: tuple[SearchEngine, SearchEngine], count: int
) -> None:
    """Sends the same queries with random filters to both engines."""
    sides = [SearchService(installation, engine) for engine in engines]
    records = await read_all(engines[0])
    titles = [record["title"] for record in records]
    numbers = [r["document_number"] for r in records if r["document_number"]]
    draw = random.Random(20090220)
    agreed: Counter[str] = Counter()
    overlaps: list[float] = []
    queries = list(draw_queries(titles, numbers, installation, -(-count // 6)))[:count]
    for kind, text in queries:
        request = SearchRequest(text, chosen=draw.choice(_FILTERS), size=TOP)
        one, other = [await side.search(request) for side in sides]
        agreed["totals"] += one.total == other.total
        agreed["facet counts"] += counts_of(one) == counts_of(other)
        ids = [[hit.id for hit in answer.hits] for answer in (one, other)]
        agreed["top 10, same order"] += ids[0] == ids[1]
        agreed["top 10, same records"] += set(ids[0]) == set(ids[1])
        overlaps.append(len(set(ids[0]) & set(ids[1])) / max(len(ids[0]), 1) if ids[0] else 1.0)
        agreed["first hit"] += ids[0][:1] == ids[1][:1]
        if set(ids[0]) != set(ids[1]):
            scores = [[round(h.score, 3) for h in answer.hits] for answer in (one, other)]
            print(f"differs  {kind} {text[:30]!r} {request.chosen}: {scores[0]} {scores[1]}")
    for name, number in agreed.items():
        print(f"{name:<22} {number:>4} of {len(queries)}  {number / len(queries):.1%}")
    print(f"mean overlap of the top 10: {statistics.mean(overlaps):.4f}")


if __name__ == "__main__":
    asyncio.run(measure(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 500))
