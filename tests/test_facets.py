"""Facets from counts: each value once, in order, below its parent."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.catalog.classifications import MISSING
from gongkai.catalog.fields import FACETS, TREES
from gongkai.engines.installation import Installation
from gongkai.search.facets import VALUES_SHOWN, FacetBuilder
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
    whole=st.booleans(),
)
def test_every_value_is_there_once_with_its_count_and_choice(
    builder: FacetBuilder,
    name: str,
    counts: dict[str, int],
    chosen: frozenset[str],
    whole: bool,  # drawn
) -> None:
    values = builder.build(name, counts, chosen, whole=whole)
    shown = {each.value: each for each in walk(values)}
    assert len(shown) == sum(1 for _ in walk(values))
    assert {value: each.count for value, each in shown.items() if value in counts} == counts
    assert {value for value, each in shown.items() if each.selected} == chosen


def test_the_most_frequent_come_first_and_what_is_chosen_is_always_there(
    builder: FacetBuilder,
) -> None:
    counts = {f"agency {number}": number for number in range(300)} | {MISSING: 10_000}
    values = builder.build("publisher", counts, frozenset({"agency 3"}))
    assert [each.count for each in values[:3]] == [299, 298, 297]
    assert len(values) == VALUES_SHOWN + 1
    assert values[-1].value == "agency 3"
    assert values[-1].selected
    whole = builder.build("publisher", counts, whole=True)
    assert len(whole) == 301
    assert whole[-1].label == "未分类"
    years = builder.build("year", {"2008": 9, MISSING: 4, "2019": 1})
    assert [each.value for each in years] == ["2019", "2008", MISSING]


def test_a_class_stands_below_its_parents(builder: FacetBuilder) -> None:
    assert "topic" in TREES
    values = builder.build("topic", {"财政": 3, "财政/预算": 2}, frozenset({"财政/预算"}))
    (parent,) = values
    assert [(each.label, each.count, each.selected) for each in parent.children] == [
        ("预算", 2, True)
    ]
