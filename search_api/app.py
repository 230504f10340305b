"""Settings in, the ASGI application out. uvicorn calls `create_served_app` in every worker."""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.middleware.gzip import GZipMiddleware
from fastapi.staticfiles import StaticFiles

from engines.opening import Installation, open_installation
from engines.port import SearchEngine
from engines.settings import Settings
from search_api.answering import Answering
from search_api.endpoints import appearance, discovery, downloads, health, kiosk, pages, search
from search_api.errors import install_error_handlers
from search_api.middleware import Freshness, ReadVersion, SecurityHeaders, name_build
from search_api.site import Site
from search_api.suggesting import Suggesting

GZIP_FROM = 1_000
"""Bytes of an answer from which on it is compressed."""
GZIP_LEVEL = 5
"""Of a result page, 9 takes twice the time of 5 for two hundredths less."""


def create_app(installation: Installation | None = None) -> FastAPI:
    """The whole HTTP side over one installation; settings are read where none is given."""
    installed = installation or open_installation(Settings())
    engine = installed.open_engine()
    answering = Answering(installed, engine)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        installed.analysis.prepare()
        await answering.vocabulary.refresh()
        yield
        await engine.close()

    app = FastAPI(
        title=installed.settings.site_name,
        version="1",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
    )
    app.state.engine = engine
    app.state.answering = answering
    app.state.suggesting = Suggesting(
        engine, answering.vocabulary, installed.analysis, installed.tables.agencies
    )
    app.state.halls = installed.halls
    app.state.hall = installed.settings.kiosk_hall
    app.state.site = Site(
        name=installed.settings.site_name,
        public_url=installed.settings.public_url,
        application_url=installed.settings.application_url,
    )
    install_error_handlers(app)
    app.add_middleware(Freshness, read_version=_version_reader(installed, engine, answering))
    app.add_middleware(GZipMiddleware, minimum_size=GZIP_FROM, compresslevel=GZIP_LEVEL)
    app.add_middleware(SecurityHeaders)
    app.include_router(search.router)
    app.include_router(downloads.router, prefix="/api/v1")
    app.include_router(downloads.router, include_in_schema=False)
    app.include_router(health.router)
    app.include_router(discovery.router)
    app.include_router(pages.router)
    app.include_router(appearance.router)
    app.include_router(kiosk.router)
    # FastAPI's own page of the API fetches its script from the internet; this one comes with us.
    swagger = StaticFiles(packages=[("fastapi_offline", "static")])
    app.mount("/static/openapi", swagger, name="openapi")
    app.mount("/static", StaticFiles(directory=pages.STATIC), name="static")
    return app


def create_served_app() -> FastAPI:
    """`create_app` for a process that does nothing but serve."""
    app = create_app()
    app.state.answering.vocabulary.on_read = _spare_from_collection
    return app


def _spare_from_collection() -> None:
    # Dictionaries and words are a million objects: a full collection that walks them held up
    # every request for a quarter of a second. The young are collected first, lest they stay.
    gc.collect(1)
    gc.freeze()


def _version_reader(
    installed: Installation, engine: SearchEngine, answering: Answering
) -> ReadVersion:
    """What every answer is made of: this build, the day, the index, the words read out of it."""
    build = name_build(installed.settings)

    async def read() -> str:
        words = answering.vocabulary.latest
        read = words.version if words else None
        return f"{build} {answering.today()} {await engine.version()} {read}"

    return read
