"""`gongkai backup` and `restore`: one folder that holds all that can't be made again from exports.

The same for both engines: public records as lines, withdrawals, and staff's ledgers. An index is
built of the lines, so a backup of one engine or version restores into another. A restore merges:
what was closed or revoked since the backup stays so.
"""

import asyncio
import os
import shutil
import tempfile
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from gongkai.catalog.disclosure import Disclosure
from gongkai.duplicates.decisions import Decisions
from gongkai.engines.database import Database
from gongkai.engines.installation import Installation, open_installation
from gongkai.engines.port import EngineQuery, IndexStore
from gongkai.engines.scan import AT_ONCE, read_pages
from gongkai.engines.withdrawals import Withdrawal, merge_withdrawals
from gongkai.errors import EngineUnavailableError, IndexMismatchError, LostLedgerError
from gongkai.files.durable import make_folder, open_private
from gongkai.query.request import Sort
from gongkai.query.tree import Terms
from gongkai.search.replica import stream_replica
from gongkai.settings import Settings
from gongkai.staff.ledger import open_ledger
from gongkai.staff.merge import TokenRow, find_revoked_since, merge_staff
from indexer.attachments.owners import find_shown, merge_owners, open_owners
from indexer.backup_files import (
    RECORDS,
    WITHDRAWN,
    BackupError,
    CheckedBackup,
    check_backup,
    write_manifest,
    write_withdrawals,
)
from indexer.replicas import Filling, Kept, switch_to

_REFUSED = 3
_MOST_LISTED = 20


def backup(
    folder: Annotated[Path, typer.Argument(help="A folder that is not there yet.")],
) -> None:
    """Copy records, withdrawals, decisions, tokens and logs of staff; takes no lock."""
    if os.path.lexists(folder):
        raise BackupError(f"{folder} is there already; name a new folder.")
    installation = open_installation(Settings())
    make_folder(folder.parent)
    part = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", suffix=".part", dir=folder.parent))
    try:
        count = _fill(part, installation)
        part.rename(folder)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    print(f"{folder}: {count:,} records")


def restore(
    folder: Annotated[Path, typer.Argument(help="What `gongkai backup` has written.")],
    force: Annotated[
        bool, typer.Option("--force", help="Although there is an index, which is replaced.")
    ] = False,
    reopen: Annotated[
        bool,
        typer.Option(
            "--reopen",
            help="Publish again what was closed since the backup, and put tokens in force again.",
        ),
    ] = False,
    allow_shrink: Annotated[
        bool,
        typer.Option("--allow-shrink", help="Although a tenth of the records or more are gone."),
    ] = False,
) -> None:
    """Check a backup, build its index, switch to it, and merge the ledgers."""
    copy = check_backup(folder)
    installation = open_installation(Settings())
    with closing(installation.open_store()) as store:
        if store.check_integrity() and not force:
            raise BackupError("There is an index here: add --force to put the backup in its place.")
        done, generation = _restore(
            copy, store, installation, reopen=reopen, allow_shrink=allow_shrink
        )
    print(f"live: {generation} ({len(done.taken):,} records)")
    if done.refused:
        print(f"refused {done.refused:,}: they may not be published under the rules here")
        raise typer.Exit(_REFUSED)


@dataclass(frozen=True, slots=True)
class _Revived:
    """What the backup has open and this installation has closed since."""

    closed: frozenset[str]
    on_request: frozenset[str]
    tokens: tuple[TokenRow, ...]


