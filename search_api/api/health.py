"""`/healthz` (the process runs), `/readyz` (a search would be answered), `/metrics`."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import BaseModel

from gongkai.engines.port import EngineQuery, SearchEngine
from gongkai.query.tree import MatchAll
from search_api.http.errors import UnknownPageError, describe_problems
from search_api.http.state import services_of, state_of

_FORWARDED = frozenset(("forwarded", "x-forwarded-for", "x-real-ip", "via"))
router = APIRouter()


class Health(BaseModel):
    """`generation` and `records` are what searches see now."""

    status: str
    generation: str | None = None
    records: int | None = None


async def get_engine(request: Request) -> SearchEngine:
    """The engine of this process."""
    return services_of(request).engine


@router.get("/healthz")
async def healthz() -> Health:
    """The process answers; says nothing of the engine."""
    return Health(status="ok")


@router.get("/readyz", responses=describe_problems(503))
async def readyz(engine: Annotated[SearchEngine, Depends(get_engine)]) -> Health:
    """A real, empty search has just been answered."""
    result = await engine.search(EngineQuery(MatchAll(), limit=0))
    return Health(status="ready", generation=result.generation, records=result.total)


@router.get("/metrics", include_in_schema=False)
async def metrics(
    request: Request, engine: Annotated[SearchEngine, Depends(get_engine)]
) -> Response:
    """For Prometheus, which asks here directly; nothing is told through a proxy."""
    if not _FORWARDED.isdisjoint(request.headers):
        raise UnknownPageError
    counted = state_of(request).metrics
    return Response(await counted.write(engine), media_type=CONTENT_TYPE_LATEST)
