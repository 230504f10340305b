"""`gongkai serve`: API and pages, by uvicorn."""

from typing import Annotated

import typer
import uvicorn

from engines.opening import open_installation
from engines.settings import Settings


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535)] = 8000,
    workers: Annotated[int, typer.Option(min=1, max=64)] = 1,
) -> None:
    """Serve the pages and the API until stopped."""
    # Wrong settings or tables should be said here, once, not by every worker.
    open_installation(Settings())
    print(f"gongkai: http://{host}:{port}/  (API: http://{host}:{port}/docs)", flush=True)
    # The access log would tell who asked what.
    uvicorn.run(
        "search_api.app:create_served_app",
        factory=True,
        host=host,
        port=port,
        workers=workers,
        access_log=False,
        server_header=False,
    )
