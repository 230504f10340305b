"""`gongkai serve`: runs API and pages with uvicorn."""

import os
import resource
import secrets
import socket
import tempfile
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from gettext import gettext as _
from importlib import import_module
from typing import TYPE_CHECKING, Annotated

import typer
import uvicorn
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess

from gongkai.engines.data_folder import make_private
from gongkai.engines.installation import Installation, open_installation
from gongkai.errors import SettingsError, name_fault
from gongkai.files.durable import make_folder
from gongkai.semantic.model_files import find_obstacle
from gongkai.settings import SemanticMode, Settings
from gongkai.trusted_proxies import forget_untrusted, read_trusted_proxies
from search_api.commands.sockets import explain_listening, open_sockets
from search_api.http.log_config import build_logging
from search_api.http.telemetry import MULTIPROCESS
from search_api.http.timeouts import ClientTimeoutProtocol

if TYPE_CHECKING:
    from fastapi import FastAPI

KEEP_ALIVE_SECONDS = 75
"""How long an idle connection stays open.

It is longer than in proxies (nginx: 60), so that no proxy sends a request into a connection that is
being closed.
"""
WORKER_SECONDS = 60
"""Time for a new worker to get ready and for a running one to report.

A worker has to build its dictionary on a busy machine; uvicorn's default of five seconds would end
a restart.
"""
GRACE_SECONDS = 30
"""How long a stopping server continues to answer requests in progress."""
_NOT_STARTED = 4
_APPLICATION = "search_api.served_app:create_served_app"


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port to listen on; 0: any that is free.")
    ] = 8000,
    workers: Annotated[
        int, typer.Option(min=1, max=64, help="Processes that answer requests.")
    ] = 1,
) -> None:
    """Serve the pages and the API until stopped."""
    # Report wrong settings, ports and tables here, once, before anything is loaded.
    settings = Settings()
    proxies = read_trusted_proxies(os.environ)
    sockets = open_sockets(host, port)
    installation = open_installation(settings)
    _check_access_log(settings)
    make_private(settings.data_dir)
    forget_untrusted(settings.data_dir)
    address = f"http://{f'[{host}]' if ':' in host else host}:{sockets[0].getsockname()[1]}"
    print(_("gongkai: {address}/  (API: {address}/docs)").format(address=address), flush=True)
    if settings.semantic is not SemanticMode.OFF and (obstacle := find_obstacle(settings)):
        print(_("semantic   off: {obstacle}").format(obstacle=obstacle), flush=True)
    _raise_file_limit()
    if workers > 1 and settings.searches_key is None:
        # All workers of this start share one key. It is never stored.
        os.environ["GONGKAI_SEARCHES_KEY"] = secrets.token_hex(32)
    config = _configure(settings, installation, workers, proxies)
    try:
        _run(config, sockets)
    except OSError as error:
        raise explain_listening(error, host, port) from None


def _configure(
    settings: Settings, installation: Installation, workers: int, proxies: str
) -> uvicorn.Config:
    # uvicorn's own access log would record the queries.
    return uvicorn.Config(
        _open_here(installation) if workers == 1 else _APPLICATION,
        factory=True,
        workers=workers,
        access_log=False,
        log_config=build_logging(settings),
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_worker_healthcheck=WORKER_SECONDS,
        timeout_graceful_shutdown=GRACE_SECONDS,
        server_header=False,
        forwarded_allow_ips=proxies,
        http=ClientTimeoutProtocol,
        ws="none",
    )


def _run(config: uvicorn.Config, sockets: list[socket.socket]) -> None:
    """Runs uvicorn like `uvicorn.run`, with sockets that are already open."""
    if config.workers > 1:
        with tempfile.TemporaryDirectory(prefix="gongkai-metrics-") as counts:
            os.environ[MULTIPROCESS] = counts
            supervisor = Multiprocess(config, sockets=sockets)
            supervisor.run()
        # uvicorn ends normally if a worker could not start.
        if any(each.exitcode == STARTUP_FAILURE for each in supervisor.processes):
            raise typer.Exit(_NOT_STARTED)
        return
    server = uvicorn.Server(config)
    # uvicorn ends with the status that here means refused rows.
    with suppress(KeyboardInterrupt, SystemExit):
        server.run(sockets=sockets)
    if not server.started:
        raise typer.Exit(_NOT_STARTED)


def _check_access_log(settings: Settings) -> None:
    """Raises SettingsError if the access log cannot be written; requests would not report it."""
    folder = settings.access_log_dir
    if folder is None:
        return
    try:
        make_folder(folder)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        raise SettingsError(
            _(
                "access_log_dir is {folder}, which can't be written ({strerror}); name a "
                "folder that this user can write."
            ).format(folder=folder, strerror=name_fault(error))
        ) from None


def _open_here(installation: Installation) -> Callable[[], "FastAPI"]:
    """Returns the application factory for a single worker in this process."""
    module, _, name = _APPLICATION.partition(":")
    return partial(getattr(import_module(module), name), installation)


def _raise_file_limit() -> None:
    """Raises the limit of open files to the system's maximum; the shell's limit suits users."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
