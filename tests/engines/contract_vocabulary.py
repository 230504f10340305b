"""What every engine has to do for suggestions and corrections: public words, counts, a version."""

from collections.abc import Mapping

import pytest

from engines.opening import Installation
from engines.port import STAFF, EngineQuery
from queries.tree import And, Everything, Term
from queries.understand import Understanding
from tests.engines.contract import Make, Opened

FIELDS = ("terms", "number_prefix")


def words(opened: Opened) -> Mapping[str, Mapping[str, int]]:
    return opened.ask(EngineQuery(Everything(), facets=FIELDS, limit=0)).facets


class VocabularyContract:
    """A mixin beside EngineContract: it needs the fixtures `opened`, `make` and `fresh`."""

    @pytest.fixture
    def understanding(self, fresh: Installation) -> Understanding:
        return Understanding(fresh.analysis)

    def test_words_and_codes_are_counted_exactly(self, opened: Opened, make: Make) -> None:
        opened.index(
            [
                make(id="a", title="农村饮水安全的通知", document_number="宜水农〔2016〕40号"),
                make(id="b", title="饮水安全饮水工程", keywords="供水保障"),
            ]
        )
        counted = words(opened)
        assert counted["terms"]["饮水安全"] == 2
        assert counted["terms"]["农村"] == 1
        assert counted["terms"]["供水保障"] == 1
        assert "的" not in counted["terms"]
        assert counted["number_prefix"] == {"宜水农": 1}

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

    def test_counts_are_the_totals_of_searches(
        self, opened: Opened, make: Make, understanding: Understanding
    ) -> None:
        opened.index(make(id=f"r{n}", title=f"第{n}期饮水工程通知") for n in range(5))
        texts = ("饮水工程", "饮水 -通知", "第3期", "火星", "农村 饮水 火星")
        trees = [understanding.understand(text).strict for text in texts]
        relaxed = understanding.understand(texts[-1]).relaxed
        assert relaxed is not None
        trees += [relaxed, Everything(), And((Term("terms", "饮水工程"),))]
        counts = opened.count(trees)
        assert counts == tuple(opened.ask(EngineQuery(tree, limit=0)).total for tree in trees)
        assert counts[0] == 5
        assert counts[3] == 0
        assert opened.count([]) == ()

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
        assert len(set(versions)) == 4
        assert opened.version() == versions[-1]
