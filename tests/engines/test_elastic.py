"""The Elasticsearch engine under the contract of all engines, on a real node."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import closing
from functools import partial

import pytest

from gongkai.engines.elastic import lock
from gongkai.engines.elastic.backend import ElasticBackend
from gongkai.engines.elastic.connection import open_client
from gongkai.engines.elastic.engine import ElasticEngine
from gongkai.engines.elastic.mapping import Names
from gongkai.engines.generation_store import GenerationStore
from gongkai.engines.installation import Installation
from gongkai.engines.port import EngineQuery, IndexStore, SearchEngine
from gongkai.query.interpreter import QueryInterpreter
from gongkai.query.tree import MatchAll, Term
from tests.engines.contract import EngineContract, Opened
from tests.engines.contract_agencies import AgenciesContract
from tests.engines.contract_changes import ChangesContract
from tests.engines.contract_citations import CitationsContract
from tests.engines.contract_copies import CopiesContract
from tests.engines.contract_duplicates import DuplicatesContract
from tests.engines.contract_events import EventsContract
from tests.engines.contract_identities import IdentitiesContract
from tests.engines.contract_lists import ListsContract
from tests.engines.contract_pinned import PinnedContract
from tests.engines.contract_recovery import RecoveryContract
from tests.engines.contract_relations import RelationsContract
from tests.engines.contract_scopes import ScopesContract
from tests.engines.contract_supervision import SupervisionContract
from tests.engines.contract_term_dictionary import VocabularyContract
from tests.engines.contract_validity import ValidityContract
from tests.engines.contract_vectors import VectorsContract
from tests.engines.contract_versions import VersionsContract
from tests.engines.contract_words import WordsContract
from tests.engines.records import make_document


class TestElastic(
    ChangesContract,
    CitationsContract,
    CopiesContract,
    EventsContract,
    RecoveryContract,
    IdentitiesContract,
    VectorsContract,
    VersionsContract,
    VocabularyContract,
    WordsContract,
    ListsContract,
    PinnedContract,
    RelationsContract,
    ValidityContract,
    ScopesContract,
    SupervisionContract,
    AgenciesContract,
    DuplicatesContract,
    EngineContract,
):
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
        settings, analyzer = self._fresh.settings, self._fresh.analyzer
        return lambda: Opened(
            GenerationStore(ElasticBackend(settings), "other"),
            ElasticEngine(settings, "other"),
            QueryInterpreter(analyzer),
        )

    def _lose_ledger(self) -> None:
        with closing(open_client(self._fresh.settings)) as client:
            client.indices.delete(index=Names(self._fresh.settings.elasticsearch_prefix).ledger)

    def _lose_pointer(self) -> None:
        names = Names(self._fresh.settings.elasticsearch_prefix)
        with closing(open_client(self._fresh.settings)) as client:
            client.indices.delete_alias(index=names.generations, name=names.live)

    def _damage_live(self) -> None:
        names = Names(self._fresh.settings.elasticsearch_prefix)
        with closing(open_client(self._fresh.settings)) as client:
            client.indices.put_mapping(index=names.live, meta={})

    def _other_store(self) -> IndexStore:
        return self._fresh.open_store()


class Overtaken(ElasticEngine):
    """Between finding the live generation and asking it, `overtake` happens, once."""

    overtake: Callable[[], None] | None = None

    async def _live_index(self) -> str:
        index = await super()._live_index()
        act, self.overtake = self.overtake, None
        if act is not None:
            await asyncio.to_thread(act)
        return index


def test_a_generation_dropped_on_the_way_is_asked_for_anew(elastic: Installation) -> None:
    def rebuild_twice(*ids: str) -> None:
        """The generation that was live before is not kept."""
        for _ in range(2):
            with closing(elastic.open_store()) as store, store.rebuild() as writer:
                for each in ids:
                    writer.put(make_document(elastic, id=each))
                writer.commit()
                store.publish(writer.name)

    async def ask() -> None:
        engine = Overtaken(elastic.settings, elastic.fingerprint)
        # A count is one request to the alias, and so is a version: nothing can come between.
        assert await engine.count([MatchAll()]) == (1,)
        engine.overtake = partial(rebuild_twice, "a", "b", "c")
        assert (await engine.search(EngineQuery(MatchAll(), limit=0))).total == 3
        # So is a record.
        await asyncio.to_thread(rebuild_twice, "a")
        assert await engine.fetch("a") is not None
        assert await engine.fetch("b") is None
        await engine.close()

    rebuild_twice("a")
    asyncio.run(ask())


def test_a_page_without_hits_is_of_the_live_generation(elastic: Installation) -> None:
    def rebuild() -> str:
        with closing(elastic.open_store()) as store, store.rebuild() as writer:
            writer.put(make_document(elastic, id="a"))
            writer.commit()
            store.publish(writer.name)
            return writer.name

    async def ask() -> None:
        none = EngineQuery(Term("id", "b"))
        engine = elastic.open_engine()
        for _ in range(2):
            name = await asyncio.to_thread(rebuild)
            # The second time, the alias is the same as before the request.
            assert [(await engine.search(none)).generation for _ in range(2)] == [name, name]
        await engine.close()

    asyncio.run(ask())


def test_a_lock_of_a_process_that_is_gone_is_taken_over_and_logged(
    elastic: Installation, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="gongkai")
    monkeypatch.setattr(lock, "PATIENCE_SECONDS", 2 * lock.RENEWAL_SECONDS)
    with closing(elastic.open_store()) as store:
        store.update().__exit__(None, None, None)
        index = Names(elastic.settings.elasticsearch_prefix).control
        with closing(open_client(elastic.settings)) as client:
            client.index(index=index, id="writer", document={"owner": "gone"}, refresh=True)
        store.update().__exit__(None, None, None)
    taken = [each for each in caplog.records if each.getMessage() == "lock.taken_over"]
    assert len(taken) == 1
