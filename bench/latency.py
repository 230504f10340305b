"""Measures `/search` over HTTP, compared with the same query in process.

    python -m bench.latency DATA_DIR [QUERIES]

Queries are drawn from the indexed titles (fixed seed): one word, two words, a phrase, a number, a
whole title, an empty query. Facets and highlights are included. Both variants alternate in one run.
"""

import asyncio
import random
import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import httpx2

from bench.known_items import read_all
from bench.serving import serve
from gongkai.engines.installation import Installation, open_installation
from gongkai.query.request import SearchRequest
from gongkai.search.service import SearchService
from gongkai.settings import Settings

PORT = 8765


def draw_queries(
    titles: list[str], numbers: list[str], installation: Installation, count: int
) -> Iterator[tuple[str, str]]:
    """Yields (kind, text), `count` of each kind."""
    draw = random.Random(20090220)
    for _ in range(count):
        title = draw.choice(titles)
        words = [w for w in installation.analyzer.tokenize(title) if len(w) > 1] or [title]
        yield "one word", draw.choice(words)
        yield "two words", " ".join(draw.choices(words, k=2))
        yield "phrase", f'"{title[4:10]}"'
        yield "number", draw.choice(numbers)
        yield "whole title", title
        yield "empty", ""


async def measure(data_dir: Path, count: int) -> None:
    """Prints p50 and p99 in milliseconds for each kind, and the ratio of the medians."""
    installation = open_installation(Settings(data_dir=data_dir))
    engine = installation.open_engine()
    service = SearchService(installation, engine)
    records = await read_all(engine)
    titles = [record["title"] for record in records]
    numbers = [r["document_number"] for r in records if r["document_number"]]
    times: dict[str, tuple[list[float], list[float]]] = {}
    async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{PORT}", trust_env=False) as client:
        for kind, text in draw_queries(titles, numbers, installation, count):
            inside, outside = times.setdefault(kind, ([], []))
            started = time.perf_counter()
            answer = await service.search(SearchRequest(text))
            inside.append(time.perf_counter() - started)
            started = time.perf_counter()
            response = await client.get(f"/api/v1/search?{urlencode({'q': text})}")
            outside.append(time.perf_counter() - started)
            assert response.json()["total"] == answer.total, text
    for kind, (inside, outside) in times.items():
        print(
            f"{kind:<12} in process {_figures(inside)}   HTTP {_figures(outside)}   "
            f"ratio of medians {statistics.median(outside) / statistics.median(inside):.2f}"
        )


def _figures(seconds: list[float]) -> str:
    cuts = statistics.quantiles(seconds, n=100)
    return f"p50 {cuts[49] * 1000:6.1f} ms  p99 {cuts[98] * 1000:6.1f} ms"


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    with serve(PORT, {"GONGKAI_DATA_DIR": str(folder)}):
        asyncio.run(measure(folder, int(sys.argv[2]) if len(sys.argv) > 2 else 200))
