"""Facets from counts: each value once, in order, below its parent."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.catalog.classifications import MISSING
from gongkai.catalog.fields import FACETS, TREES
from gongkai.engines.installation import Installation
from gongkai.search.facets import FacetBuilder
from gongkai.search.responses import FacetValueView

VALUES = st.one_of(
    st.text(max_size=6), st.sampled_from([MISSING, "2008", '引"号\\', "决策", "财政/预算"])
)
COUNTS = st.dictionaries(VALUES, st.integers(0, 10**9), max_size=12)


def walk(values: list[FacetValueView]) -> Iterator[FacetValueView]:
    for each in values:
        yield each
        yield from walk(each.children)


@pytest.fixture(scope="session")
def builder(installation: Installation) -> FacetBuilder:
    return FacetBuilder(installation.tables)


@given(
    name=st.sampled_from(sorted(FACETS)),
    counts=COUNTS,
    chosen=st.frozensets(VALUES.filter(lambda value: value and "//" not in value), max_size=3),
    size=st.integers(1, 20),
)
def test_every_value_is_there_once_with_its_count_and_choice(
    builder: FacetBuilder,
    name: str,
    counts: dict[str, int],
    chosen: frozenset[str],
    size: int,
) -> None:
    values = builder.build_whole(name, counts, chosen)
    shown = {each.value: each for each in walk(values)}
    assert len(shown) == sum(1 for _ in walk(values))
    assert {value: each.count for value, each in shown.items() if value in counts} == counts
    assert {value for value, each in shown.items() if each.selected} == chosen
    few = builder.build(name, counts, size, chosen)
    kept = {each.value: each.count for each in walk(few.values)}
    assert kept.items() <= {value: each.count for value, each in shown.items()}.items()
    assert set(kept) >= chosen
    assert len(kept) >= min(size, len(counts))
    assert few.more == len({*counts, *kept}) - len(kept)


def test_the_most_frequent_come_first_and_what_is_chosen_is_always_there(
    builder: FacetBuilder,
) -> None:
    counts = {f"agency {number}": number for number in range(300)} | {MISSING: 10_000}
    facet = builder.build("publisher", counts, 20, frozenset({"agency 3"}))
    values = facet.values
    assert [each.count for each in values[:3]] == [299, 298, 297]
    assert [each.value for each in values[-3:]] == ["agency 281", "agency 3", MISSING]
    assert [each.selected for each in values[-3:]] == [False, True, False]
    assert (len(values), facet.more) == (21, 280)
    whole = builder.build_whole("publisher", counts)
    assert len(whole) == 301
    assert whole[-1].label == "未分类"
    years = builder.build("year", {"2008": 9, MISSING: 4, "2019": 1, "2021": 1}, 2)
    assert [each.value for each in years.values] == ["2021", "2019"]


def test_a_class_stands_below_its_parents(builder: FacetBuilder) -> None:
    assert "topic" in TREES
    values = builder.build(
        "topic", {"财政": 3, "财政/预算": 2}, 20, frozenset({"财政/预算"})
    ).values
    (parent,) = values
    assert [(each.label, each.count, each.selected) for each in parent.children] == [
        ("预算", 2, True)
    ]
