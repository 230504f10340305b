"""What every engine has to do with agencies as a tree: counts and filters include those below."""

from dataclasses import replace
from datetime import date

from gongkai.engines.installation import Installation
from gongkai.query.request import SearchRequest
from gongkai.search.responses import FacetValueView
from gongkai.search.service import SearchService
from tests.engines.contract import Make, Opened

CITY, OFFICE, COUNTY, TOWN = "340800-zf", "340800-zfbgs", "340822-zf", "340822-ghz"


class AgenciesContract:
    """A mixin beside EngineContract: it needs the fixtures `opened`, `make` and `fresh`."""

    def test_agencies_are_a_tree_whose_counts_are_the_totals_after_a_click(
        self, opened: Opened, make: Make, fresh: Installation
    ) -> None:
        publishers = (CITY, CITY, OFFICE, COUNTY, TOWN, TOWN, "国务院", "某协会")
        opened.index(make(id=f"r{at}", publisher=each) for at, each in enumerate(publishers))
        service = SearchService(fresh, opened.engine, today=lambda: date(2026, 10, 1))
        asked = SearchRequest(facets=("publisher",), semantic=False)

        def total(*values: str) -> int:
            chosen = {"publisher": values}
            return opened.run(service.search(replace(asked, chosen=chosen))).total

        roots = {each.value: each for each in opened.run(service.search(asked)).facets["publisher"]}
        assert {value: each.count for value, each in roots.items()} == {
            CITY: 6,
            "100000-gwy": 1,
            "某协会": 1,
        }
        own, *below = roots[CITY].children
        assert (own.value, own.label, own.count) == (f"{CITY}/本级", "安庆市人民政府本级", 2)
        assert {each.value: each.count for each in below} == {OFFICE: 1, COUNTY: 3}

        def check(values: list[FacetValueView]) -> None:
            for each in values:
                assert total(each.value) == each.count, each.value
                check(each.children)

        check(list(roots.values()))
        assert total("安庆市人民政府") == 6
        assert total("安庆市人民政府/本级") == 2
        assert total(COUNTY, "某协会") == 4

    def test_a_chosen_agency_is_selected_below_those_above_it(
        self, opened: Opened, make: Make, fresh: Installation
    ) -> None:
        opened.index([make(id="a", publisher=TOWN), make(id="b", publisher=OFFICE)])
        service = SearchService(fresh, opened.engine, today=lambda: date(2026, 10, 1))
        asked = SearchRequest(chosen={"publisher": (TOWN,)}, facet_size=1, semantic=False)
        (city,) = opened.run(service.search(asked)).facets["publisher"]
        (county,) = city.children
        (town,) = county.children
        assert (city.count, county.count, town.count) == (2, 1, 1)
        assert (city.selected, county.selected, town.selected) == (False, False, True)
