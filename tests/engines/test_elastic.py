"""The Elasticsearch engine under the contract of all engines, on a real node."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace

import pytest

from engines.elastic.connection import open_client
from engines.elastic.engine import ElasticEngine
from engines.elastic.store import ElasticStore
from engines.opening import Installation
from engines.port import IndexStore, SearchEngine
from engines.settings import EngineKind, Settings
from queries.understand import Understanding
from tests.engines.contract import EngineContract, Opened


@pytest.fixture
def elastic(installation: Installation, elasticsearch_url: str) -> Iterator[Installation]:
    """An installation with indices of its own on the node; they are deleted afterwards."""
    settings = Settings(
        engine=EngineKind.ELASTICSEARCH,
        elasticsearch_url=elasticsearch_url,
        elasticsearch_prefix=f"test-{secrets.token_hex(4)}",
        elasticsearch_shards=2,
        elasticsearch_replicas=0,
    )
    yield replace(installation, settings=settings)
    with closing(open_client(settings)) as client:
        prefix = settings.elasticsearch_prefix
        found = client.indices.get(index=f"{prefix}-*")
        for index in found:
            client.indices.delete(index=index)
        client.options(ignore_status=404).indices.delete_index_template(name=f"{prefix}-generation")


class TestElastic(EngineContract):
    @pytest.fixture
    def fresh(self, elastic: Installation) -> Installation:
        return elastic

    @pytest.fixture
    def open_engine(self) -> Callable[[Installation], tuple[IndexStore, SearchEngine]]:
        return lambda installation: (installation.open_store(), installation.open_engine())

    @pytest.fixture(autouse=True)
    def _remember(self, fresh: Installation) -> None:
        self._fresh = fresh

    @pytest.fixture
    def other_analysis(self) -> Callable[[], Opened]:
        settings, analysis = self._fresh.settings, self._fresh.analysis
        return lambda: Opened(
            ElasticStore(settings, "other"),
            ElasticEngine(settings, "other"),
            Understanding(analysis),
        )

    def _other_store(self) -> IndexStore:
        return self._fresh.open_store()
