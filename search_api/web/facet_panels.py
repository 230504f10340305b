"""An answer's facets in; the filter column's panels and the chips out. `rendering` calls it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from gongkai.catalog.classifications import MISSING
from gongkai.catalog.dates import PartialDate
from gongkai.catalog.fields import TREES
from gongkai.query.request import SearchRequest
from gongkai.search.facets import TITLES
from gongkai.search.responses import FacetValueView, SearchAnswer
from search_api.web.urls import (
    facet_url,
    search_url,
    toggle,
    without_dates,
    without_document_number,
)

ORDER = (
    "topic",
    "publisher",
    "year",
    "genre",
    "audience",
    "life_event",
    "category",
    "validity",
    "disclosure",
    "format",
)
"""Panels from the top: what citizens narrow by comes first."""
UNFOLDED = frozenset(ORDER[:3])
"""Panels that are open before anything is chosen in them."""
ROWS_SHOWN = 8
"""Values of a panel before the fold."""
ROWS_FOLDED = 16
"""Values behind the fold, without what lies below them; a page of its own holds all."""


@dataclass(frozen=True, slots=True)
class FacetRow:
    """One value; `href` chooses it or takes it off, `is_open` unfolds what lies below it."""

    label: str
    count: int
    href: str
    is_selected: bool
    is_open: bool
    children: tuple["FacetRow", ...]


@dataclass(frozen=True, slots=True)
class FacetPanel:
    """One facet: `rows` in sight, `more` behind a fold, all of them to search in at `href`.

    `left_out`: values that are there only.
    """

    name: str
    title: str
    is_open: bool
    rows: tuple[FacetRow, ...]
    more: tuple[FacetRow, ...]
    left_out: int
    is_more_open: bool
    href: str


@dataclass(frozen=True, slots=True)
class Chip:
    """One thing that narrows the list, and the address without it."""

    title: str
    label: str
    href: str


def settle_request(request: SearchRequest, answer: SearchAnswer) -> SearchRequest:
    """The request in the answer's own values: an agency's name became its code, an alias its path.

    Links made of it take a value off even where it came in by another name.
    """
    settled = {
        name: tuple(each.value for each in walk(values) if each.selected)
        for name, values in answer.facets.items()
    }
    chosen = {**request.chosen, **settled}
    return replace(request, chosen={name: each for name, each in chosen.items() if each})


def build_panels(request: SearchRequest, answer: SearchAnswer) -> tuple[FacetPanel, ...]:
    """The panels worth showing: a facet where every record is unclassified narrows nothing."""
    facets = [(name, answer.facets.get(name, [])) for name in ORDER]
    return tuple(_build_panel(request, name, values) for name, values in facets if _narrows(values))


def build_chips(request: SearchRequest, answer: SearchAnswer) -> tuple[Chip, ...]:
    """What is chosen, field by field, then the date range and the document number (文号)."""
    chips = [
        Chip(TITLES[name], label, search_url(toggle(request, name, value)))
        for name in ORDER
        for value, label in _chosen_labels(request, answer, name)
    ]
    if dates := _date_range(request.published_from, request.published_to):
        chips.append(Chip("发布日期", dates, search_url(without_dates(request))))
    if request.document_number:
        href = search_url(without_document_number(request))
        chips.append(Chip("文号", request.document_number, href))
    return tuple(chips)


def missing_last(values: Sequence[FacetValueView]) -> list[FacetValueView]:
    """未分类 after everything else, the given order kept."""
    return sorted(values, key=lambda each: each.value == MISSING)


def walk(values: Sequence[FacetValueView]) -> Iterator[FacetValueView]:
    """Every value of a facet, parents before children."""
    for each in values:
        yield each
        yield from walk(each.children)


def _narrows(values: Sequence[FacetValueView]) -> bool:
    return any(each.selected or (each.count and each.value != MISSING) for each in walk(values))


def _build_panel(request: SearchRequest, name: str, values: Sequence[FacetValueView]) -> FacetPanel:
    rows = build_rows(request, name, values)
    # A fold over one single row would take as much room as the row.
    shown = len(rows) if len(rows) == ROWS_SHOWN + 1 else ROWS_SHOWN
    is_open = name in UNFOLDED or any(each.selected for each in walk(values))
    return FacetPanel(
        name=name,
        title=TITLES[name],
        is_open=is_open,
        rows=rows[:shown] if is_open else _without_branches(rows[:shown]),
        more=_fold(rows[shown:]),
        left_out=max(len(rows) - shown - ROWS_FOLDED, 0),
        is_more_open=any(row.is_open for row in rows[shown:]),
        href=facet_url(request, name),
    )


def _fold(rows: Sequence[FacetRow]) -> tuple[FacetRow, ...]:
    """A page of 330 links weighs more than what it lists: what is chosen stays, the rest is cut."""
    kept = [row for at, row in enumerate(rows) if at < ROWS_FOLDED or row.is_open]
    return _without_branches(kept)


def _without_branches(rows: Sequence[FacetRow]) -> tuple[FacetRow, ...]:
    """Rows that show what lies below them only once they are chosen."""
    return tuple(row if row.is_open else replace(row, children=()) for row in rows)


def build_rows(
    request: SearchRequest, name: str, values: Sequence[FacetValueView]
) -> tuple[FacetRow, ...]:
    """The values of one facet, 未分类 last, each with the link that chooses it."""
    return tuple(_build_row(request, name, each) for each in missing_last(values))


def _build_row(request: SearchRequest, name: str, value: FacetValueView) -> FacetRow:
    below = [each for each in value.children if each.count or each.selected]
    return FacetRow(
        label=value.label,
        count=value.count,
        href=search_url(toggle(request, name, value.value)),
        is_selected=value.selected,
        is_open=value.selected or any(each.selected for each in walk(value.children)),
        children=build_rows(request, name, below),
    )


def _chosen_labels(
    request: SearchRequest, answer: SearchAnswer, name: str
) -> Iterator[tuple[str, str]]:
    """Chosen values of one field with their labels; a class with the classes above it."""
    labels = {each.value: each.label for each in walk(answer.facets.get(name, []))}
    for value in request.chosen.get(name, ()):
        is_path = name in TREES and "/" in value
        yield value, value.replace("/", " › ") if is_path else labels.get(value, value)


def _date_range(start: PartialDate | None, end: PartialDate | None) -> str:
    if start and end:
        return f"{start.iso} 至 {end.iso}"
    return f"{start.iso} 起" if start else f"{end.iso} 止" if end else ""
