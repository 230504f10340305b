"""The embedded engine under the contract of all engines."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from gongkai.catalog.fields import FACETS
from gongkai.engines import generation_store
from gongkai.engines.embedded import engine, scoring_phases
from gongkai.engines.embedded.backend import EmbeddedBackend
from gongkai.engines.embedded.compile import compile_query
from gongkai.engines.embedded.engine import EmbeddedEngine
from gongkai.engines.embedded.ledger import Ledger
from gongkai.engines.embedded.schema import open_index
from gongkai.engines.embedded.score_sums import join_scores
from gongkai.engines.embedded.selectivity import Selectivity
from gongkai.engines.embedded.simplification import drop_unmatched
from gongkai.engines.generation_store import GenerationStore
from gongkai.engines.installation import Installation
from gongkai.engines.port import STAFF, EngineQuery, IndexStore, SearchEngine
from gongkai.query.interpreter import QueryInterpreter
from gongkai.query.tree import MatchAll, Term
from indexer.pipeline import IndexJob, publish
from tests.engines.contract import EngineContract, Make, Opened
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
from tests.journeys.command import plain_row, write_rows


class TestEmbedded(
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
    def open_engine(self) -> Callable[[Installation], tuple[IndexStore, SearchEngine]]:
        return lambda installation: (installation.open_store(), installation.open_engine())

    @pytest.fixture(autouse=True)
    def _remember(self, fresh: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
        self._fresh = fresh
        # No writer of these tests ends while a withdrawal waits for it.
        monkeypatch.setattr(generation_store, "WITHDRAW_PATIENCE_SECONDS", 0.1)

    @pytest.fixture
    def other_analysis(self) -> Callable[[], Opened]:
        folder, analyzer = self._fresh.settings.data_dir, self._fresh.analyzer
        return lambda: Opened(
            GenerationStore(EmbeddedBackend(folder), "other"),
            EmbeddedEngine(folder, "other"),
            QueryInterpreter(analyzer),
        )

    def test_a_deletion_that_was_killed_is_done_again(self, tmp_path: Path) -> None:
        """Its file lies there, named as the new one would be, and no commit holds it."""
        made = self._fresh
        publish(IndexJob([write_rows(tmp_path / "rows.jsonl", map(plain_row, range(3)))]), made)
        store = made.open_store()
        (meta,) = made.settings.data_dir.glob("generations/*/index/meta.json")
        before = meta.read_bytes()
        store.withdraw(["r1"], cause=STAFF)
        meta.write_bytes(before)
        Ledger(made.settings.data_dir / "withdrawn.json").add(["r1"], STAFF)
        assert made.open_store().withdraw(["r1"], cause=STAFF) == {"r1": True}
        assert store.generations()[0].records == 2

    def test_classes_too_many_for_one_value_are_counted_one_by_one(
        self, opened: Opened, make: Make
    ) -> None:
        many = [f"财政、金融、审计/{'类' * 300}{number}" for number in range(100)]
        opened.index([make(id="many", topic=many), make(id="one", topic=many[:1])])
        counted = opened.ask(EngineQuery(MatchAll(), facets=("topic",), limit=0)).facets["topic"]
        assert counted["财政、金融、审计"] == counted[many[0]] == 2
        assert sum(counted.values()) == 2 + 100 + 1

    def test_estimates_of_matches_change_no_score(
        self, opened: Opened, make: Make, interpreter: QueryInterpreter
    ) -> None:
        """Nor is an estimate below the number of matches."""
        opened.index(
            make(
                id=f"r{number}",
                title=f"关于{'农村' * (number % 2)}饮水安全工程{'建设' * (number % 3)}的通知",
                body="供水保障和水费" * (number % 5),
            )
            for number in range(40)
        )
        (folder,) = self._fresh.settings.data_dir.glob("generations/*/index")
        searcher = open_index(folder).searcher()
        selectivity = Selectivity(searcher)
        for text in ("农村饮水安全工程建设", "饮水 火星 水费", '"安全工程" -建设', "怎么缴水费"):
            read = interpreter.interpret(text)
            for tree in [read.strict, *([read.relaxed] if read.relaxed else [])]:
                one, other = (
                    {(at.segment_ord, at.doc): score for score, at in found.hits}
                    for query in (
                        compile_query(tree),
                        compile_query(
                            join_scores(drop_unmatched(tree, selectivity.frequency)), selectivity
                        ),
                    )
                    for found in [searcher.search(query, limit=50)]
                )
                assert one == pytest.approx(other)
                assert len(one) <= selectivity.estimate(tree)

    def test_a_second_phase_changes_no_score(
        self,
        opened: Opened,
        make: Make,
        interpreter: QueryInterpreter,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """With more matches than its window, pages still hold each record once."""
        opened.index(
            make(
                id=f"r{number}",
                title=f"关于{'农村' * (number % 2)}饮水安全{'工程建设' * (number % 3)}的通知",
                body="供水保障和水费。农村饮水、工程。" * (number % 5),
            )
            for number in range(40)
        )
        for text in ("农村饮水安全工程建设", "饮水 工程 水费", "饮水 火星 保障", "怎么缴水费"):
            read = interpreter.interpret(text)
            query = EngineQuery(read.relaxed or read.strict, limit=50)
            one = opened.ask(query)
            with monkeypatch.context() as patch:
                patch.setattr(scoring_phases, "LEAST_WORK", 0)
                two = opened.ask(query)
                patch.setattr(scoring_phases, "WINDOW", 7)
                pages = [opened.ask(replace(query, offset=at, limit=4)) for at in range(0, 48, 4)]
            assert [hit.id for hit in two.hits] == [hit.id for hit in one.hits]
            assert [h.score for h in two.hits] == pytest.approx([h.score for h in one.hits])
            ids = [hit.id for page in pages for hit in page.hits]
            assert len(ids) == len(set(ids)) == two.total == one.total

    def test_facets_counted_in_a_second_thread_are_the_same(
        self, opened: Opened, make: Make, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        opened.index(
            make(id=f"r{number}", title="关于供水的通知", genre=("通知", "意见")[number % 2])
            for number in range(5)
        )
        opened.store.withdraw(["r4"], cause=STAFF)
        query = EngineQuery(
            Term("title_words", "供水"), {"genre": Term("genre", "通知")}, FACETS, limit=5
        )
        beside = opened.ask(query)
        monkeypatch.setattr(engine, "MANY_MATCHES", 0)
        assert opened.ask(query) == beside
        assert beside.facets["genre"] == {"通知": 2, "意见": 2}

    def _lose_ledger(self) -> None:
        for file in self._fresh.settings.data_dir.glob("withdrawn*.json"):
            file.unlink()

    def _lose_pointer(self) -> None:
        (self._fresh.settings.data_dir / "live").unlink()

    def _damage_live(self) -> None:
        (manifest,) = self._fresh.settings.data_dir.glob("generations/*/manifest.json")
        manifest.write_bytes(b"{")

    def _other_store(self) -> IndexStore:
        return self._fresh.open_store()
