"""`gongkai backup` and `restore`: one folder that holds all that can't be made again from exports.

The same for both engines: public records as lines, withdrawals, and staff's ledgers. An index is
built of the lines, so a backup of one engine or version restores into another.
"""

import asyncio
import os
import shutil
from contextlib import closing
from pathlib import Path
from typing import Annotated

import orjson
import typer

from catalog.errors import GongkaiError, NothingIndexedError
from duplicates.decisions import Decisions
from engines.database import Database
from engines.opening import Installation, open_installation
from engines.settings import Settings
from indexer.replica_lines import check_replica
from indexer.replicas import apply_replica
from search_api.replicating import stream_replica
from staff.ledger import open_ledger

RECORDS, WITHDRAWN = "records.jsonl", "withdrawn.json"


class BackupError(GongkaiError):
    """A folder that can't be written to or restored from as it is."""


def backup(
    folder: Annotated[Path, typer.Argument(help="A folder that is not there yet.")],
) -> None:
    """Copy records, withdrawals, decisions, tokens and logs of staff; takes no lock."""
    if folder.exists():
        raise BackupError(f"{folder} is there already; name a new folder.")
    installation = open_installation(Settings())
    part = folder.with_name(f"{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True, mode=0o700)
    # Withdrawals first: what is withdrawn meanwhile is in neither, which is right.
    with closing(installation.open_store()) as store:
        (part / WITHDRAWN).write_bytes(orjson.dumps(dict(store.withdrawn())))
    count = asyncio.run(_copy_records(installation, part / RECORDS))
    for database in _databases(installation):
        database.copy_to(part / database.path.name)
    part.rename(folder)
    print(f"{folder}: {count:,} records")


def restore(
    folder: Annotated[Path, typer.Argument(help="What `gongkai backup` has written.")],
    force: Annotated[
        bool, typer.Option("--force", help="Although there is an index, which is replaced.")
    ] = False,
) -> None:
    """Build the index of a backup, switch to it, and put the ledgers back."""
    if not (folder / RECORDS).is_file() or not (folder / WITHDRAWN).is_file():
        raise BackupError(f"{folder} is no backup, or half of one.")
    check_replica(folder / RECORDS)
    installation = open_installation(Settings())
    with closing(installation.open_store()) as store:
        if store.generations() and not force:
            raise BackupError("There is an index here: add --force to put the backup in its place.")
        withdrawn: dict[str, str] = orjson.loads((folder / WITHDRAWN).read_bytes())
        for cause in sorted(set(withdrawn.values())):
            ids = [each for each, why in withdrawn.items() if why == cause]
            # They are off wherever they are: nothing of them may come up in between.
            store.withdraw(ids, cause=cause, held=ids)
    done = apply_replica(folder / RECORDS, installation)
    for database in _databases(installation):
        copy = folder / database.path.name
        if copy.exists():
            Database(copy, database.schema).copy_to(database.path)
    print(f"live: {done.generation} ({done.records:,} records)")


async def _copy_records(installation: Installation, path: Path) -> int:
    engine = installation.open_engine()
    lines = 0
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
            async for part in stream_replica(engine):
                lines += part.count(b"\n")
                file.write(part)
            file.flush()
            os.fsync(file.fileno())
    except NothingIndexedError:
        path.unlink(missing_ok=True)
        raise
    finally:
        await engine.close()
    return lines - 2


def _databases(installation: Installation) -> tuple[Database, ...]:
    folder = installation.settings.data_dir
    return open_ledger(folder), Decisions(folder).file
