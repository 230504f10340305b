"""What every engine has to do for suggestions and corrections: public words, counts, a version."""

from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import replace
from itertools import pairwise

import pytest

from gongkai.engines.installation import Installation
from gongkai.engines.port import STAFF, TERM_DICTIONARY_VALUES, EngineQuery, IndexDocument
from gongkai.query.interpreter import QueryInterpreter
from gongkai.query.tree import And, MatchAll, Or, Term
from tests.engines.contract import Make, Opened

FIELDS = ("terms", "number_prefix")


def words(opened: Opened) -> Mapping[str, Mapping[str, int]]:
    return opened.ask(EngineQuery(MatchAll(), facets=FIELDS, limit=0)).facets


def held_by(documents: Iterable[IndexDocument]) -> Mapping[str, Mapping[str, int]]:
    """The same by counting the documents themselves."""
    kept = list(documents)
    return {name: Counter(v for each in kept for v in _values(each, name)) for name in FIELDS}


def _values(document: IndexDocument, name: str) -> Iterable[str]:
    values = document.fields[name]
    assert isinstance(values, tuple)
    return values


class VocabularyContract:
    """A mixin beside EngineContract: it needs the fixtures `opened`, `make` and `fresh`."""

    @pytest.fixture
    def interpreter(self, fresh: Installation) -> QueryInterpreter:
        return QueryInterpreter(fresh.analyzer)

    def test_words_and_codes_are_counted_exactly(self, opened: Opened, make: Make) -> None:
        opened.index(
            [
                make(id="a", title="农村的饮水安全", document_number="宜水农〔2016〕40号"),
                make(id="b", title="饮水安全饮水工程", keywords="供水保障"),
            ]
        )
        counted = words(opened)
        assert counted["terms"]["饮水安全"] == 2
        assert counted["terms"]["农村"] == 1
        assert counted["terms"]["供水保障"] == 1
        assert "的" not in counted["terms"]
        assert counted["number_prefix"] == {"宜水农": 1}

    def test_the_words_are_those_of_the_records_there_are(self, opened: Opened, make: Make) -> None:
        a = make(id="a", title="农村饮水安全的通知", document_number="宜水农〔2016〕40号")
        b = make(
            id="b", title="堤防加固工程", keywords="防汛抗旱", document_number="宜水〔2016〕1号"
        )
        c = make(id="c", title="堤防管理办法", document_number="宜水农〔2017〕3号")
        opened.index([a, b])
        assert words(opened) == held_by([a, b])
        anew = make(id="a", title="城市供水的通知", document_number="宜城建〔2018〕2号")
        opened.index([anew, c])
        assert words(opened) == held_by([anew, b, c])
        with opened.store.update() as writer:
            writer.delete("b")
            writer.commit()
        assert words(opened) == held_by([anew, c])
        opened.rebuild([b])
        assert words(opened) == held_by([b])
        opened.store.rollback()
        assert words(opened) == held_by([anew, c])

    def test_words_go_while_a_writer_is_at_work(
        self, opened: Opened, make: Make, fresh: Installation
    ) -> None:
        kept = make(id="b", title="蓄洪区的通知")
        opened.index([make(id="a", title="堤防加固", document_number="宜水〔2016〕1号"), kept])
        with opened.store.update(), closing(fresh.open_store()) as other:
            version = opened.version()
            other.withdraw(["a"], cause=STAFF)
            assert words(opened) == held_by([kept])
            assert opened.count([Term("terms", "堤防"), Term("number_prefix", "宜水")]) == (0, 0)
            assert opened.version() != version

    def test_of_too_many_words_the_most_frequent_stay(self, opened: Opened, make: Make) -> None:
        one = make(id="r", document_number="宜水农〔2016〕40号")
        shared = tuple(f"常用词{n}" for n in range(10))
        rare = [tuple(f"词{n}之{m}" for m in range(1_000)) for n in range(70)]
        opened.index(
            replace(one, id=f"r{n}", fields={**one.fields, "terms": (*shared, *own)})
            for n, own in enumerate(rare)
        )
        counted = words(opened)
        assert len(counted["terms"]) == TERM_DICTIONARY_VALUES
        assert {counted["terms"].get(word) for word in shared} == {len(rare)}
        assert counted["number_prefix"] == {"宜水农": len(rare)}
        assert opened.count([Term("terms", own[-1]) for own in rare]) == (1,) * len(rare)

    def test_what_is_closed_lends_no_word(self, opened: Opened, make: Make) -> None:
        opened.index(
            [
                make(
                    id="a", title="关于堤防加固的通知", disclosure="依申请公开", body="绝密水文站"
                ),
                make(id="b", title="关于河道采砂的通知"),
                make(id="c", title="关于蓄洪分洪的通知"),
            ]
        )
        assert {"堤防", "河道采砂"} <= words(opened)["terms"].keys()
        assert "水文站" not in words(opened)["terms"]
        opened.store.withdraw(["b"], cause=STAFF)
        assert "河道采砂" not in words(opened)["terms"]
        assert opened.count([Term("terms", "河道采砂"), Term("terms", "堤防")]) == (0, 1)
        with opened.store.update() as writer:
            writer.delete("c")
            writer.commit()
        assert "蓄洪" not in words(opened)["terms"]
        opened.index([make(id="a", title="关于蓄洪分洪的通知")])
        counted = [Term("terms", "堤防"), Term("terms", "河道采砂"), Term("terms", "蓄洪")]
        assert opened.count([*counted, MatchAll()]) == (0, 0, 1, 1)

    def test_counts_are_the_totals_of_searches(
        self, opened: Opened, make: Make, interpreter: QueryInterpreter
    ) -> None:
        opened.index(make(id=f"r{n}", title=f"第{n}期饮水工程通知") for n in range(5))
        texts = ("饮水工程", "饮水 -通知", "第3期", "火星", "农村 饮水 火星")
        trees = [interpreter.interpret(text).strict for text in texts]
        relaxed = interpreter.interpret(texts[-1]).relaxed
        assert relaxed is not None
        trees += [relaxed, MatchAll(), And((Term("terms", "饮水工程"),))]
        counts = opened.count(trees)
        assert counts == tuple(opened.ask(EngineQuery(tree, limit=0)).total for tree in trees)
        assert counts[0] == 5
        assert counts[3] == 0
        assert opened.count([]) == ()

    def test_alternatives_of_unequal_frequency_are_counted_once(
        self, opened: Opened, make: Make
    ) -> None:
        opened.index(
            make(id=f"r{n}", title="饮水工程通知", body="水库" * (n < 2)) for n in range(12)
        )
        opened.index([make(id="only", title="蓄洪", body="水库")])
        frequent, rare = Term("title_words", "饮水"), Term("body_words", "水库")
        queries = [Or((rare, frequent)), Or((rare, frequent, Term("title_words", "蓄洪")))]
        assert opened.count(queries) == (13, 13)
        opened.store.withdraw(["r0", "r5"], cause=STAFF)
        assert opened.count(queries) == (11, 11)

    def test_parts_of_numbers_find_their_records(self, opened: Opened, make: Make) -> None:
        numbers = ("宜政办发〔2016〕40号", "宜政办发〔2017〕4号", "宜政办秘〔2016〕40号")
        opened.index(make(id=each, document_number=each) for each in numbers)
        assert opened.find("宜政办发〔2016〕") == ["宜政办发〔2016〕40号"]
        assert sorted(opened.find("〔2016〕40号")) == sorted((numbers[0], numbers[2]))

    def test_the_version_changes_with_what_is_seen(self, opened: Opened, make: Make) -> None:
        opened.index([make(id="a"), make(id="b")])
        versions = [opened.version()]
        assert opened.version() == versions[0]
        opened.index([make(id="c")])
        versions.append(opened.version())
        opened.store.withdraw(["c"], cause=STAFF)
        versions.append(opened.version())
        opened.rebuild([make(id="d")])
        versions.append(opened.version())
        with opened.store.update() as writer:
            writer.delete("d")
            writer.commit()
        versions.append(opened.version())
        opened.store.rollback()
        versions.append(opened.version())
        assert all(before != after for before, after in pairwise(versions))
        assert opened.find("火星") == []
        assert opened.version() == versions[-1]
