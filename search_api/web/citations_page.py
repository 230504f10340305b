"""What a record cites and what cites it: sections of its page, and the page of all of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from gongkai.search.citation_service import CitationsAnswer
from gongkai.search.responses import CitedView, RecordView
from search_api.web.badges import IN_FORCE, Badge, choose_tone
from search_api.web.rendering import PageContext, render
from search_api.web.site import citations_path
from search_api.web.urls import record_url

CITING_SHOWN = 8
"""Citing records on the page of a record."""
PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class CitedRow:
    """A record that cites or is cited, with the badge of a validity that has ended."""

    view: CitedView
    href: str
    badges: tuple[Badge, ...]


@dataclass(frozen=True, slots=True)
class CitationSections:
    """The citations of a record. `all_href` leads to all citing records, None if all are here."""

    basis: tuple[CitedRow, ...]
    cites: tuple[CitedRow, ...]
    cited_by: tuple[CitedRow, ...]
    total: int
    all_href: str | None


def build_citations(answer: CitationsAnswer, record_id: str) -> CitationSections:
    """Returns the sections of the page of a record."""
    rows = _build_rows(answer.cites)
    is_whole = answer.cited_by_total <= len(answer.cited_by)
    return CitationSections(
        basis=tuple(each for each in rows if each.view.basis),
        cites=tuple(each for each in rows if not each.view.basis),
        cited_by=_build_rows(answer.cited_by),
        total=answer.cited_by_total,
        all_href=None if is_whole else citations_path(record_id),
    )


def render_citations(record: RecordView, answer: CitationsAnswer, context: PageContext) -> str:
    """Renders the page of all citing records."""
    path, here = citations_path(record.id), answer.page
    last = max(-(-answer.cited_by_total // answer.size), 1)
    return render(
        "citations.html",
        context,
        record=record,
        href=record_url(record.id),
        address=context.base + path,
        citations=build_citations(answer, record.id),
        number=here,
        last=last,
        previous=f"{path}?page={min(here - 1, last)}" if here > 1 else None,
        following=f"{path}?page={here + 1}" if here < last else None,
    )


def _build_rows(records: Sequence[CitedView]) -> tuple[CitedRow, ...]:
    return tuple(CitedRow(each, record_url(each.id), _build_badges(each)) for each in records)


def _build_badges(record: CitedView) -> tuple[Badge, ...]:
    validity = record.validity
    is_plain = validity in (None, "", IN_FORCE)
    return () if is_plain or validity is None else (Badge(validity, choose_tone(validity)),)
