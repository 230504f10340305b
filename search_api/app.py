"""Settings in, the ASGI application out. uvicorn calls `create_app` in every worker."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request, Response
from fastapi.staticfiles import StaticFiles

from engines.opening import Installation, open_installation
from engines.settings import Settings
from search_api.answering import Answering
from search_api.endpoints import health, pages, search
from search_api.errors import install_error_handlers
from search_api.pages.rendering import Site
from search_api.suggesting import Suggesting

_SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'; "
        "object-src 'none'; img-src 'self' data:"
    ),
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


def create_app(installation: Installation | None = None) -> FastAPI:
    """The whole HTTP side over one installation; settings are read where none is given."""
    installed = installation or open_installation(Settings())
    engine = installed.open_engine()
    answering = Answering(installed, engine)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
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
    app.state.site = Site(name=installed.settings.site_name)
    install_error_handlers(app)
    app.middleware("http")(_add_security_headers)
    app.include_router(search.router)
    app.include_router(health.router)
    app.include_router(pages.router)
    # FastAPI's own page of the API fetches its script from the internet; this one comes with us.
    swagger = StaticFiles(packages=[("fastapi_offline", "static")])
    app.mount("/static/openapi", swagger, name="openapi")
    app.mount("/static", StaticFiles(directory=pages.STATIC), name="static")
    return app


async def _add_security_headers(
    request: Request, call_next: Callable[[Request], Awaitable[Response]]
) -> Response:
    response = await call_next(request)
    for name, value in _SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    return response
