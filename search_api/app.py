"""The ASGI application: settings, services, middleware, routes."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from fastapi import Depends, FastAPI
from fastapi.middleware.gzip import GZipMiddleware
from fastapi.responses import Response
from fastapi.staticfiles import StaticFiles
from starlette.types import Scope

from gongkai.engines.installation import Installation, open_installation
from gongkai.services import Services, build_services, scope_services
from gongkai.settings import Settings
from gongkai.trusted_proxies import describe_untrusted, note_untrusted
from search_api.api import changes, downloads, health, openapi, search
from search_api.http.body_limit import BodyLimitMiddleware
from search_api.http.caching import (
    ConditionalGetMiddleware,
    DataVersion,
    ReadVersion,
    SecurityHeaders,
    name_build,
)
from search_api.http.dependencies import refuse_on_unit_sites, store_if_possible
from search_api.http.errors import install_error_handlers, refuse_entry
from search_api.http.origins import OriginMiddleware
from search_api.http.proxies import ProxyWatchMiddleware
from search_api.http.redirects import without_last_slash
from search_api.http.request_limits import Admission, Limits
from search_api.http.state import AppState
from search_api.http.telemetry import Metrics, TelemetryMiddleware, open_tracer
from search_api.kiosk import routes as kiosk
from search_api.staff import (
    api,
    certificate_page,
    correction_page,
    desk,
    doctor_page,
    draft_check,
    duplicates_page,
    expiring_page,
    gaps_page,
    jobs_page,
    records_page,
    reports,
    settings_page,
    supervision_page,
    tokens_page,
    versions_page,
    vocabulary_form,
    vocabulary_page,
)
from search_api.staff.auth import Authenticator
from search_api.staff.examination import Examiner
from search_api.staff.job_runner import JobRunner
from search_api.web import appearance_route as appearance
from search_api.web import application_routes as application
from search_api.web import discovery, styleguide
from search_api.web import routes as pages
from search_api.web import serial_page as serials
from search_api.web import theme_route as theme
from search_api.web import unit_routes as units
from search_api.web.sites import Served, Sites, describe_own

log = logging.getLogger("gongkai")
GZIP_FROM = 1_000
"""Size of a response in bytes from which it is compressed."""
GZIP_LEVEL = 5
"""Level 9 takes twice the time of level 5 for a result page and saves only 2 %."""


def create_app(installation: Installation | None = None) -> FastAPI:
    """Returns the application of an installation. Without one, the settings are read."""
    installed = installation or open_installation(Settings())
    settings = installed.settings
    metrics = Metrics()
    whole = build_services(
        installed,
        semantic_budget=settings.semantic_budget_ms / 1000,
        on_semantic=lambda outcome: metrics.semantic_searches.labels(outcome).inc(),
    )
    staff_work = Examiner(settings), JobRunner(settings)
    unit = settings.site_unit
    services = scope_services(whole, unit) if unit else whole
    own = describe_own(installed)
    app = FastAPI(
        title=own.name,
        version="1",
        lifespan=lambda _app: _run(services, whole, *staff_work),
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        # FastAPI's own spans and log records contain query strings and error messages.
        telemetry={
            "tracing": False,
            "metrics": False,
            "logs": False,
            "operation_spans": False,
            "auto_configure": False,
        },
    )
    app.router.default = without_last_slash(app.router)
    app.state.served = AppState(
        services=services,
        metrics=metrics,
        authenticator=Authenticator(services.tokens, services.audit),
        examiner=staff_work[0],
        job_runner=staff_work[1],
        sites=Sites(whole, Served(own, services)),
    )
    install_error_handlers(app)
    _add_middleware(app, app.state.served)
    _add_routes(app)
    return app


@asynccontextmanager
async def _run(
    services: Services, whole: Services, examiner: Examiner, job_runner: JobRunner
) -> AsyncIterator[None]:
    """Prepares the services before the first request; stores and closes them at the end.

    `whole` owns what the services share.
    """
    services.installation.analyzer.prepare()
    await services.search.term_dictionary.refresh()
    if services.semantic:
        services.semantic.prepare()
    preparing = asyncio.create_task(_prepare_further(services))
    await asyncio.to_thread(job_runner.wake)
    yield
    await preparing
    examiner.close()
    await asyncio.to_thread(job_runner.close)
    store_if_possible(services)
    await whole.close()


async def _prepare_further(services: Services) -> None:
    """Builds what the first queries can do without, one after another: each takes a processor."""
    await services.search.term_dictionary.build_ahead()
    await asyncio.to_thread(services.suggester.prepare)
    await services.suggester.count_ahead()


def _add_middleware(app: FastAPI, state: AppState) -> None:
    """Adds the middleware. The one added last sees a request first."""
    settings = state.services.installation.settings

    def refuse(scope: Scope, status: int, seconds: int) -> Response:
        return refuse_entry(app, scope, status, seconds)

    app.add_middleware(
        ConditionalGetMiddleware,
        read_version=_version_reader(state.services),
        name_site=state.sites.name_words,
        today=state.services.search.today,
    )
    app.add_middleware(GZipMiddleware, minimum_size=GZIP_FROM, compresslevel=GZIP_LEVEL)
    app.add_middleware(
        Admission,
        metrics=state.metrics,
        refuse=refuse,
        limits=Limits(
            settings.requests_at_once,
            settings.client_rate,
            settings.kiosk_networks,
            state.services.installation.api_keys,
        ),
    )
    app.add_middleware(
        ProxyWatchMiddleware, on_untrusted=partial(_warn_of_proxy, settings.data_dir)
    )
    app.add_middleware(
        BodyLimitMiddleware,
        is_staff=state.authenticator.knows,
        refuse=refuse,
        upload_limit=settings.upload_limit_mb << 20,
    )
    if settings.origins:
        app.add_middleware(OriginMiddleware, origins=settings.origins)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(TelemetryMiddleware, metrics=state.metrics, tracer=open_tracer())


def _warn_of_proxy(data_dir: Path) -> None:
    # Logs contain no addresses.
    log.warning(describe_untrusted())
    note_untrusted(data_dir)


def _add_routes(app: FastAPI) -> None:
    app.include_router(search.router)
    app.include_router(changes.router)
    app.include_router(downloads.router, prefix="/api/v1")
    app.include_router(downloads.router, include_in_schema=False)
    for part in (
        *(health, openapi, discovery, units, serials),
        *(pages, application, appearance, theme, kiosk),
    ):
        app.include_router(part.router)
    for part in (
        *(api, desk, duplicates_page, draft_check, reports, certificate_page, doctor_page),
        *(expiring_page, supervision_page, gaps_page),
    ):
        app.include_router(part.router, dependencies=[Depends(refuse_on_unit_sites)])
    for part in (
        settings_page,
        *(records_page, versions_page, tokens_page, jobs_page, correction_page),
        *(vocabulary_form, vocabulary_page),
    ):
        app.include_router(part.router, dependencies=[Depends(refuse_on_unit_sites)])
    if app.state.served.services.installation.settings.styleguide:
        app.include_router(styleguide.router)
    # FastAPI's API page loads its script from the internet; this copy is served locally.
    swagger = StaticFiles(packages=[("fastapi_offline", "static")])
    app.mount("/static/openapi", swagger, name="openapi")
    app.mount("/static", StaticFiles(directory=pages.STATIC), name="static")


def _version_reader(services: Services) -> ReadVersion:
    """Returns a function for the version of all data in a response.

    The version covers this build, the index, the terms read from it, merge decisions, vectors and
    the vocabulary of staff.
    """
    build = name_build(services.installation.settings)
    semantic = services.semantic

    async def read() -> DataVersion:
        words = services.search.term_dictionary.latest
        read = words.version if words else None
        merged = services.duplicates.decisions.stamp()
        meant = await semantic.version() if semantic else ""
        version = await services.engine.version()
        terms = services.vocabulary.current().version
        return DataVersion(f"{build} {version}", f"{read} {merged} {meant} {terms}")

    return read
