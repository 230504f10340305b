"""The facet panels of the filter column, and chips for the active filters."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from gongkai.catalog.classifications import MISSING
from gongkai.catalog.dates import PartialDate
from gongkai.catalog.fields import PANELS, TITLES, TREES
from gongkai.query.request import DATED, Scope, SearchRequest
from gongkai.search.responses import FacetValueView, SearchAnswer
from search_api.web.date_filter import DATE_TITLES, IN_FORCE_LABEL
from search_api.web.facet_rows import FacetRow, FacetRows, missing_last, walk
from search_api.web.urls import (
    facet_url,
    search_url,
    toggle,
    with_in_force,
    with_scope,
    without_dates,
    without_document_number,
    without_unit,
)

UNFOLDED = PANELS[:3]
"""Panels that are open without a selection."""
ROWS_SHOWN = 8
"""Number of values shown before the fold."""
ROWS_FOLDED = 16
"""Number of values behind the fold, without children. The facet page shows all."""


@dataclass(frozen=True, slots=True)
class FacetPanel:
    """One facet: visible `rows`, folded `more`, and `href` of the page with all values, if long.

    `left_out` is the number of values that only that page shows.
    """

    name: str
    title: str
    is_open: bool
    rows: tuple[FacetRow, ...]
    more: tuple[FacetRow, ...]
    left_out: int
    is_more_open: bool
    href: str | None


@dataclass(frozen=True, slots=True)
class Chip:
    """One active filter, and the address of the list without it."""

    title: str
    label: str
    href: str


def settle_request(request: SearchRequest, answer: SearchAnswer) -> SearchRequest:
    """Returns the request with the canonical values of the response: agency codes, class paths.

    Links built from it can remove a filter that was given by another name.
    """
    if not request.chosen:
        return request
    settled = {
        name: tuple(each.value for each in walk(values) if each.selected)
        for name, values in answer.facets.items()
    }
    chosen = {**request.chosen, **settled}
    return replace(request, chosen={name: each for name, each in chosen.items() if each})


def build_panels(request: SearchRequest, answer: SearchAnswer) -> tuple[FacetPanel, ...]:
    """Returns the panels that can narrow the list.

    A facet with only unclassified records cannot.
    """
    facets = [(name, answer.facets.get(name, [])) for name in PANELS]
    return tuple(
        _build_panel(request, name, values, answer.more.get(name, 0))
        for name, values in facets
        if _narrows(values)
    )


def build_chips(request: SearchRequest, answer: SearchAnswer) -> tuple[Chip, ...]:
    """Returns chips for the unit, the chosen values, the dates and the document number (文号)."""
    chips = [
        Chip(TITLES[name], label, search_url(toggle(request, name, value)))
        for name in PANELS
        for value, label in _chosen_labels(request, answer, name)
    ]
    for name in DATED:
        start, end = (getattr(request, f"{name}_{part}") for part in ("from", "to"))
        if dates := _date_range(start, end):
            without = search_url(without_dates(request, name))
            chips.append(Chip(DATE_TITLES[name], dates, without))
    if request.in_force:
        href = search_url(with_in_force(request, in_force=False))
        chips.append(Chip(TITLES["validity"], IN_FORCE_LABEL, href))
    if request.scope is Scope.TITLE and request.text.strip():
        chips.append(Chip("检索范围", "标题", search_url(with_scope(request, Scope.ALL))))
    if answer.query.unit:
        label = f"{answer.query.unit.name}（含下级）"
        chips.insert(0, Chip("单位", label, search_url(without_unit(request))))
    if request.document_number:
        href = search_url(without_document_number(request))
        chips.append(Chip(TITLES["document_number"], request.document_number, href))
    return tuple(chips)


def list_leaves(name: str, values: Sequence[FacetValueView]) -> list[FacetValueView]:
    """Returns the agencies of a tree one by one; the values of another facet as they are."""
    if name != "publisher":
        return list(values)
    return [replace(each, children=[]) for each in walk(values) if not each.children]


def _narrows(values: Sequence[FacetValueView]) -> bool:
    return any(each.selected or (each.count and each.value != MISSING) for each in walk(values))


def _build_panel(
    request: SearchRequest, name: str, values: Sequence[FacetValueView], more: int
) -> FacetPanel:
    rows, ordered = FacetRows(request, name), missing_last(values)
    # A fold for a single row would take as much space as the row.
    shown = len(ordered) if len(ordered) == ROWS_SHOWN + 1 else ROWS_SHOWN
    is_open = name in UNFOLDED or any(map(rows.is_open, ordered))
    rest = ordered[shown:]
    # The folded rows are the first ROWS_FOLDED and every open one. More would bloat the page.
    folded = [each for at, each in enumerate(rest) if at < ROWS_FOLDED or rows.is_open(each)]
    return FacetPanel(
        name=name,
        title=TITLES[name],
        is_open=is_open,
        rows=rows.build(ordered[:shown], with_children=is_open),
        more=rows.build(folded, with_children=False),
        left_out=max(len(rest) - ROWS_FOLDED, 0) + more,
        is_more_open=any(map(rows.is_open, rest)),
        href=facet_url(request, name) if more or _is_long(values) else None,
    )


def _is_long(values: Sequence[FacetValueView]) -> bool:
    return sum(1 for _ in islice(walk(values), ROWS_SHOWN + 2)) > ROWS_SHOWN + 1


def _chosen_labels(
    request: SearchRequest, answer: SearchAnswer, name: str
) -> Iterator[tuple[str, str]]:
    """Yields the chosen values of one field with their labels; a class shows its full path."""
    chosen = request.chosen.get(name, ())
    values = answer.facets.get(name, []) if chosen else []
    labels = {each.value: each.label for each in walk(values)}
    for value in chosen:
        is_path = name in TREES and "/" in value
        yield value, value.replace("/", " › ") if is_path else labels.get(value, value)


def _date_range(start: PartialDate | None, end: PartialDate | None) -> str:
    if start and end:
        return f"{start.iso} 至 {end.iso}"
    return f"{start.iso} 起" if start else f"{end.iso} 止" if end else ""
