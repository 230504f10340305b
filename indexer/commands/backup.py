"""`gongkai backup` and `restore`: one folder with all data that exports cannot reproduce.

It has the same content for both engines: public records as lines, their earlier versions,
withdrawals, and the ledgers of staff. The index is built from the lines, so a backup of one engine
or version can be restored into another. A restore merges: records closed and tokens revoked since
the backup stay so.
"""

import asyncio
import os
import shutil
import tempfile
from collections.abc import Collection, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from gettext import gettext as _
from pathlib import Path
from typing import Annotated

import orjson
import typer

from gongkai.catalog.disclosure import Disclosure
from gongkai.command_line import count_progress, open_configured
from gongkai.duplicates.decisions import Decisions
from gongkai.engines.earlier_versions import EarlierVersions
from gongkai.engines.installation import Installation
from gongkai.engines.port import EngineQuery, IndexStore
from gongkai.engines.scan import AT_ONCE, read_pages
from gongkai.engines.withdrawals import Withdrawal, merge_withdrawals
from gongkai.errors import EngineUnavailableError, IndexMismatchError, LostLedgerError
from gongkai.exit_codes import EXIT_REFUSED
from gongkai.files.durable import make_folder, open_private
from gongkai.query.request import Sort
from gongkai.query.tree import Terms
from gongkai.search.replica import END, stream_replica
from gongkai.staff.audit import Action, Audit
from gongkai.staff.job_merge import erase_inspections, merge_jobs
from gongkai.staff.jobs import open_jobs
from gongkai.staff.merge import TokenRow, find_revoked_since, merge_staff
from gongkai.staff.staff_database import open_ledger
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
from indexer.databases import list_databases
from indexer.replicas import CopyJob, Filling, Kept, switch_to

_MOST_LISTED = 20


def backup(
    folder: Annotated[Path, typer.Argument(help="A new folder.")],
) -> None:
    """Copy records, withdrawals, decisions, tokens, jobs and logs of staff; takes no lock."""
    if os.path.lexists(folder):
        raise BackupError(_("{folder} already exists; name a new folder.").format(folder=folder))
    installation = open_configured()
    make_folder(folder.parent)
    part = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", suffix=".part", dir=folder.parent))
    try:
        count = _fill(part, installation)
        part.rename(folder)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    print(_("{folder}: {count:,} records").format(folder=folder, count=count))


def restore(
    folder: Annotated[Path, typer.Argument(help="Folder written by `gongkai backup`.")],
    force: Annotated[bool, typer.Option("--force", help="Replace the existing index.")] = False,
    reopen: Annotated[
        bool,
        typer.Option(
            "--reopen",
            help="Publish records again that were closed since the backup, and reactivate tokens.",
        ),
    ] = False,
    allow_shrink: Annotated[
        bool,
        typer.Option("--allow-shrink", help="Allow the loss of a tenth of the records or more."),
    ] = False,
) -> None:
    """Check a backup, build its index, switch to it, and merge the ledgers."""
    copy = check_backup(folder)
    installation = open_configured()
    with closing(installation.open_store()) as store:
        if store.check_integrity() and not force:
            raise BackupError(
                _("There is an index here: add --force to replace it with the backup.")
            )
        done, generation = _restore(
            copy, store, installation, reopen=reopen, allow_shrink=allow_shrink
        )
    print(
        _("live: {generation} ({count:,} records)").format(
            generation=generation, count=len(done.taken)
        )
    )
    if done.refused:
        print(
            _("refused {refused:,}: they may not be published under the rules here").format(
                refused=done.refused
            )
        )
        raise typer.Exit(EXIT_REFUSED)


