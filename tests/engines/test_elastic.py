"""The Elasticsearch engine under the contract of all engines, on a real node."""

from collections.abc import Callable

import pytest

from engines.elastic.engine import ElasticEngine
from engines.elastic.store import ElasticStore
from engines.opening import Installation
from engines.port import IndexStore, SearchEngine
from queries.understand import Understanding
from tests.engines.contract import EngineContract, Opened
from tests.engines.contract_vocabulary import VocabularyContract


class TestElastic(VocabularyContract, EngineContract):
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
