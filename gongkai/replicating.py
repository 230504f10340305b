"""`gongkai replica pull`: a copy of a portal's public index, for a machine that stands alone."""

import os
import shutil
import urllib.error
import urllib.request
from pathlib import Path
from typing import Annotated

import typer

from catalog.errors import GongkaiError
from engines.opening import open_installation
from engines.settings import Settings
from indexer.replicas import apply_replica

SECONDS = 60
_CHUNK = 1 << 20
_PATH = "/api/v1/replica"

replica = typer.Typer(help="Copy a portal's public index to this machine.", no_args_is_help=True)


class UnreachableError(GongkaiError):
    """The portal does not answer; what was pulled before is still served."""


@replica.callback()
def about() -> None:
    """Copy a portal's public index to this machine."""


@replica.command("pull")
def pull(
    portal: Annotated[
        str, typer.Argument(help="The portal's address: https://xxgk.example.gov.cn")
    ],
) -> None:
    """Fetch all public records, index them here, switch in one step; nothing if nothing changed."""
    installation = open_installation(Settings())
    folder = installation.settings.data_dir / "replica"
    folder.mkdir(parents=True, exist_ok=True)
    copy, seen = folder / "copy.jsonl", folder / "etag"
    etag = _fetch(portal.rstrip("/") + _PATH, copy, seen)
    if etag is None:
        print("unchanged")
        return
    done = apply_replica(copy, installation)
    # Only now: a pull that was stopped before asks for everything again.
    seen.write_text(etag, encoding="utf-8")
    copy.unlink()
    print(f"generation {done.generation}: {done.records:,} records, {done.gone:,} gone")


def _fetch(address: str, copy: Path, seen: Path) -> str | None:
    """The ETag of what was fetched whole; None where the portal has nothing new."""
    if not address.startswith(("http://", "https://")):
        raise typer.BadParameter("an address begins with http:// or https://")
    known = seen.read_text(encoding="utf-8") if seen.exists() else ""
    headers = {"If-None-Match": known} if known else {}
    request = urllib.request.Request(address, headers=headers)  # noqa: S310 - checked above
    part = copy.with_suffix(".part")
    try:
        opened = urllib.request.urlopen(request, timeout=SECONDS)  # noqa: S310
        with opened as response, part.open("wb") as file:
            shutil.copyfileobj(response, file, _CHUNK)
            etag = str(response.headers.get("ETag", ""))
    except urllib.error.HTTPError as error:
        if error.code == 304:
            return None
        raise UnreachableError(f"The portal answers {error.code}.") from None
    except OSError as error:
        raise UnreachableError(f"The portal can't be reached: {type(error).__name__}.") from None
    os.replace(part, copy)  # noqa: PTH105 - in one step
    return etag