@dataclass(frozen=True, slots=True)
class _Revived:
    """Items that are open in the backup and were closed in this installation since."""

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
    """Merges closures and revocations first, then restores the records.

    If the process is killed at any moment, nothing closed is open, and the command can be repeated.
    """
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
    merge_jobs(copy.jobs, open_jobs(installation.settings.data_dir))
    hidden = {*kept.off, *revived.on_request, *without_text}
    _restore_versions(copy, store, installation, hidden)
    with count_progress(_("indexing")) as on_records:
        job = CopyJob(copy.records, allow_shrink, on_records)
        filling = switch_to(job, store, installation, kept)
    EarlierVersions(installation.settings.data_dir).erase(copy.public - filling.taken)
    if reopen and revived.closed:
        store.restore(revived.closed & filling.taken)
    return filling, filling.writer.name


def _restore_versions(
    copy: CheckedBackup, store: IndexStore, installation: Installation, hidden: Collection[str]
) -> None:
    """Restores earlier versions where none are here.

    Nothing comes back of the `hidden` records, from before a withdrawal, or of versions that staff
    erased.
    """
    folder = installation.settings.data_dir
    versions = EarlierVersions(folder)
    if copy.versions is None or versions.file.path.exists():
        # The versions here are newer, and lack what was erased since.
        return
    withdrawals = store.withdrawals()
    erased = Audit(open_ledger(folder)).last_times(Action.VERSIONS_ERASED)
    public = copy.public.difference(hidden)

    def is_kept(record_id: str, until: str) -> bool:
        withdrawal = withdrawals.get(record_id)
        has_been_open = withdrawal is None or "" < withdrawal.when < until
        return record_id in public and has_been_open and erased.get(record_id, "") < until

    versions.restore(copy.versions, is_kept)


def _read_ledger(store: IndexStore) -> Mapping[str, Withdrawal]:
    """Returns the local ledger. If it is lost for good, reports this and starts an empty one."""
    try:
        store.repair_ledger()
    except LostLedgerError:
        store.restart_ledger()
        print(
            _("The local ledger of withdrawals was lost: repeat withdrawals that the backup lacks.")
        )
    return store.withdrawals()


def _check_databases(installation: Installation) -> None:
    for database in list_databases(installation.settings.data_dir):
        database.begin_anew()
        if fault := database.examine():
            raise BackupError(
                _(
                    "{path} is damaged ({fault}) and nothing was restored; move it away to "
                    "restore without its data."
                ).format(path=database.path, fault=fault)
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
    """Returns ids of live records whose text is not public; none if no index can be searched."""
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
    word = _("opened again") if reopen else _("stays closed (--reopen opens it)")
    tokens = [_("token {id} {name}").format(id=each.id, name=each.name) for each in revived.tokens]
    records = [_("record {id}").format(id=each) for each in sorted(revived.closed)]
    entries = [_("text of record {id}").format(id=each) for each in sorted(revived.on_request)]
    for kind in (tokens, records, entries):
        for each in kind[:_MOST_LISTED]:
            print(f"{each}: {word}")
        if len(kind) > _MOST_LISTED:
            print(
                _("… and {value:,} more: {word}").format(value=len(kind) - _MOST_LISTED, word=word)
            )


def _fill(part: Path, installation: Installation) -> int:
    """Writes all files of a backup and returns the number of records.

    The ledger comes last: a record withdrawn during the copy is in both, and a restore leaves it
    out.
    """
    with closing(installation.open_store()) as store:
        store.withdrawals()
        count = asyncio.run(_copy_records(installation, part / RECORDS))
        write_withdrawals(part / WITHDRAWN, dict(store.withdrawals()))
    folder = installation.settings.data_dir
    for database in list_databases(folder):
        database.copy_to(part / database.path.name)
    erase_inspections(part / open_jobs(folder).path.name)
    write_manifest(part, datetime.now(UTC).isoformat(timespec="seconds"), count)
    return count


async def _copy_records(installation: Installation, path: Path) -> int:
    engine = installation.open_engine()
    count = 0
    try:
        parts = stream_replica(engine)
        head = await anext(parts)
        total = orjson.loads(head)["records"]
        with open_private(path) as file, count_progress(_("copying"), total) as on_records:
            file.write(head)
            async for part in parts:
                file.write(part)
                if not part.startswith(END):
                    count += part.count(b"\n")
                    on_records(part.count(b"\n"))
    finally:
        await engine.close()
    return count
