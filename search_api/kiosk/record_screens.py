"""The kiosk screens of one record: its text, and the comparison of two versions."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from gongkai.catalog.fields import TITLES
from gongkai.query.request import SearchRequest
from gongkai.search.responses import ComparisonAnswer, CopyView, RecordView, SearchAnswer
from search_api.kiosk.layout import KioskContext, link_row, render_screen
from search_api.kiosk.mode import Mode, read_back, read_list_query
from search_api.web.catalog_entry import TERM_HEADING
from search_api.web.citations_page import CitationSections, CitedRow
from search_api.web.comparison_page import build_comparison
from search_api.web.qr import draw_qr
from search_api.web.record_page import Found, RecordPage, build_record_page
from search_api.web.results_page import CopyRow, HitRow, build_hit
from search_api.web.site import record_path


@dataclass(frozen=True, slots=True)
class ReachedList:
    """The list that a record was chosen from."""

    request: SearchRequest
    answer: SearchAnswer


@dataclass(frozen=True, slots=True)
class Reached:
    """The way to a record: the query, the address of the list, the current date, the list."""

    found: Found
    back: str
    today: date
    citations: CitationSections
    listed: ReachedList | None = None


def render_kiosk_record(context: KioskContext, record: RecordView, reached: Reached) -> str:
    """Renders one record. A QR code shows its address if the site has a public URL."""
    page = context.page
    shown = build_record_page(record, (), reached.found, page.base, reached.today)
    return render_screen(
        "record",
        context,
        record=shown,
        facts=list(_facts(shown)),
        qr=draw_qr(shown.address) if page.site.public_url else None,
        address=shown.address if page.site.public_url else "",
        copies=[(each, _copy_link(context.mode, each, reached)) for each in shown.copies],
        versions=_link_versions(context.mode, record, reached),
        cited=list(_link_citations(context.mode, reached)),
        listed=list(_listed(context.mode, record.id, reached)),
        back=read_back(reached.back, context.mode),
    )


def _link_versions(mode: Mode, record: RecordView, reached: Reached) -> list[tuple[CopyView, str]]:
    """Returns the other versions of a record with the addresses of the comparisons."""
    back = [("back", reached.back)] if reached.back else []
    return [
        (each, mode.link(f"/kiosk/comparison{record_path(record.id)}", ("with", each.id), *back))
        for each in record.versions
    ]


def render_kiosk_comparison(context: KioskContext, answer: ComparisonAnswer, back: str) -> str:
    """Renders the comparison of two versions by article."""
    compared = build_comparison(answer, context.page.base)
    given = [("back", back)] if back else []
    later = context.mode.link(f"/kiosk{compared.later_href}", *given)
    return render_screen("comparison", context, compared=compared, back=later)


def _link_citations(
    mode: Mode, reached: Reached
) -> Iterator[tuple[str, list[tuple[CitedRow, str]]]]:
    """Yields the headings of the citations with their records and kiosk addresses."""
    found = reached.citations
    sections = {
        "本文件的依据": found.basis,
        "本文件引用的文件": found.cites,
        f"引用本文件的文件（{found.total:,} 件）": found.cited_by,
    }
    for heading, rows in sections.items():
        if rows:
            yield heading, [(each, _copy_link(mode, each, reached)) for each in rows]


def _copy_link(mode: Mode, copy: CopyRow | CitedRow, reached: Reached) -> str:
    """Returns the kiosk address of another record, with the same way back."""
    back = [("back", reached.back)] if reached.back else []
    return mode.link(f"/kiosk{copy.href}", *back)


def _listed(mode: Mode, shown: str, reached: Reached) -> Iterator[tuple[HitRow, str, bool]]:
    """Yields the hits of the list with their links, and whether each is the record `shown`."""
    if reached.listed is None:
        return
    request, answer = reached.listed.request, reached.listed.answer
    query = read_list_query(reached.back) or ""
    asked = replace(request, text=answer.query.text)
    for hit in answer.hits:
        yield *link_row(mode.with_rows_of(query), build_hit(hit), asked), hit.id == shown


def _facts(record: RecordPage) -> Iterator[tuple[str, str]]:
    keys = ("publisher", "document_number", "published_on", "validity")
    wanted = {TERM_HEADING, *(TITLES[key] for key in keys)}
    for row in record.rows:
        if row.heading in wanted:
            yield row.heading, "；".join(value.text for value in row.values)
