"""What this process answers with, as FastAPI hands it to endpoints."""

from typing import Annotated

from fastapi import Depends, Path, Request

from search_api.answer import RecordView
from search_api.answering import Answering
from search_api.errors import GoneError, UnknownRecordError
from search_api.site import Site, site_of
from search_api.suggesting import Suggesting


def get_answering(request: Request) -> Answering:
    """What searches and records are answered with."""
    answering: Answering = request.app.state.answering
    return answering


def get_suggesting(request: Request) -> Suggesting:
    """What words are completed with."""
    suggesting: Suggesting = request.app.state.suggesting
    return suggesting


AnsweringDependency = Annotated[Answering, Depends(get_answering)]
SuggestingDependency = Annotated[Suggesting, Depends(get_suggesting)]
SiteDependency = Annotated[Site, Depends(site_of)]
RecordId = Annotated[str, Path(max_length=200, description="As in a hit; `/` stays as it is.")]


async def find_record(record_id: str, answering: Answering) -> RecordView:
    """Raises GoneError for a withdrawn record, UnknownRecordError where there is none."""
    found = await answering.record(record_id)
    if found is None:
        raise await describe_missing(record_id, answering)
    return found


async def describe_missing(record_id: str, answering: Answering) -> GoneError | UnknownRecordError:
    """What to raise for an id that no public record has."""
    return GoneError() if await answering.is_withdrawn(record_id) else UnknownRecordError()
