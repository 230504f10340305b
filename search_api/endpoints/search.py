"""`/api/v1`: search, records, classifications. HTTP in, `Answering` asked, JSON out."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import Response

from search_api.answer import ClassificationsAnswer, Problem, RecordView, SearchAnswer
from search_api.answering import Answering
from search_api.errors import GoneError, UnknownRecordError
from search_api.parameters import SearchQuery, SuggestParameters, read_request, refuse_unknown
from search_api.suggesting import SuggestAnswer, Suggesting

router = APIRouter(
    prefix="/api/v1",
    responses={
        422: {"model": Problem, "description": "A parameter is unknown or wrong."},
        503: {"model": Problem, "description": "The engine is away; Retry-After says how long."},
    },
)


def get_answering(request: Request) -> Answering:
    """What this process answers with."""
    answering: Answering = request.app.state.answering
    return answering


AnsweringDependency = Annotated[Answering, Depends(get_answering)]
RecordId = Annotated[str, Path(max_length=200, description="As in a hit; `/` stays as it is.")]


@router.get("/search", response_model=SearchAnswer)
async def search(parameters: SearchQuery, answering: AnsweringDependency) -> Response:
    """Full-text search with exact facet counts."""
    answer = await answering.search(read_request(parameters))
    return Response(answer.model_dump_json(), media_type="application/json")


def get_suggesting(request: Request) -> Suggesting:
    """What this process completes words with."""
    suggesting: Suggesting = request.app.state.suggesting
    return suggesting


@router.get("/suggest", response_model=SuggestAnswer)
async def suggest(
    parameters: Annotated[SuggestParameters, Query()],
    suggesting: Annotated[Suggesting, Depends(get_suggesting)],
) -> Response:
    """Completions while typing: Chinese, full pinyin, initials, mixed."""
    answer = await suggesting.suggest(parameters.q, parameters.size)
    return Response(answer.model_dump_json(), media_type="application/json")


@router.get("/classifications", response_model=ClassificationsAnswer)
async def classifications(request: Request, answering: AnsweringDependency) -> Response:
    """The classification trees and agencies with counts."""
    refuse_unknown(request, ())
    answer = await answering.classifications()
    return Response(answer.model_dump_json(), media_type="application/json")


@router.get(
    "/records/{record_id:path}",
    response_model=RecordView,
    responses={
        404: {"model": Problem, "description": "No public record has this id."},
        410: {"model": Problem, "description": "The record has been withdrawn."},
    },
)
async def record(record_id: RecordId, request: Request, answering: AnsweringDependency) -> Response:
    """One whole record as published."""
    refuse_unknown(request, ())
    found = await find_record(record_id, answering)
    return Response(found.model_dump_json(), media_type="application/json")


async def find_record(record_id: str, answering: Answering) -> RecordView:
    """Raises GoneError for a withdrawn record, UnknownRecordError where there is none."""
    found = await answering.record(record_id)
    if found is not None:
        return found
    if await answering.is_withdrawn(record_id):
        raise GoneError
    raise UnknownRecordError
