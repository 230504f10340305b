"""What every engine has to do, run once per engine: a subclass says how to open one.

An engine is opened twice over, as the indexer's store and as the API's engine, on one place.
"""

import asyncio
import re
from collections import Counter
from collections.abc import Callable, Coroutine, Iterable, Iterator, Sequence
from contextlib import closing, suppress
from datetime import UTC, date, datetime
from typing import Any, TypeVar

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analyzers.normalize import normalize_text
from gongkai.catalog.agencies import OWN
from gongkai.engines import manifest
from gongkai.engines.cursor import read_cursor, write_cursor
from gongkai.engines.installation import Installation
from gongkai.engines.port import (
    DISCLOSURE,
    STAFF,
    EngineQuery,
    Hit,
    IndexDocument,
    IndexStore,
    SearchEngine,
    SearchResult,
)
from gongkai.errors import BadRequestError, EngineUnavailableError, IndexMismatchError
from gongkai.query.filters import build_filters
from gongkai.query.interpreter import QueryInterpreter
from gongkai.query.request import SearchRequest, Sort
from gongkai.query.tree import ConstantScore, MatchAll, Query, Term, Terms
from tests.engines.records import make_document
from tests.scale import scaled

TODAY = date(2026, 10, 1)
FACETS = ("topic", "publisher", "genre", "disclosure")
TOPICS = ("财政、金融、审计/财政", "财政、金融、审计/审计", "卫生、体育/卫生", "")
PUBLISHERS = ("安庆市财政局", "安庆市水利局", "一个未收录的机构")

Make = Callable[..., IndexDocument]
Result = TypeVar("Result")


class Opened:
    """One engine on one place, with shorthands for tests."""

    def __init__(self, store: IndexStore, engine: SearchEngine, interpreter: QueryInterpreter):
        self.store = store
        self.engine = engine
        self._interpreter = interpreter
        self._loop = asyncio.Runner()

    def close(self) -> None:
        self._loop.run(self.engine.close())
        self._loop.close()
        self.store.close()

    def index(self, documents: Iterable[IndexDocument]) -> None:
        with self.store.update() as writer:
            for document in documents:
                writer.put(document)
            writer.commit()

    def rebuild(self, documents: Iterable[IndexDocument]) -> None:
        with self.store.rebuild() as writer:
            for document in documents:
                writer.put(document)
            writer.commit()
            self.store.publish(writer.name)

    def run(self, coroutine: Coroutine[Any, Any, Result]) -> Result:
        """On the one loop that the engine lives in."""
        return self._loop.run(coroutine)

    def ask(self, query: EngineQuery) -> SearchResult:
        return self._loop.run(self.engine.search(query))

    def every(self) -> Sequence[Hit]:
        return self.ask(EngineQuery(MatchAll(), limit=1000)).hits

    def count(self, queries: Sequence[Query]) -> tuple[int, ...]:
        return self._loop.run(self.engine.count(queries))

    def version(self) -> str:
        return self._loop.run(self.engine.version())

    def find(self, text: str, **kept: Any) -> list[str]:
        query = self._interpreter.interpret(text).strict
        return [hit.id for hit in self.ask(EngineQuery(query, limit=100, **kept)).hits]

    def all_ids(self) -> list[str]:
        return sorted(hit.id for hit in self.every())

    def fetch(self, record_id: str) -> bytes | None:
        return self._loop.run(self.engine.fetch(record_id))

    def is_withdrawn(self, record_id: str) -> bool:
        return self._loop.run(self.engine.is_withdrawn(record_id))


def _cuts_number(text: str, *places: int) -> bool:
    """Whether a place lies inside a number or a word with digits: a number is met as a whole."""
    words = re.finditer(r"[0-9a-z]*[0-9][0-9a-z]*(?:\.[0-9]+)*", normalize_text(text))
    return any(word.start() < place < word.end() for word in words for place in places)


