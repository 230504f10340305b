"""`gongkai doctor`: checks the data of an installation and says how to repair it."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from gettext import gettext as _
from pathlib import Path
from typing import Annotated

import typer

from gongkai.command_line import EXIT_REFUSED, EXIT_UNAVAILABLE, AsJson, open_configured, print_json
from gongkai.duplicates.decisions import Decisions
from gongkai.engines.data_folder import make_private
from gongkai.engines.installation import Installation
from gongkai.engines.port import IntegrityReport
from gongkai.files.ocr import find_ocr_fault
from gongkai.staff.staff_database import open_ledger
from gongkai.trusted_proxies import find_proxy_faults
from indexer.attachments.owners import open_owners

LEAST_FREE = 0.1
"""Share of a disk that should be free: a rebuild needs space for a second index."""


def doctor(
    repair: Annotated[
        bool,
        typer.Option(
            "--repair", help="Remove leftovers of killed runs; switch to an intact generation."
        ),
    ] = False,
    new_ledger: Annotated[
        bool,
        typer.Option(
            "--new-ledger",
            help="Start an empty ledger of withdrawals if the old one is lost for good.",
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Check all bytes of the index, the ledgers and the disk, and say what to do."""
    installation = open_configured()
    closed = make_private(installation.settings.data_dir)
    with closing(installation.open_store()) as store:
        if new_ledger and store.examine_ledger():
            store.restart_ledger()
        switched = store.recover() if repair else None
        examined = store.check_integrity()
        ledger = store.examine_ledger()
    faults = [*_find_faults(installation, examined), *ledger]
    advice = _advise(examined)
    if as_json:
        report = {"generations": examined, "faults": faults, "advice": advice, "switched": switched}
        print_json(report)
    else:
        for each in examined:
            state = _("damaged") if each.faults else _("intact")
            print(
                _("generation {name} {value}{state}").format(
                    name=each.name, value=_("live ") if each.live else "", state=state
                )
            )
        if closed:
            print(
                _(
                    "Other users could read {closed:,} files and folders; now only the owner can."
                ).format(closed=closed)
            )
        for line in (
            *faults,
            *([_("switched to {name}").format(name=switched)] if switched else []),
            advice,
        ):
            print(line)
    if not any(each.live and not each.faults for each in examined):
        raise typer.Exit(EXIT_UNAVAILABLE)
    if faults:
        raise typer.Exit(EXIT_REFUSED)


def _find_faults(installation: Installation, examined: list[IntegrityReport]) -> Iterator[str]:
    for each in examined:
        yield from (f"{each.name}: {fault}" for fault in each.faults)
    folder = installation.settings.data_dir
    yield from _find_database_faults(folder)
    yield from find_proxy_faults(folder)
    if installation.settings.ocr and (fault := find_ocr_fault()):
        yield fault
    if folder.exists():
        usage = shutil.disk_usage(folder)
        if usage.free < LEAST_FREE * usage.total:
            yield _("Only {value:,.1f} GB of disk space are free; a rebuild may not fit.").format(
                value=usage.free / 1000000000.0
            )


def _find_database_faults(folder: Path) -> Iterator[str]:
    for database in (open_ledger(folder), Decisions(folder).file, open_owners(folder)):
        if fault := database.examine():
            yield _("{name}: {fault}. Restore it from its backup.").format(
                name=database.path.name, fault=fault
            )


def _advise(examined: list[IntegrityReport]) -> str:
    live = next((each for each in examined if each.live), None)
    if live and not live.faults:
        return _("The live generation is intact.")
    whole = next((each for each in examined if not each.faults), None)
    if whole:
        return _("Go back to {name}: run `gongkai doctor --repair`.").format(name=whole.name)
    if not examined:
        return _("Nothing is indexed yet: run `gongkai index` first.")
    return _("No generation can be searched: run `gongkai index --rebuild` over the exports.")
