"""Alternatives for a search without results.

Each alternative is a link with its number of records. Alternatives without records are left out.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from gongkai.catalog.classifications import MISSING
from gongkai.catalog.fields import TITLES, TREES
from gongkai.query.request import SearchRequest
from gongkai.search.responses import FacetValueView, SearchAnswer
from search_api.web.facet_rows import walk
from search_api.web.urls import search_url, without_filters

_VALUES = 6


@dataclass(frozen=True, slots=True)
class Way:
    """One link to `count` records."""

    label: str
    href: str
    count: int


@dataclass(frozen=True, slots=True)
class Lead:
    """A sentence and the links that belong to it."""

    text: str
    ways: tuple[Way, ...]


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Data for an empty list: the number of records without its filters (`unfiltered`), and the
    facets of all records (`whole`).
    """

    unfiltered: int
    whole: Mapping[str, Sequence[FacetValueView]]


def build_leads(
    request: SearchRequest, answer: SearchAnswer, elsewhere: Elsewhere
) -> tuple[Lead, ...]:
    """Returns the groups of links: without filters, other filter values, classes named in the
    query.
    """
    leads = [
        _without_choices(request, elsewhere.unfiltered),
        *_other_choices(request, answer),
        *_named_classes(answer, elsewhere.whole),
    ]
    return tuple(lead for lead in leads if lead.ways)


def _without_choices(request: SearchRequest, count: int) -> Lead:
    way = Way("去掉全部筛选条件", search_url(without_filters(request)), count)
    return Lead("放宽条件：", (way,) if count else ())


def _other_choices(request: SearchRequest, answer: SearchAnswer) -> Iterator[Lead]:
    """Yields other values of each filtered field.

    Facet counts ignore the filter of their own field.
    """
    for name, chosen in request.chosen.items():
        others = [each for each in answer.facets.get(name, []) if each.value not in chosen]
        values = [each for each in walk(others) if each.count and each.value != MISSING]
        near = sorted(values, key=lambda each: (not _is_near(each.value, chosen), -each.count))
        ways = tuple(
            Way(each.label, _choose(request, name, each.value), each.count)
            for each in near[:_VALUES]
        )
        yield Lead(f"换一个{TITLES[name]}：", ways)


def _is_near(value: str, chosen: tuple[str, ...]) -> bool:
    """Returns whether the value is the parent or a sibling of a chosen class."""
    parents = {each.rpartition("/")[0] for each in chosen} - {""}
    return value in parents or value.rpartition("/")[0] in parents


def _named_classes(
    answer: SearchAnswer, whole: Mapping[str, Sequence[FacetValueView]]
) -> Iterator[Lead]:
    words = [term for term in answer.query.terms if len(term) > 1]
    for name in (*TREES, "publisher"):
        found = [
            each
            for each in walk(whole.get(name, []))
            if each.count and any(word in each.label or each.label in word for word in words)
        ]
        ways = tuple(
            Way(each.label, search_url(SearchRequest(chosen={name: (each.value,)})), each.count)
            for each in sorted(found, key=lambda each: -each.count)[:_VALUES]
        )
        yield Lead(f"名称相近的{TITLES[name]}：", ways)


def _choose(request: SearchRequest, name: str, value: str) -> str:
    return search_url(replace(request, chosen={**request.chosen, name: (value,)}, page=1))
