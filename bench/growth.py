"""Measures indexing and latency with growing numbers of records.

    python -m bench.growth EXPORT_FOLDER SIZE...

Records combine titles of the shared catalog with passages of the shared laws (fixed seed, facets by
Zipf's law), one file per size. The engine is the one of GONGKAI_*. Each size has its own data
folder and its own Elasticsearch prefix.
"""

import asyncio
import gzip
import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import orjson

from bench import COMMAND
from bench.corpus import SHARED, pick_by_zipf, write_export
from bench.latency import draw_queries
from gongkai.catalog.tables import load_tables
from gongkai.engines.installation import open_installation
from gongkai.query.request import SearchRequest
from gongkai.search.service import SearchService
from gongkai.settings import Settings

QUERIES = 60
_KINDS = ("通知", "意见", "办法", "公告", "批复", "报告", "方案", "规定")


def read_rows(name: str) -> list[Mapping[str, str]]:
    """Returns the rows of one of the shared files."""
    with gzip.open(SHARED / name, "rt", encoding="utf-8") as lines:
        return [orjson.loads(line) for line in lines]


def make_records(size: int) -> Iterator[Mapping[str, object]]:
    """Yields records with a title, a passage of 20 to 600 characters, a number, five classes, a
    date.
    """
    draw = random.Random(20090220)
    titles = [row["title"] for row in read_rows("catalog/catalog_entries.jsonl.gz")]
    passages = [row["text"][:600] for row in read_rows("relevance/articles.jsonl.gz")]
    tables = load_tables()
    agencies = [agency.name for agency in tables.agencies.all()]
    topics = [node.path for node in tables.tree("topic").walk()]
    audiences = [node.path for node in tables.tree("audience").walk()]
    for number in range(size):
        year, month, day = draw.randint(1998, 2025), draw.randint(1, 12), draw.randint(1, 28)
        yield {
            "id": f"r{number}",
            "title": draw.choice(titles),
            "document_number": f"宜政办〔{year}〕{number % 9_999 + 1}号",
            "publisher": pick_by_zipf(draw, agencies),
            "published_on": f"{year}-{month:02}-{day:02}",
            "topic": pick_by_zipf(draw, topics),
            "audience": pick_by_zipf(draw, audiences),
            "genre": pick_by_zipf(draw, _KINDS),
            "disclosure": "主动公开",
            "body": draw.choice(passages),
        }


def index(export: Path, environment: Mapping[str, str]) -> float:
    """Returns the seconds of one `gongkai index --rebuild`, including its start."""
    started = time.perf_counter()
    subprocess.run(
        [
            *COMMAND,
            "index",
            "--rebuild",
            str(export),
        ],
        env=environment,
        stdout=subprocess.DEVNULL,
        check=True,
    )
    return time.perf_counter() - started


async def ask(settings: Settings, size: int) -> dict[str, list[float]]:
    """Returns kind of query -> milliseconds, with all facets and highlights."""
    installation = open_installation(settings)
    engine = installation.open_engine()
    service = SearchService(installation, engine)
    sample = [record for record, _ in zip(make_records(5_000), range(5_000), strict=False)]
    titles = [str(record["title"]) for record in sample]
    numbers = [str(record["document_number"]) for record in sample]
    times: dict[str, list[float]] = {}
    for kind, text in draw_queries(titles, numbers, installation, QUERIES):
        started = time.perf_counter()
        answer = await service.search(SearchRequest(text))
        times.setdefault(kind, []).append((time.perf_counter() - started) * 1000)
        assert kind != "empty" or answer.total == size
    live = await engine.live()
    await engine.close()
    print(f"    {live.bytes / size:,.0f} bytes a record in the index")
    return times


def measure(folder: Path, size: int) -> None:
    """Prints the figures of one size."""
    export = write_export(folder, size, make_records)
    data_dir = folder / f"data-{size}"
    given = {
        "GONGKAI_DATA_DIR": str(data_dir),
        "GONGKAI_ELASTICSEARCH_PREFIX": f"growth-{size}",
    }
    os.environ.update(given)
    seconds = index(export, {**os.environ})
    print(f"{size:,} records: indexed in {seconds:.0f} s, {size / seconds:,.0f} a second")
    for kind, milliseconds in asyncio.run(ask(Settings(), size)).items():
        cuts = statistics.quantiles(milliseconds, n=100)
        print(f"    {kind:<12} p50 {cuts[49]:7.1f} ms   p99 {cuts[98]:7.1f} ms")


if __name__ == "__main__":
    for argument in sys.argv[2:]:
        measure(Path(sys.argv[1]), int(argument))
