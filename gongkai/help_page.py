"""Prints the help of a command in the language of the command line."""

import gettext
from collections.abc import Iterator
from gettext import gettext as _
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from gongkai.language import TYPE


def print_help(command: Any, context: Any) -> None:
    """Prints usage, description, arguments and options, and the commands below a click command."""
    console = Console(highlight=False, markup=False)
    pieces = " ".join((context.command_path, *command.collect_usage_pieces(context)))
    usage = _("Usage:")
    console.print(f"{usage} {pieces}\n\n{command.help or ''}")
    records = [_translate_type(each.get_help_record(context)) for each in _listed(command, context)]
    below = getattr(command, "commands", {}).items()
    for title, rows in (
        (_("Arguments and options"), [each for each in records if each]),
        (_("Commands"), [(name, each.help or "") for name, each in below]),
    ):
        if rows:
            table = Table(box=None, show_header=False, padding=(0, 0, 0, 2))
            table.add_column(overflow="fold", max_width=console.width // 2)
            table.add_column(overflow="fold")
            for row in rows:
                table.add_row(*map(Text, row))
            console.print(f"\n{title}")
            console.print(table)


def _listed(command: Any, context: Any) -> Iterator[Any]:
    yield from (each for each in command.get_params(context) if not getattr(each, "hidden", False))


def _translate_type(record: tuple[str, str]) -> tuple[str, str]:
    name, text = record
    return TYPE.sub(lambda found: gettext.gettext(found[0]), name), text
