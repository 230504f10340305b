"""`/healthz` (the process runs) and `/readyz` (a search would be answered)."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel

from engines.port import EngineQuery, SearchEngine
from queries.tree import Everything
from search_api.errors import describe_problems

router = APIRouter()


class Health(BaseModel):
    """`generation` and `records` are what searches see now."""

    status: str
    generation: str | None = None
    records: int | None = None


def get_engine(request: Request) -> SearchEngine:
    """The engine of this process."""
    engine: SearchEngine = request.app.state.engine
    return engine


@router.get("/healthz")
async def healthz() -> Health:
    """The process answers; says nothing of the engine."""
    return Health(status="ok")


@router.get("/readyz", responses=describe_problems(503))
async def readyz(engine: Annotated[SearchEngine, Depends(get_engine)]) -> Health:
    """A real, empty search has just been answered."""
    result = await engine.search(EngineQuery(Everything(), limit=0))
    return Health(status="ready", generation=result.generation, records=result.total)
