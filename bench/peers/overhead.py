"""Measures the overhead over Elasticsearch: sends the queries of our service directly."""

import asyncio
import random
import statistics
import time
from collections.abc import Mapping, Sequence
from typing import Any

from elasticsearch import Elasticsearch

from bench.corpus import FACETS
from bench.peers.ours import Gongkai
from bench.peers.peer import Question
from gongkai.engines.elastic.engine import ElasticEngine
from gongkai.engines.installation import open_installation
from gongkai.query.request import SearchRequest
from gongkai.search.service import SearchService
from gongkai.settings import EngineKind, Settings


def measure_overhead(ours: Gongkai, questions: Sequence[Question]) -> dict[str, float]:
    """Returns medians in milliseconds: the response over HTTP, and its queries sent directly."""
    settings = Settings(
        engine=EngineKind.ELASTICSEARCH,
        data_dir=ours.folder,
        elasticsearch_url=ours.elasticsearch_url,
        elasticsearch_replicas=0,
    )
    sent = asyncio.run(_record(settings, questions))
    client = Elasticsearch(ours.elasticsearch_url)
    draw = random.Random(3)
    whole, own = [], []
    for question, requests in draw.sample(list(zip(questions, sent, strict=True)), len(questions)):
        started = time.perf_counter()
        ours.ask(question)
        whole.append((time.perf_counter() - started) * 1000)
        started = time.perf_counter()
        for each in requests:
            client.search(**each)
        own.append((time.perf_counter() - started) * 1000)
    client.close()
    return {"whole": statistics.median(whole), "own": statistics.median(own)}


class _RecordingEngine(ElasticEngine):
    """Keeps the searches that it sends, by query."""

    def __init__(self, settings: Settings, fingerprint: str) -> None:
        super().__init__(settings, fingerprint)
        self.sent: list[list[dict[str, Any]]] = []

    async def _ask(self, body: Mapping[str, Any], index: str, pit: str | None = None) -> Any:
        self.sent[-1].append({"index": index, **body})
        return await super()._ask(body, index, pit)


async def _record(settings: Settings, questions: Sequence[Question]) -> list[list[dict[str, Any]]]:
    """Returns the searches that one response sends, for each query."""
    installation = open_installation(settings)
    engine = _RecordingEngine(settings, installation.fingerprint)
    service = SearchService(installation, engine)
    for _ in range(2):  # the first pass reads word counts, which a server keeps
        engine.sent.clear()
        for question in questions:
            engine.sent.append([])
            await service.search(
                SearchRequest(question.text, facets=FACETS, expand=False, correct=False, fold=False)
            )
    await engine.close()
    return engine.sent