def _restore(
    copy: CheckedBackup,
    store: IndexStore,
    installation: Installation,
    *,
    reopen: bool,
    allow_shrink: bool,
) -> tuple[Filling, str]:
    """Closings and revocations first, then the records: killed at any moment, nothing is open that
    was closed, and the same can be run again."""
    ours = _read_ledger(store)
    _check_databases(installation)
    changes = merge_withdrawals(ours, copy.withdrawals)
    closed = {key for key, each in {**ours, **changes}.items() if each.is_closed}
    revived = _find_revived(copy, ours, installation)
    _tell(revived, reopen=reopen)
    if changes:
        store.put_withdrawals(changes)
    merge_staff(copy.staff, open_ledger(installation.settings.data_dir), reopen=reopen)
    Decisions(installation.settings.data_dir).merge(copy.decisions)
    owners = open_owners(installation.settings.data_dir)
    merge_owners(owners, copy.owners)
    without_text = find_shown(owners)
    kept = Kept(closed, revived.on_request, without_text)
    if reopen:
        kept = Kept(closed - revived.closed, without_text=without_text)
    filling = switch_to(copy.records, store, installation, kept, allow_shrink=allow_shrink)
    if reopen and revived.closed:
        store.restore(revived.closed & filling.taken)
    return filling, filling.writer.name


def _read_ledger(store: IndexStore) -> Mapping[str, Withdrawal]:
    """The ledger here; where it is lost for good, an empty one is begun, and that is told."""
    try:
        store.repair_ledger()
    except LostLedgerError:
        store.restart_ledger()
        print("The ledger of withdrawals here was lost: withdraw again what the backup has not.")
    return store.withdrawals()


def _check_databases(installation: Installation) -> None:
    for database in _databases(installation):
        database.begin_anew()
        if fault := database.examine():
            raise BackupError(
                f"{database.path} is damaged ({fault}): move it away to go on without what it "
                "has that the backup has not; nothing was restored."
            )


def _find_revived(
    copy: CheckedBackup, ours: Mapping[str, Withdrawal], installation: Installation
) -> _Revived:
    here = {key for key, each in ours.items() if each.is_closed}
    there = {key for key, each in copy.withdrawals.items() if each.is_closed}
    ledger = open_ledger(installation.settings.data_dir)
    return _Revived(
        frozenset(copy.ids & (here - there)),
        frozenset(copy.public & asyncio.run(_read_on_request(installation))),
        tuple(find_revoked_since(copy.staff, ledger)),
    )


async def _read_on_request(installation: Installation) -> set[str]:
    """Ids of live records whose text is not public; none where no index can be searched."""
    engine = installation.open_engine()
    query = Terms("disclosure", (Disclosure.ON_REQUEST.value,))
    found: set[str] = set()
    try:
        async for page in read_pages(engine, EngineQuery(query, sort=Sort.NEWEST, limit=AT_ONCE)):
            found.update(hit.id for hit in page.hits)
    except (EngineUnavailableError, IndexMismatchError):
        return found
    finally:
        await engine.close()
    return found


def _tell(revived: _Revived, *, reopen: bool) -> None:
    word = "opened again" if reopen else "stays closed (--reopen opens it)"
    tokens = [f"token {each.id} {each.name}" for each in revived.tokens]
    records = [f"record {each}" for each in sorted(revived.closed)]
    entries = [f"text of record {each}" for each in sorted(revived.on_request)]
    for kind in (tokens, records, entries):
        for each in kind[:_MOST_LISTED]:
            print(f"{each}: {word}")
        if len(kind) > _MOST_LISTED:
            print(f"… and {len(kind) - _MOST_LISTED:,} more: {word}")


def _fill(part: Path, installation: Installation) -> int:
    """All files of a backup; records that it holds. The ledger last: what is withdrawn while the
    records are copied is in both, and a restore leaves it out."""
    with closing(installation.open_store()) as store:
        store.withdrawals()
        count = asyncio.run(_copy_records(installation, part / RECORDS))
        write_withdrawals(part / WITHDRAWN, dict(store.withdrawals()))
    for database in _databases(installation):
        database.copy_to(part / database.path.name)
    write_manifest(part, datetime.now(UTC).isoformat(timespec="seconds"), count)
    return count


async def _copy_records(installation: Installation, path: Path) -> int:
    engine = installation.open_engine()
    lines = 0
    try:
        with open_private(path) as file:
            async for part in stream_replica(engine):
                lines += part.count(b"\n")
                file.write(part)
    finally:
        await engine.close()
    return lines - 2


def _databases(installation: Installation) -> tuple[Database, ...]:
    folder = installation.settings.data_dir
    return open_ledger(folder), Decisions(folder).file, open_owners(folder)
