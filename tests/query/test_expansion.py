"""Terms that have other names, and agencies by every name that means one of them alone."""

from analyzers.synonyms import Synonym
from gongkai.catalog.tables import Tables
from gongkai.query.expansion import QueryExpander

PAIRS = (Synonym("低保", "最低生活保障"), Synonym("公积金", "住房公积金", "both"))


def test_plain_words_lead_to_official_ones_and_back_only_where_said() -> None:
    knowledge = QueryExpander(PAIRS)
    (found,) = knowledge.find("低保怎么申请")
    assert (found.start, found.end, found.others) == (0, 2, ("最低生活保障",))
    assert all(not each.others for each in knowledge.find("最低生活保障"))
    assert knowledge.find("住房公积金")[0].others == ("公积金",)


def test_an_agency_is_known_by_its_present_short_and_former_names(tables: Tables) -> None:
    knowledge = QueryExpander(agencies=tables.agencies)
    for name in ("安庆市教育体育局", "市教体局", "安庆市教育局"):
        (found,) = knowledge.find(name)
        agency = tables.agencies.find(name)
        assert agency is not None
        assert found.agency == agency.code
        assert found.others == (() if name == agency.name else (agency.name,))
        assert knowledge.is_name(name)
    assert not knowledge.is_name("教育局长")


def test_without_tables_nothing_is_known() -> None:
    assert QueryExpander().find("低保") == ()
    assert not QueryExpander().is_prefix("宜政办秘")
