"""An application that fails before it serves, as one with a broken index does."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI


@asynccontextmanager
async def fail(_app: FastAPI) -> AsyncIterator[None]:
    raise RuntimeError
    yield


def create() -> FastAPI:
    return FastAPI(lifespan=fail)
