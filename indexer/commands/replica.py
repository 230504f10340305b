"""`gongkai replica pull`: copies a portal's public index to a machine without other data."""

from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from gettext import gettext as _
from pathlib import Path
from typing import Annotated

import orjson
import typer
from filelock import FileLock, Timeout
from pydantic import BaseModel, ConfigDict, ValidationError

from gongkai.command_line import count_progress, open_configured
from gongkai.engines.installation import Installation
from gongkai.errors import AnotherWriterError, EngineUnavailableError
from gongkai.exit_codes import EXIT_REFUSED
from gongkai.files.durable import FILE_MODE, make_folder, replace_file
from indexer.download import Limits, check_address, fetch, make_beside
from indexer.replicas import Replicated, apply_replica, read_ids

_PATH = "/api/v1/replica"

replica = typer.Typer(no_args_is_help=True)


class _Pulled(BaseModel):
    """The last pull. The data counts as unchanged only if that generation is still live."""

    model_config = ConfigDict(strict=True, frozen=True)

    portal: str
    etag: str
    generation: str


@replica.callback()
def about() -> None:
    """Copy a portal's public index to this machine."""


@replica.command("pull")
def pull(
    portal: Annotated[
        str, typer.Argument(help="The portal's address: https://xxgk.example.gov.cn")
    ],
    allow_shrink: Annotated[
        bool,
        typer.Option("--allow-shrink", help="Allow the loss of a tenth of the records or more."),
    ] = False,
) -> None:
    """Fetch all public records, index them here and switch in one step, unless nothing changed."""
    installation = open_configured()
    done = pull_replica(portal, installation, allow_shrink=allow_shrink)
    if done is None:
        print(_("unchanged"))
        return
    print(
        _("generation {generation}: {records:,} records, {gone:,} gone").format(
            generation=done.generation, records=done.records, gone=done.gone
        )
    )
    if done.refused:
        print(
            _("refused {refused:,}: they may not be published under the rules here").format(
                refused=done.refused
            )
        )
        raise typer.Exit(EXIT_REFUSED)


def pull_replica(
    portal: str,
    installation: Installation,
    *,
    allow_shrink: bool = False,
    limits: Limits | None = None,
) -> Replicated | None:
    """Returns None if nothing changed. On any error the index stays unchanged.

    Raises UnreachableError, BrokenReplicaError, ShrinkingIndexError, EngineUnavailableError.
    """
    address = check_address(portal)
    folder = installation.settings.data_dir / "replica"
    make_folder(folder)
    state = folder / "pulled.json"
    with _only_pull(folder):
        copy = make_beside(folder / "copy.jsonl")
        try:
            known = _find_etag(state, address, installation)
            etag = fetch(address + _PATH, copy, known, limits or Limits())
            if etag is None:
                return None
            with count_progress(_("indexing")) as on_records:
                done = apply_replica(
                    copy, installation, allow_shrink=allow_shrink, on_records=on_records
                )
        finally:
            copy.unlink(missing_ok=True)
        # Store the state last: a pull that is stopped earlier fetches everything again.
        pulled = _Pulled(portal=address, etag=etag, generation=done.generation)
        replace_file(state, orjson.dumps(pulled.model_dump()))
    return done


@contextmanager
def _only_pull(folder: Path) -> Iterator[None]:
    """Allows one pull at a time and removes leftovers of a killed one."""
    try:
        with FileLock(folder / "pull.lock", timeout=0, mode=FILE_MODE):
            for left in folder.glob("copy.jsonl.*.part"):
                left.unlink()
            yield
    except Timeout:
        raise AnotherWriterError from None


def _find_etag(state: Path, address: str, installation: Installation) -> str:
    """Returns the ETag of the last pull, or "" if its generation is not live and intact."""
    try:
        pulled = _Pulled.model_validate_json(state.read_bytes())
    except (OSError, ValidationError):
        return ""
    if pulled.portal == address and _is_live_and_whole(pulled.generation, installation):
        return pulled.etag
    return ""


def _is_live_and_whole(name: str, installation: Installation) -> bool:
    with closing(installation.open_store()) as store, suppress(EngineUnavailableError):
        if not any(e.name == name and e.live and not e.faults for e in store.check_integrity()):
            return False
        ids, withdrawn = read_ids(installation), store.withdrawn()
        live = next(each for each in store.generations() if each.live)
        return ids is not None and live.records == len(ids - withdrawn.keys())
    return False
