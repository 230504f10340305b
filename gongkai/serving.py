"""`gongkai serve`: API and pages, by uvicorn."""

import os
import resource
import tempfile
from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import Annotated

import typer
import uvicorn
from fastapi import FastAPI

from engines.opening import Installation, open_installation
from engines.settings import Settings
from gongkai.server_log import build_logging
from search_api.connections import PatientProtocol
from search_api.observing import MULTIPROCESS

KEEP_ALIVE_SECONDS = 75
"""How long an idle connection stays open: longer than proxies keep theirs (nginx: 60), so that
none sends a request into a connection that is just being closed."""
WORKER_SECONDS = 60
"""In which a new worker has to be ready, and an old one to say that it lives: with its dictionary
to build on a machine that is busy, uvicorn's five seconds end a restart and change nothing."""
GRACE_SECONDS = 30
"""How long a server that is told to stop goes on answering what it has begun."""
_APPLICATION = "search_api.app:create_served_app"


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535)] = 8000,
    workers: Annotated[int, typer.Option(min=1, max=64)] = 1,
) -> None:
    """Serve the pages and the API until stopped."""
    # Wrong settings or tables should be said here, once, not by every worker.
    settings = Settings()
    installation = open_installation(settings)
    print(f"gongkai: http://{host}:{port}/  (API: http://{host}:{port}/docs)", flush=True)
    if workers > 1:
        counts = tempfile.TemporaryDirectory(prefix="gongkai-metrics-")
        os.environ[MULTIPROCESS] = counts.name
    _raise_file_limit()
    # uvicorn's own access log would tell who asked what.
    uvicorn.run(
        _open_here(installation) if workers == 1 else _APPLICATION,
        factory=True,
        host=host,
        port=port,
        workers=workers,
        access_log=False,
        log_config=build_logging(settings),
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_worker_healthcheck=WORKER_SECONDS,
        timeout_graceful_shutdown=GRACE_SECONDS,
        server_header=False,
        http=PatientProtocol,
        ws="none",
    )


def _open_here(installation: Installation) -> Callable[[], FastAPI]:
    """The application of the only worker, which is this process: nothing is read a second time."""
    module, _, name = _APPLICATION.partition(":")
    return partial(getattr(import_module(module), name), installation)


def _raise_file_limit() -> None:
    """As many open connections as the system allows; a shell's own limit is meant for people."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
