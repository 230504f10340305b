"""FastAPI dependencies that give endpoints the services of this process.

All of them are coroutines without an await. FastAPI runs plain functions in a thread, which takes
longer than the functions themselves.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Annotated

from fastapi import Depends, Path, Query, Request
from fastapi.responses import Response
from starlette.background import BackgroundTask

from gongkai.catalog.stored_record import StoredRecord
from gongkai.errors import BadRequestError, StorageError
from gongkai.files.spreadsheets import write_sheet
from gongkai.query.request import PAGE_WINDOW, TEXT_LIMIT, SearchRequest
from gongkai.search.citation_service import CitationService
from gongkai.search.responses import RecordView, SearchAnswer
from gongkai.search.service import SearchService
from gongkai.search.suggest import Suggester
from gongkai.semantic.semantic_search import SemanticOutcome
from gongkai.services import Services
from search_api.http.errors import GoneError, MovedError, UnknownPageError, UnknownRecordError
from search_api.http.state import services_of, state_of
from search_api.web.rendering import PageContext, context_of
from search_api.web.site import Site, site_of

log = logging.getLogger("gongkai.search_api")


async def get_search_service(request: Request) -> SearchService:
    """Returns the search service."""
    return services_of(request).search


async def get_citations(request: Request) -> CitationService:
    """Returns the service of citations."""
    return services_of(request).citations


async def get_suggester(request: Request) -> Suggester:
    """Returns the suggester for autocomplete."""
    return services_of(request).suggester


async def get_site(request: Request) -> Site:
    """Returns the site that a request asks for."""
    return site_of(request)


async def get_context(request: Request) -> PageContext:
    """Returns the context for rendering a page."""
    return context_of(request)


async def refuse_on_unit_sites(request: Request) -> None:
    """Raises UnknownPageError on the site of one agency: staff work on the installation's own."""
    if site_of(request).unit:
        raise UnknownPageError


def find_unit_services(request: Request, unit: str) -> Services:
    """Returns the services of an agency of this site. Raises BadRequestError for another one."""
    services = services_of(request)
    agency = services.installation.tables.agencies.find_exactly(unit)
    if agency is None:
        raise BadRequestError("unit", "没有这个单位")
    return state_of(request).sites.services_of(agency.code)


def zero_result_task(
    request: Request, asked: SearchRequest, answer: SearchAnswer
) -> BackgroundTask | None:
    """Returns the task that records a query without results, or None."""
    is_plain = asked == SearchRequest(
        text=asked.text,
        size=asked.size,
        facets=asked.facets,
        facet_size=asked.facet_size,
        highlight=asked.highlight,
        fold=asked.fold,
    )
    if answer.keyword_total or not is_plain or not asked.text.strip():
        return None
    return BackgroundTask(_record_if_possible, services_of(request).zero_results.note, asked.text)


def record_listed(
    request: Request, asked: SearchRequest, answer: SearchAnswer
) -> BackgroundTask | None:
    """Returns the task that counts a query whose first page lists records on a page for people."""
    if not answer.hits or asked.page > 1 or not asked.text.strip():
        return None
    unclicked = services_of(request).unclicked
    # The links of the page carry the text as it was corrected.
    return BackgroundTask(_record_if_possible, unclicked.note_search, answer.query.text)


@dataclass(frozen=True, slots=True)
class OpenedFrom:
    """The query of the list that a record is opened from, and the task that notes the opening."""

    words: str
    task: BackgroundTask | None


async def get_opened_from(
    request: Request,
    q: str = "",
    place: Annotated[int, Query(ge=1, le=PAGE_WINDOW)] = 1,
) -> OpenedFrom:
    """Returns the query whose result is opened at this place of its list."""
    words = q[:TEXT_LIMIT]
    if not words.strip():
        return OpenedFrom(words, None)
    note = partial(services_of(request).unclicked.note_opened, place=place)
    return OpenedFrom(words, BackgroundTask(_record_if_possible, note, words))


def _record_if_possible(note: Callable[[str], None], text: str) -> None:
    """Records a query. A full disk must not fail the next request."""
    try:
        note(text)
    except StorageError:
        log.warning("a query was not counted: the data folder is not writable")


def store_if_possible(services: Services) -> None:
    """Stores the counted queries of this day. Called before the process ends."""
    try:
        services.zero_results.flush()
        services.unclicked.flush()
    except StorageError:
        log.warning("counted queries were not stored: the data folder is not writable")


OpenedFromDependency = Annotated[OpenedFrom, Depends(get_opened_from)]
SearchServiceDependency = Annotated[SearchService, Depends(get_search_service)]
CitationsDependency = Annotated[CitationService, Depends(get_citations)]
SuggesterDependency = Annotated[Suggester, Depends(get_suggester)]
SiteDependency = Annotated[Site, Depends(get_site)]
ContextDependency = Annotated[PageContext, Depends(get_context)]
RecordId = Annotated[
    str, Path(max_length=200, description="信息的编号，取自检索结果；其中的 `/` 不要编码。")
]


async def refuse_merged(record_id: RecordId, request: Request) -> None:
    """Raises MovedError if staff merged the record into another one and both are public.

    A record that is not public is treated as if there were no merge decision. If the kept record
    has been closed since, the last public record on the merge path is shown, or else the merged
    record itself.
    """
    duplicate_service = services_of(request).duplicates
    path = duplicate_service.decisions.kept_path(record_id)
    if not path:
        return
    public = await duplicate_service.find_public([record_id, *path])
    kept = next((each for each in path if each in public), None)
    if kept and record_id in public:
        raise MovedError(kept)


async def fetch_record(record_id: str, service: SearchService) -> StoredRecord:
    """Returns a record as stored. Raises GoneError if withdrawn, UnknownRecordError if unknown."""
    found = await service.fetch(record_id)
    if found is None:
        raise await missing_record_error(record_id, service)
    return found


async def find_record(record_id: str, service: SearchService) -> RecordView:
    """Returns a public record. Raises GoneError if withdrawn, UnknownRecordError if unknown."""
    return await service.view(await fetch_record(record_id, service))


async def missing_record_error(
    record_id: str, service: SearchService
) -> GoneError | UnknownRecordError:
    """Returns the error to raise for an id without a public record."""
    return GoneError() if await service.is_withdrawn(record_id) else UnknownRecordError()


def cache_headers(answer: SearchAnswer) -> dict[str, str]:
    """Returns no-store headers if a timeout or failure of semantic search changed the result."""
    is_whole = answer.query.semantic in (None, SemanticOutcome.USED)
    return {} if is_whole else {"Cache-Control": "no-store"}


def sheet_response(name: str, heads: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """Returns a table as a CSV download."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response(write_sheet(heads, rows), media_type="text/csv; charset=utf-8", headers=headers)
