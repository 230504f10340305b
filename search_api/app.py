"""Settings in, the ASGI application out; workers of `gongkai serve` call `create_served_app`."""

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.middleware.gzip import GZipMiddleware
from fastapi.responses import Response
from fastapi.staticfiles import StaticFiles
from starlette.types import Scope

from gongkai.duplicates.decisions import Decisions
from gongkai.engines.installation import Installation, open_installation
from gongkai.engines.port import SearchEngine
from gongkai.search.duplicates import DuplicateService
from gongkai.search.service import SearchService
from gongkai.search.suggest import Suggester
from gongkai.semantic.semantic_search import SemanticSearch
from gongkai.settings import Settings
from gongkai.staff.audit import Audit
from gongkai.staff.certificates import Certificates
from gongkai.staff.ledger import open_ledger
from gongkai.staff.tokens import Tokens
from gongkai.staff.zero_result_queries import ZeroResultQueries
from search_api.api import downloads, health, search
from search_api.http.body_limit import BodyLimitMiddleware
from search_api.http.caching import (
    ConditionalGetMiddleware,
    ReadVersion,
    SecurityHeaders,
    name_build,
)
from search_api.http.dependencies import store_if_possible
from search_api.http.errors import install_error_handlers, refuse_entry
from search_api.http.limits import Admission, Limits
from search_api.http.redirects import without_last_slash
from search_api.http.telemetry import Metrics, TelemetryMiddleware
from search_api.kiosk import routes as kiosk
from search_api.staff import api, certificates, check, desk, duplicates, reports
from search_api.staff.auth import Authenticator
from search_api.web import appearance_route as appearance
from search_api.web import discovery
from search_api.web import routes as pages
from search_api.web.site import Site

GZIP_FROM = 1_000
"""Bytes of an answer from which on it is compressed."""
GZIP_LEVEL = 5
"""Of a result page, 9 takes twice the time of 5 for two hundredths less."""


def create_app(installation: Installation | None = None) -> FastAPI:
    """The whole HTTP side over one installation; settings are read where none is given."""
    installed = installation or open_installation(Settings())
    engine = installed.open_engine()
    metrics = Metrics()
    meanings = _open_meanings(installed, engine, metrics)
    service = SearchService(installed, engine, meanings=meanings)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        installed.analysis.prepare()
        await service.term_dictionary.refresh()
        if meanings:
            meanings.prepare()
        preparing = asyncio.create_task(asyncio.to_thread(app.state.suggester.prepare))
        yield
        await preparing
        store_if_possible(app.state.zero_results)
        if meanings:
            await meanings.close()
        await engine.close()

    app = FastAPI(
        title=installed.settings.site_name,
        version="1",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.router.default = without_last_slash(app.router)
    app.state.engine = engine
    app.state.metrics = metrics
    app.state.service = service
    app.state.suggester = Suggester(
        engine, service.term_dictionary, installed.analysis, installed.tables.agencies
    )
    app.state.halls = installed.halls
    app.state.hall = installed.settings.kiosk_hall
    _open_staff_side(app, installed, engine)
    app.state.site = Site(
        name=installed.settings.site_name,
        public_url=installed.settings.public_url,
        application_url=installed.settings.application_url,
    )
    install_error_handlers(app)
    decisions = app.state.duplicate_service.decisions
    read_version = _version_reader(installed, engine, service, decisions, meanings)

    def refuse(scope: Scope, status: int, seconds: int) -> Response:
        return refuse_entry(app, scope, status, seconds)

    app.add_middleware(ConditionalGetMiddleware, read_version=read_version)
    app.add_middleware(GZipMiddleware, minimum_size=GZIP_FROM, compresslevel=GZIP_LEVEL)
    app.add_middleware(
        Admission,
        metrics=app.state.metrics,
        refuse=refuse,
        limits=Limits(
            installed.settings.requests_at_once,
            installed.settings.client_rate,
            installed.settings.kiosk_networks,
        ),
    )
    app.add_middleware(BodyLimitMiddleware, is_staff=app.state.authenticator.knows, refuse=refuse)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(TelemetryMiddleware, metrics=app.state.metrics)
    app.include_router(search.router)
    app.include_router(downloads.router, prefix="/api/v1")
    app.include_router(downloads.router, include_in_schema=False)
    app.include_router(health.router)
    app.include_router(discovery.router)
    app.include_router(pages.router)
    app.include_router(appearance.router)
    app.include_router(kiosk.router)
    for part in (api, desk, duplicates, check, reports, certificates):
        app.include_router(part.router)
    # FastAPI's own page of the API fetches its script from the internet; this one comes with us.
    swagger = StaticFiles(packages=[("fastapi_offline", "static")])
    app.mount("/static/openapi", swagger, name="openapi")
    app.mount("/static", StaticFiles(directory=pages.STATIC), name="static")
    return app


def _open_meanings(
    installed: Installation, engine: SearchEngine, metrics: Metrics
) -> SemanticSearch | None:
    if not installed.settings.semantic:
        return None
    seconds = installed.settings.semantic_budget_ms / 1000
    return SemanticSearch(
        installed, engine, seconds, lambda outcome: metrics.meanings.labels(outcome).inc()
    )


def _open_staff_side(app: FastAPI, installed: Installation, engine: SearchEngine) -> None:
    """What only staff routes use. Nothing is written before somebody does something."""
    ledger = open_ledger(installed.settings.data_dir)
    app.state.installation = installed
    app.state.audit = Audit(ledger)
    app.state.authenticator = Authenticator(Tokens(ledger), app.state.audit)
    app.state.duplicate_service = DuplicateService(installed, engine)
    key = installed.settings.searches_key
    app.state.zero_results = ZeroResultQueries(
        ledger, key.get_secret_value().encode() if key else b""
    )
    app.state.certificates = Certificates(ledger)


def create_served_app(installation: Installation | None = None) -> FastAPI:
    """`create_app` for a process that does nothing but serve."""
    app = create_app(installation)
    app.state.service.term_dictionary.on_read = _spare_from_collection
    return app


def _spare_from_collection() -> None:
    # Dictionaries and words are a million objects: a full collection that walks them held up
    # every request for a quarter of a second. The young are collected first, lest they stay.
    gc.collect(1)
    gc.freeze()


def _version_reader(
    installed: Installation,
    engine: SearchEngine,
    service: SearchService,
    decisions: Decisions,
    meanings: SemanticSearch | None,
) -> ReadVersion:
    """What every answer is made of: this build, the day, the index, the words read out of it."""
    build = name_build(installed.settings)

    async def read() -> str:
        words = service.term_dictionary.latest
        read = words.version if words else None
        merged = decisions.stamp()
        meant = await meanings.version() if meanings else ""
        return f"{build} {service.today()} {await engine.version()} {read} {merged} {meant}"

    return read
