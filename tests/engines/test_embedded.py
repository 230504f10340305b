"""The embedded engine under the contract of all engines."""

from collections.abc import Callable

import pytest

from engines.embedded.engine import EmbeddedEngine
from engines.embedded.store import EmbeddedStore
from engines.opening import Installation
from engines.port import IndexStore, SearchEngine
from queries.understand import Understanding
from tests.engines.contract import EngineContract, Opened
from tests.engines.contract_duplicates import DuplicatesContract
from tests.engines.contract_relations import RelationsContract
from tests.engines.contract_vocabulary import VocabularyContract


class TestEmbedded(VocabularyContract, RelationsContract, DuplicatesContract, EngineContract):
    @pytest.fixture
    def open_engine(self) -> Callable[[Installation], tuple[IndexStore, SearchEngine]]:
        return lambda installation: (installation.open_store(), installation.open_engine())

    @pytest.fixture(autouse=True)
    def _remember(self, fresh: Installation) -> None:
        self._fresh = fresh

    @pytest.fixture
    def other_analysis(self) -> Callable[[], Opened]:
        folder, analysis = self._fresh.settings.data_dir, self._fresh.analysis
        return lambda: Opened(
            EmbeddedStore(folder, "other"), EmbeddedEngine(folder, "other"), Understanding(analysis)
        )

    def _other_store(self) -> IndexStore:
        return self._fresh.open_store()
