"""`gongkai slots`: the state of a rebuild by several processes."""

import re
from contextlib import closing
from gettext import gettext as _
from typing import Annotated

import typer

from gongkai.catalog.slot import Slot
from gongkai.command_line import open_configured
from gongkai.engines.manifest import Manifest

MOST_SLOTS = 1_000
_SLOT = re.compile(r"(\d{1,4})/(\d{1,4})")


def read_slot(text: str, *, rebuild: bool, complete: bool) -> Slot | None:
    """Returns the slot of an option such as 2/4."""
    if not text:
        return None
    found = _SLOT.fullmatch(text)
    slot = Slot(int(found[1]), int(found[2])) if found else Slot(0, 0)
    if not 1 <= slot.number <= slot.total <= MOST_SLOTS:
        raise typer.BadParameter(_("a slot is written as 2/4: the second of four"))
    if not rebuild or complete:
        raise typer.BadParameter(_("--slot needs --rebuild, and --complete is not possible"))
    return slot


def slots(
    drop: Annotated[
        bool, typer.Option("--drop", help="Give up the rebuild: drop what its slots have written.")
    ] = False,
) -> None:
    """Show which slots of an unfinished rebuild (`index --rebuild --slot`) are done."""
    with closing(open_configured().open_slots()) as store:
        if drop:
            name = store.drop_unfinished()
            print(_("dropped: {name}").format(name=name or "–"))
            return
        manifest = store.unfinished()
    if manifest is None:
        print(_("no rebuild in slots"))
        return
    print(_("generation {generation}").format(generation=manifest.name))
    for number in range(1, manifest.slots + 1):
        print(f"{number}/{manifest.slots}  {_describe(manifest, number)}")


def _describe(manifest: Manifest, number: int) -> str:
    if number in manifest.done:
        return _("done")
    if number in manifest.started:
        return _("started")
    return _("not started")
