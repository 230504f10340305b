"""`gongkai mcp`: a read-only MCP server on standard input and output, for language models."""

from gettext import gettext as _
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from gongkai.errors import SettingsError


def mcp(
    address: Annotated[
        str, typer.Argument(help="Address of a running server: https://xxgk.example.gov.cn")
    ] = "http://127.0.0.1:8000",
    key_file: Annotated[
        Path | None, typer.Option("--key-file", help="File with an API key (gongkai apikey).")
    ] = None,
) -> None:
    """Offer a server's search to language models (MCP on standard input and output)."""
    if find_spec("mcp") is None:
        raise SettingsError(
            _("{name} needs a package that is not installed: install gongkai[mcp].").format(
                name="gongkai mcp"
            )
        )
    if not address.startswith(("http://", "https://")):
        raise typer.BadParameter(_("an address begins with http:// or https://"))
    from search_api.mcp_server import build_mcp_server  # noqa: PLC0415 - needs the extra `mcp`

    key = key_file.read_text(encoding="utf-8").strip() if key_file else ""
    build_mcp_server(address, key).run()
