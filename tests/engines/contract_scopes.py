"""What every engine has to show of one agency and of those below it, and nothing else."""

from datetime import date

import pytest

from gongkai.engines.installation import Installation
from gongkai.engines.port import EngineQuery
from gongkai.engines.scoped import ScopedEngine
from gongkai.errors import EngineUnavailableError
from gongkai.query.filters import build_filters, published_by
from gongkai.query.request import SearchRequest
from gongkai.query.tree import MatchAll, Term
from tests.engines.contract import Make, Opened

COUNTY, BUREAU, TOWN, OTHER = (
    "怀宁县人民政府",
    "怀宁县财政局",
    "怀宁县高河镇人民政府",
    "安庆市水利局",
)


class ScopesContract:
    """A mixin beside EngineContract: it needs the fixtures `opened`, `make` and `fresh`."""

    def test_a_county_covers_what_is_below_it(
        self, opened: Opened, make: Make, fresh: Installation
    ) -> None:
        names = {"a": COUNTY, "b": BUREAU, "c": TOWN, "d": OTHER}
        opened.index([make(id=key, publisher=name) for key, name in names.items()])
        request = SearchRequest(unit="340822-zf")
        query = EngineQuery(
            MatchAll(),
            build_filters(request, fresh.tables, date(2026, 1, 5)),
            facets=("publisher", "year"),
        )
        found = opened.ask(query)
        assert {hit.id for hit in found.hits} == {"a", "b", "c"}
        # The agencies within the unit are counted, too.
        assert found.facets["publisher"] == {"340822-zf": 1, "340822-czj": 1, "340822-ghz": 1}
        assert found.facets["year"] == {"2020": 3}

        whole = opened.engine
        scoped = ScopedEngine(whole, published_by("340822-zf", fresh.tables))
        asked = [Term("id", "a"), Term("id", "d"), MatchAll()]
        assert opened.run(scoped.search(EngineQuery(MatchAll()))).total == 3
        assert opened.run(scoped.count(asked)) == (1, 0, 3)
        assert opened.run(scoped.fetch("d")) is None
        assert opened.run(scoped.fetch("b")) == opened.fetch("b")
        assert opened.run(scoped.live()).records == 3
        assert opened.run(scoped.version()) == opened.version()
        kept = fresh.open_engine(opened.run(whole.live()).name)
        gone = fresh.open_engine("20200101t000000-000000")
        try:
            assert opened.run(kept.search(EngineQuery(MatchAll()))).total == 4
            assert opened.run(kept.live()) == opened.run(whole.live())
            with pytest.raises(EngineUnavailableError):
                opened.run(gone.search(EngineQuery(MatchAll())))
        finally:
            opened.run(kept.close())
            opened.run(gone.close())
        # A scope within a scope narrows it; a wider one opens nothing.
        town = ScopedEngine(scoped, published_by("340822-ghz", fresh.tables))
        city = ScopedEngine(town, published_by("340800-zf", fresh.tables))
        assert [hit.id for hit in opened.run(city.search(EngineQuery(MatchAll()))).hits] == ["c"]