class EngineContract:
    """Subclass it and give the fixture `open_engine`: an Installation to its store and engine."""

    @pytest.fixture
    def open_engine(self) -> Callable[[Installation], tuple[IndexStore, SearchEngine]]:
        raise NotImplementedError

    @pytest.fixture
    def opened(self, fresh: Installation, open_engine: Any) -> Iterator[Opened]:
        store, engine = open_engine(fresh)
        with closing(Opened(store, engine, QueryInterpreter(fresh.analyzer))) as opened:
            yield opened

    @pytest.fixture
    def make(self, installation: Installation) -> Make:
        return lambda **fields: make_document(installation, **fields)

    def test_forgetting_leaves_the_live_generation_alone(self, opened: Opened, make: Make) -> None:
        opened.index([make(id="a")])
        opened.rebuild([make(id="a"), make(id="b")])
        (live, old) = opened.store.generations()
        assert opened.store.drop_others() == [old.name]
        assert [each.name for each in opened.store.generations()] == [live.name]
        assert opened.all_ids() == ["a", "b"]
        with pytest.raises(EngineUnavailableError):
            opened.store.rollback()

    def test_what_is_whole_needs_no_doctor(self, opened: Opened, make: Make) -> None:
        opened.index([make(id="a")])
        opened.rebuild([make(id="a"), make(id="b")])
        examined = opened.store.check_integrity()
        assert [(each.live, each.faults) for each in examined] == [(True, ()), (False, ())]
        assert opened.store.recover() is None
        assert opened.all_ids() == ["a", "b"]

    def test_before_the_first_index_it_says_so(self, opened: Opened) -> None:
        with pytest.raises(EngineUnavailableError, match="Nothing is indexed"):
            opened.ask(EngineQuery(MatchAll()))
        assert opened.store.generations() == []

    def test_put_is_found_once_committed(self, opened: Opened, make: Make) -> None:
        opened.index([make(id="a", title="农村饮水安全工程管理办法")])
        with opened.store.update() as writer:
            writer.put(make(id="b", title="农村饮水安全补助通知"))
            assert opened.all_ids() == ["a"]
            writer.commit()
            assert opened.all_ids() == ["a", "b"]

    def test_a_second_put_takes_the_place_of_the_first(self, opened: Opened, make: Make) -> None:
        opened.index([make(id="a", title="旧标题供水通知"), make(id="b")])
        opened.index([make(id="a", title="新标题排水通知"), make(id="a", title="新标题排污通知")])
        assert opened.find("旧标题") == []
        assert opened.find("排污") == ["a"]
        assert opened.all_ids() == ["a", "b"]
        stored = opened.fetch("a")
        assert stored is not None
        assert orjson.loads(stored)["title"] == "新标题排污通知"

    def test_the_writer_knows_what_it_holds(self, opened: Opened, make: Make) -> None:
        first, second = make(id="a", title="第一版通知"), make(id="a", title="第二版通知")
        opened.index([first])
        with opened.store.update() as writer:
            assert writer.contains("a")
            assert writer.contains("a", first.revision)
            assert not writer.contains("a", second.revision)
            writer.put(second)
            assert writer.contains("a", second.revision)
            assert not writer.contains("a", first.revision)
            writer.delete("a")
            assert not writer.contains("a")
            writer.commit()
        assert opened.all_ids() == []

    def test_any_literal_run_finds_its_record(self, opened: Opened, make: Make) -> None:
        body = "臺灣街徵收補償：每平方米１２００元，见附件（一）。Covid-19期间PM2.5监测点𬭚合金。"
        opened.index([make(id="a", body=body), make(id="b", body="另一件无关的事情")])
        for start in range(len(body) - 1):
            for length in (2, 3, 5, 9):
                run = body[start : start + length]
                assert "a" in opened.find(f'"{run}"'), run
                if not _cuts_number(body, start, start + length):
                    assert "a" in opened.find(run), run

    def test_a_run_never_spans_two_zones(self, opened: Opened, make: Make) -> None:
        opened.index([make(id="a", title="排水", keywords="管网", body="改造")])
        assert opened.find('"排水管网"') == []
        assert opened.find('"管网改造"') == []
        assert opened.find('"安庆市水利局管网"') == []
        assert opened.find("排水 管网 改造") == ["a"]

    def test_exclusion_and_phrase(self, opened: Opened, make: Make) -> None:
        opened.index(
            [
                make(id="a", title="住房公积金提取管理办法"),
                make(id="b", title="住房公积金贷款办法"),
                make(id="c", title="提取地下水的住房与公积金"),
            ]
        )
        assert sorted(opened.find("公积金 -贷款")) == ["a", "c"]
        assert opened.find('"公积金提取"') == ["a"]
        assert opened.find('公积金 -"住房公积金"') == ["c"]

    def test_a_whole_title_and_a_number_come_first(self, opened: Opened, make: Make) -> None:
        cites = "依据宜政办秘〔2008〕8号" * 30
        others = [make(id=f"x{i}", title="政务公开 政务公开 通知", body=cites) for i in range(20)]
        wanted = make(id="a", title="政务公开", document_number="宜政办秘〔2008〕8号")
        opened.index([*others, wanted])
        assert opened.find("政务公开")[0] == "a"
        assert opened.find("宜政办秘[2008] 08 号")[0] == "a"
        assert len(opened.find("宜政办秘(2008)8号")) == 21

    @settings(
        max_examples=scaled(5, 15),
        deadline=None,
        suppress_health_check=[
            HealthCheck.function_scoped_fixture,
            HealthCheck.too_slow,
            HealthCheck.differing_executors,
        ],
    )
    @given(data=st.data())
    def test_facet_counts_equal_brute_force(
        self, data: st.DataObject, installation: Installation, opened: Opened, make: Make
    ) -> None:
        rows = data.draw(st.lists(_rows(), min_size=1, max_size=25))
        documents = [make(id=f"r{place}", **row) for place, row in enumerate(rows)]
        opened.rebuild(documents)
        chosen = data.draw(_choices())
        filters = build_filters(SearchRequest(chosen=chosen), installation.tables, TODAY)
        text = data.draw(st.sampled_from(["", "供水", "医院"]))
        query = Term("title_words", text) if text else MatchAll()
        result = opened.ask(EngineQuery(query, filters, FACETS, limit=0))
        matching = [d for d in documents if not text or text in _values(d, "title_words")]
        assert result.total == len(_narrow(matching, filters))
        for facet in FACETS:
            others = {name: each for name, each in filters.items() if name != facet}
            expected = Counter(v for d in _narrow(matching, others) for v in _values(d, facet))
            assert dict(result.facets[facet]) == dict(expected), facet

    def test_the_count_before_a_click_is_the_total_after(self, opened: Opened, make: Make) -> None:
        opened.index(
            make(id=f"r{i}", genre=("通知", "办法", "公告")[i % 3], publisher=PUBLISHERS[i % 2])
            for i in range(17)
        )
        chosen: dict[str, Any] = {"genre": Terms("genre", ("通知",))}
        before = opened.ask(EngineQuery(MatchAll(), chosen, FACETS, limit=0))
        for value, count in before.facets["publisher"].items():
            after = EngineQuery(MatchAll(), {**chosen, "publisher": Terms("publisher", (value,))})
            assert opened.ask(after).total == count
        for value, count in before.facets["genre"].items():
            both = EngineQuery(MatchAll(), {"genre": Terms("genre", ("通知", value))})
            extra = 0 if value == "通知" else count
            assert opened.ask(both).total == before.total + extra

    def test_each_value_of_a_facet_selects_what_it_counts(
        self, installation: Installation, opened: Opened, make: Make
    ) -> None:
        """市政府 of another city is a value of its own, although it is a short name here."""
        opened.index(
            make(id=f"r{i}", publisher=publisher, region=region, topic=TOPICS[i % 4])
            for i, (publisher, region) in enumerate(
                (publisher, region)
                for publisher in (*PUBLISHERS, "安庆市人民政府", "市政府", "市财政局", "省财政厅")
                for region in ("安庆市", "上海市", "广东省", "")
            )
        )
        counted = opened.ask(EngineQuery(MatchAll(), facets=FACETS, limit=0)).facets
        assert "市政府" in counted["publisher"]
        for facet in FACETS:
            for value, count in counted[facet].items():
                own = f"{value}{OWN}" if facet == "publisher" else value
                request = SearchRequest(chosen={facet: (own,)})
                filters = build_filters(request, installation.tables, TODAY)
                assert opened.ask(EngineQuery(MatchAll(), filters, limit=0)).total == count, value

    @pytest.mark.parametrize("sort", list(Sort))
    def test_pages_and_cursors_show_every_record_once(
        self, opened: Opened, make: Make, sort: Sort
    ) -> None:
        days = [f"20{10 + i % 7}-0{1 + i % 9}-1{i % 3}" for i in range(23)]
        opened.index(make(id=f"r{i}", published_on=day) for i, day in enumerate(days))
        paged = self._walk_pages(opened, sort)
        followed = self._walk_cursor(opened, sort)
        assert paged == followed
        assert sorted(paged) == opened.all_ids()
        dates = [days[int(each[1:])] for each in paged]
        if sort is not Sort.OLDEST:  # equal scores: the newest first
            assert dates == sorted(dates, reverse=True)
        if sort is Sort.OLDEST:
            assert dates == sorted(dates)

    def test_many_of_one_score_are_in_order_on_every_page(self, opened: Opened, make: Make) -> None:
        """More of them than are looked at first past a page's end."""
        days = [f"20{10 + i % 9}-0{1 + i % 7}-1{i % 10}" for i in range(75)]
        opened.index(make(id=f"r{i}", published_on=day) for i, day in enumerate(days))
        query = ConstantScore(Term("title_words", "饮水"), 2.0)
        pages = [opened.ask(EngineQuery(query, offset=at, limit=5)) for at in range(0, 75, 5)]
        shown = [days[int(hit.id[1:])] for page in pages for hit in page.hits]
        assert shown == sorted(days, reverse=True)

    def _walk_pages(self, opened: Opened, sort: Sort) -> list[str]:
        pages = (
            opened.ask(EngineQuery(MatchAll(), sort=sort, offset=at, limit=5))
            for at in range(0, 30, 5)
        )
        return [hit.id for page in pages for hit in page.hits]

    def _walk_cursor(self, opened: Opened, sort: Sort) -> list[str]:
        found: list[str] = []
        cursor: str | None = None
        for _ in range(10):
            # More hits than are shown leave the cursor where it is.
            query = EngineQuery(MatchAll(), sort=sort, limit=9, after=cursor, shown=5)
            result = opened.ask(query)
            assert result.total == 23
            found += [hit.id for hit in result.hits[:5]]
            cursor = result.next_cursor
            if cursor is None:
                return found
        raise AssertionError("the cursor never ends")

    @pytest.mark.parametrize("cursor", ["", "x", "é", "bnVsbA", "W10", "a" * 400])
    def test_a_cursor_not_its_own_is_refused(self, opened: Opened, make: Make, cursor: str) -> None:
        opened.index([make(id="a")])
        with pytest.raises(BadRequestError) as caught:
            opened.ask(EngineQuery(MatchAll(), after=cursor))
        assert caught.value.parameter == "cursor"

    def test_a_rebuild_is_seen_whole_or_not_at_all(self, opened: Opened, make: Make) -> None:
        opened.index([make(id="old1"), make(id="old2")])
        with opened.store.rebuild() as writer:
            writer.put(make(id="new"))
            writer.commit()
            assert opened.all_ids() == ["old1", "old2"]
            opened.store.publish(writer.name)
            assert opened.all_ids() == ["new"]
        assert [each.live for each in opened.store.generations()] == [True, False]

    def test_a_failed_rebuild_leaves_nothing(self, opened: Opened, make: Make) -> None:
        opened.index([make(id="a")])

        def fail_half_way() -> None:
            with opened.store.rebuild() as writer:
                writer.put(make(id="b"))
                writer.commit()
                raise RuntimeError("stop")

        with pytest.raises(RuntimeError, match="stop"):
            fail_half_way()
        assert opened.all_ids() == ["a"]
        assert len(opened.store.generations()) == 1
        opened.index([make(id="c")])
        assert opened.all_ids() == ["a", "c"]

    def test_rollback_goes_back_and_only_so_far(self, opened: Opened, make: Make) -> None:
        opened.index([make(id="first")])
        opened.rebuild([make(id="second")])
        assert opened.store.rollback().records == 1
        assert opened.all_ids() == ["first"]
        with pytest.raises(EngineUnavailableError, match="no earlier generation"):
            opened.store.rollback()

    def test_old_generations_are_dropped(self, opened: Opened, make: Make) -> None:
        for name in ("one", "two", "three", "four"):
            opened.rebuild([make(id=name)])
        assert len(opened.store.generations()) == 2
        opened.store.rollback()
        assert opened.all_ids() == ["three"]

    def test_what_was_rolled_back_from_is_not_come_back_to(
        self, opened: Opened, make: Make
    ) -> None:
        for name in ("good", "bad"):
            opened.rebuild([make(id=name)])
        opened.store.rollback()
        opened.rebuild([make(id="next")])
        opened.store.rollback()
        assert opened.all_ids() == ["good"]

    def test_a_clock_set_back_changes_nothing(
        self, opened: Opened, make: Make, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        opened.rebuild([make(id="first")])
        monkeypatch.setattr(manifest, "_now", lambda: datetime(2001, 1, 1, tzinfo=UTC))
        opened.rebuild([make(id="second")])
        assert opened.all_ids() == ["second"]
        opened.store.withdraw(["second"], cause=STAFF)
        assert opened.all_ids() == []
        opened.store.rollback()
        assert opened.all_ids() == ["first"]
        opened.rebuild([make(id="third")])
        assert [each.live for each in opened.store.generations()] == [True, False]

    def test_withdrawn_is_gone_everywhere_and_stays_gone(self, opened: Opened, make: Make) -> None:
        opened.index([make(id="a"), make(id="b")])
        opened.rebuild([make(id="a"), make(id="b")])
        assert opened.store.withdraw(["a", "none"], cause="staff") == {"a": True, "none": False}
        assert opened.all_ids() == ["b"]
        assert opened.fetch("a") is None
        assert opened.is_withdrawn("a")
        assert not opened.is_withdrawn("none")
        assert opened.store.withdrawn() == {"a": "staff"}
        opened.store.rollback()
        assert opened.all_ids() == ["b"]

    def test_withdrawal_counts_while_a_writer_is_at_work(self, opened: Opened, make: Make) -> None:
        opened.index([make(id="a"), make(id="b")])
        with opened.store.update() as writer:
            writer.put(make(id="c"))
            with closing(self._other_store()) as other:
                other.withdraw(["a", "c"], cause="staff")
            assert opened.all_ids() == ["b"]
            assert opened.fetch("a") is None
            result = opened.ask(EngineQuery(MatchAll(), facets=("genre",), limit=0))
            assert sum(result.facets["genre"].values()) == result.total == 1
            writer.commit()
            assert opened.all_ids() == ["b"]
        assert opened.all_ids() == ["b"]
        assert "c" in opened.store.withdrawn()
        # It was never public here: its address must not say that it is gone.
        assert not opened.is_withdrawn("c")

    def test_restored_ids_may_be_indexed_again(self, opened: Opened, make: Make) -> None:
        opened.index([make(id="a")])
        opened.store.withdraw(["a"], cause="staff")
        assert opened.store.restore(["a", "none"]) == {"a": True, "none": False}
        assert opened.all_ids() == []
        opened.index([make(id="a")])
        assert opened.all_ids() == ["a"]

    def test_what_staff_withdrew_is_not_reopened_by_a_source(
        self, opened: Opened, make: Make
    ) -> None:
        opened.index([make(id="a"), make(id="b")])
        opened.store.withdraw(["a"], cause=STAFF)
        opened.store.withdraw(["a", "b"], cause=DISCLOSURE, held=["a"])
        assert opened.store.withdrawn() == {"a": STAFF, "b": DISCLOSURE}
        assert opened.store.restore(["a", "b"], cause=DISCLOSURE) == {"a": False, "b": True}
        assert opened.store.withdrawn() == {"a": STAFF}

    def test_a_cursor_that_was_tampered_with_does_no_harm(self, opened: Opened, make: Make) -> None:
        opened.index(make(id=f"r{number}") for number in range(7))
        for sort in Sort:
            first = opened.ask(EngineQuery(MatchAll(), sort=sort, limit=2))
            written = read_cursor(first.next_cursor or "", sort, first.generation)
            for number in (10**12, 2**62, -5):
                forged = [number if isinstance(each, int) else each for each in written]
                cursor = write_cursor(sort, first.generation, forged)
                asked = EngineQuery(MatchAll(), sort=sort, limit=2, after=cursor)
                with suppress(BadRequestError):
                    assert len(opened.ask(asked).hits) <= 2

    def test_one_writer_at_a_time(self, opened: Opened, make: Make) -> None:
        with opened.store.update() as writer:
            writer.put(make(id="a"))
            with (
                closing(self._other_store()) as other,
                pytest.raises(EngineUnavailableError, match="Another gongkai process"),
            ):
                other.update()
            writer.commit()
        with closing(self._other_store()) as other:
            other.update().__exit__(None, None, None)

    def test_an_index_made_otherwise_is_refused(
        self, opened: Opened, make: Make, other_analysis: Callable[[], Opened]
    ) -> None:
        opened.index([make(id="a")])
        other = other_analysis()
        self._check_mismatch(other, make)
        other.close()

    def _check_mismatch(self, other: Opened, make: Make) -> None:
        with pytest.raises(IndexMismatchError, match="gongkai index --rebuild"):
            other.ask(EngineQuery(MatchAll()))
        with pytest.raises(IndexMismatchError, match="dictionary"):
            other.store.update()
        other.rebuild([make(id="b")])
        assert other.all_ids() == ["b"]

    @pytest.fixture
    def other_analysis(self) -> Callable[[], Opened]:
        """The same place, opened by a program with another analysis."""
        raise NotImplementedError

    def _other_store(self) -> IndexStore:
        """A second store on the same place, as another process has it."""
        raise NotImplementedError


def _rows() -> st.SearchStrategy[dict[str, object]]:
    return st.fixed_dictionaries(
        {
            "title": st.sampled_from(["城市供水通知", "医院管理办法", "供水与医院公告"]),
            "publisher": st.sampled_from(PUBLISHERS),
            "topic": st.lists(st.sampled_from(TOPICS), max_size=3),
            "genre": st.sampled_from(["通知", "办法", ""]),
            "disclosure": st.sampled_from(["主动公开", "依申请公开"]),
        }
    )


def _choices() -> st.SearchStrategy[dict[str, tuple[str, ...]]]:
    topics = ("财政、金融、审计", *TOPICS[:3], "_missing")
    return st.fixed_dictionaries(
        {},
        optional={
            "topic": st.lists(st.sampled_from(topics), min_size=1, max_size=2).map(tuple),
            "publisher": st.lists(st.sampled_from(PUBLISHERS), min_size=1, max_size=2).map(tuple),
            "genre": st.just(("通知",)),
        },
    )


def _values(document: IndexDocument, field: str) -> Sequence[str]:
    value = document.fields[field]
    assert not isinstance(value, int)
    return value.split() if isinstance(value, str) else value


def _narrow(documents: Iterable[IndexDocument], filters: dict[str, Any]) -> list[IndexDocument]:
    return [
        document
        for document in documents
        if all(set(each.values) & set(_values(document, each.field)) for each in filters.values())
    ]
