"""`/kiosk`: the screens of service halls. Neither server nor browser stores visitor data."""

import asyncio
from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse

from gongkai.catalog.fields import TILES
from gongkai.catalog.halls import Hall
from gongkai.errors import BadRequestError
from gongkai.query.request import TEXT_LIMIT, SearchRequest
from gongkai.search.service import SearchService
from search_api.http.dependencies import (
    CitationsDependency,
    ContextDependency,
    RecordId,
    SearchServiceDependency,
    fetch_record,
    missing_record_error,
    refuse_merged,
)
from search_api.http.errors import UnknownPageError
from search_api.http.parameters import PageParameters, PageQuery, read_page
from search_api.http.search_requests import read_request
from search_api.http.state import services_of
from search_api.kiosk.layout import KioskContext
from search_api.kiosk.mode import SIZES, Mode, carry, read_list_query
from search_api.kiosk.record_screens import (
    Reached,
    ReachedList,
    render_kiosk_comparison,
    render_kiosk_record,
)
from search_api.kiosk.screens import (
    NARROWED,
    NEWEST,
    Offers,
    render_browse,
    render_find,
    render_list,
    render_narrow,
    render_start,
)
from search_api.web.citations_page import CITING_SHOWN, build_citations
from search_api.web.frequent_queries import find_frequent
from search_api.web.record_page import Found

router = APIRouter(prefix="/kiosk", include_in_schema=False, default_response_class=HTMLResponse)
_BACK_LIMIT = 4_000
Words = Annotated[str, Query(max_length=TEXT_LIMIT)]


@dataclass(frozen=True, slots=True)
class Way:
    """The way to a record: the query, and the address of the list."""

    q: Words = ""
    back: Annotated[str, Query(max_length=_BACK_LIMIT)] = ""


async def read_mode(
    hall: Annotated[str, Query(max_length=40)] = "",
    size: int = 1,
    contrast: str = "",
    rows: int = 0,
) -> Mode:
    """Returns the kiosk settings of an address."""
    return Mode(hall, size if size in SIZES else 1, is_contrast=contrast == "on", rows=rows)


async def read_kiosk(
    request: Request, context: ContextDependency, mode: Annotated[Mode, Depends(read_mode)]
) -> KioskContext:
    """Returns the kiosk context. Raises BadRequestError for an unknown hall."""
    site = context.site
    hall = site.hall or Hall("", site.name)
    if mode.hall and mode.hall != hall.code:
        # The halls of other agencies are not this site's.
        found = None if site.unit else services_of(request).installation.halls.find(mode.hall)
        if found is None:
            raise BadRequestError("hall", "没有登记这个场所")
        hall = found
    return KioskContext(context, hall, mode)


KioskDependency = Annotated[KioskContext, Depends(read_kiosk)]


@router.get("")
async def start(kiosk: KioskDependency, service: SearchServiceDependency) -> HTMLResponse:
    """Shows the search box, classifications to browse, frequent queries and newest records."""
    offers = await _find_offers(kiosk, service)
    return HTMLResponse(render_start(kiosk, offers, await service.created()))


@router.get("/find")
async def find(kiosk: KioskDependency, q: Words = "") -> HTMLResponse:
    """Shows the on-screen keyboard."""
    return HTMLResponse(render_find(kiosk, q))


@router.get("/list")
async def list_hits(
    parameters: PageQuery, kiosk: KioskDependency, service: SearchServiceDependency
) -> HTMLResponse:
    """Shows one screen of hits. It needs facets only for the chosen values in the heading."""
    asked = _read(parameters, kiosk.mode.hits)
    asked = replace(asked, facets=tuple(asked.chosen))
    answer = await service.search(asked)
    offers = None if answer.hits else await _find_offers(kiosk, service)
    return HTMLResponse(render_list(kiosk, answer, asked, offers))


@router.get("/narrow")
async def narrow(
    parameters: PageQuery, kiosk: KioskDependency, service: SearchServiceDependency
) -> HTMLResponse:
    """Shows the filters for a list."""
    asked = replace(_read(parameters, kiosk.mode.hits), facets=NARROWED, highlight=False)
    return HTMLResponse(render_narrow(kiosk, await service.search(asked), asked))


@router.get("/browse/{name}")
async def browse(
    name: str, kiosk: KioskDependency, service: SearchServiceDependency, path: Words = ""
) -> HTMLResponse:
    """Shows one level of one classification."""
    if name not in TILES:
        raise UnknownPageError
    values = await service.facet(SearchRequest(), name)
    return HTMLResponse(render_browse(kiosk, name, values, path))


@router.get("/comparison/records/{record_id:path}", dependencies=[Depends(refuse_merged)])
async def comparison(
    record_id: RecordId,
    kiosk: KioskDependency,
    service: SearchServiceDependency,
    other: Annotated[str, Query(alias="with", max_length=200)] = "",
    back: Annotated[str, Query(max_length=_BACK_LIMIT)] = "",
) -> HTMLResponse:
    """Compares two versions of a document by article."""
    found = await service.comparison(record_id, other)
    if found is None:
        raise await missing_record_error(record_id, service)
    return HTMLResponse(await asyncio.to_thread(render_kiosk_comparison, kiosk, found, back))


@router.get("/records/{record_id:path}", dependencies=[Depends(refuse_merged)])
async def record(
    record_id: RecordId,
    kiosk: KioskDependency,
    service: SearchServiceDependency,
    citations: CitationsDependency,
    way: Annotated[Way, Depends()],
) -> HTMLResponse:
    """Shows one record."""
    stored = await fetch_record(record_id, service)
    found, cited = await asyncio.gather(
        service.view(stored), citations.describe(stored, 1, CITING_SHOWN)
    )
    highlight_terms = await service.highlight_terms(way.q)
    asked = _read_back(way.back, kiosk.mode)
    listed = ReachedList(asked, await service.search(asked)) if asked else None

    def draw() -> str:
        sections = build_citations(cited, record_id)
        reached = Reached(
            Found(way.q, highlight_terms), way.back, service.today(), sections, listed
        )
        return render_kiosk_record(kiosk, found, reached)

    return HTMLResponse(await asyncio.to_thread(draw))


async def _find_offers(kiosk: KioskContext, service: SearchService) -> Offers:
    newest, words = await asyncio.gather(
        service.search(NEWEST), find_frequent(service, kiosk.hall.tiles)
    )
    return Offers(newest, words)


def _read(parameters: PageParameters, hits: int) -> SearchRequest:
    """Returns the search request. `size` is the text size here; the screen decides `hits`."""
    return read_request(parameters.model_copy(update={"size": hits}))


def _read_back(back: str, mode: Mode) -> SearchRequest | None:
    """Returns the request of the list that a record was chosen from, None for another address."""
    query = read_list_query(back)
    if query is None:
        return None
    try:
        parameters = read_page.read(carry(query, mode))
        asked = _read(parameters, mode.with_rows_of(query).hits)
    except (BadRequestError, RequestValidationError):
        return None
    return replace(asked, facets=(), highlight=False)
