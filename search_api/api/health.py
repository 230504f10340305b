"""`/healthz` (the process runs), `/readyz` (the engine answers searches), `/metrics`."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import BaseModel, Field

from gongkai.engines.port import EngineQuery, SearchEngine
from gongkai.query.tree import MatchAll
from gongkai.staff.last_run import read_last_run
from search_api.http.errors import UnknownPageError, describe_problems
from search_api.http.state import services_of, state_of

_FORWARDED = frozenset(("forwarded", "x-forwarded-for", "x-real-ip", "via"))
router = APIRouter(tags=["运行状态"])


class Health(BaseModel):
    """`generation` and `records` describe the live index."""

    status: str = Field(description="ok 或者 ready。")
    generation: str | None = Field(None, description="正在使用的索引版本。")
    records: int | None = Field(None, description="公开信息条数。")


async def get_engine(request: Request) -> SearchEngine:
    """Returns the engine of this process."""
    return services_of(request).engine


@router.get("/healthz", summary="进程是否运行", description="进程在运行；不检查检索引擎。")
async def healthz() -> Health:
    """The process runs. The engine is not checked."""
    return Health(status="ok")


@router.get(
    "/readyz",
    summary="能否检索",
    description="刚刚完成了一次检索。",
    responses=describe_problems(503),
)
async def readyz(engine: Annotated[SearchEngine, Depends(get_engine)]) -> Health:
    """An empty search has just succeeded."""
    result = await engine.search(EngineQuery(MatchAll(), limit=0))
    return Health(status="ready", generation=result.generation, records=result.total)


@router.get("/metrics", include_in_schema=False)
async def metrics(request: Request) -> Response:
    """Returns the metrics. Prometheus asks directly; requests through a proxy get 404."""
    if not _FORWARDED.isdisjoint(request.headers):
        raise UnknownPageError
    state = state_of(request)
    run = read_last_run(state.services.installation.settings.data_dir)
    content = await state.metrics.write(state.services.engine, run)
    return Response(content, media_type=CONTENT_TYPE_LATEST)
