"""`gongkai doctor`: checks the data of an installation and says how to repair it."""

from contextlib import closing
from gettext import gettext as _
from typing import Annotated

import typer

from gongkai.command_line import AsJson, open_configured, print_json
from gongkai.engines.data_folder import make_private
from gongkai.exit_codes import EXIT_REFUSED, EXIT_UNAVAILABLE
from indexer.diagnosis import advise, find_faults, summarize


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
    found = list(find_faults(installation, examined, ledger))
    faults, advice = [each.text for each in found], advise(examined)
    if as_json:
        print_json(
            {
                "generations": examined,
                "findings": summarize(found, examined),
                "faults": faults,
                "advice": advice,
                "switched": switched,
            }
        )
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
