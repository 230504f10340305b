"""The language of the command line: that of the setting, else of the locale; Chinese or English.

Messages are English in the code. `locale/` contains their translations, which the build compiles.
"""

import gettext
import os
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from gettext import gettext as _
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from gongkai.errors import SettingsError
from gongkai.settings_file import find_variable, read_settings_file

DOMAIN = "gongkai"
FOLDER = Path(__file__).with_name("locale")
_SETTING = "language"


def use_language() -> None:
    """Makes gettext translate the messages of this process.

    gettext takes the language from LANGUAGE, LC_ALL, LC_MESSAGES or LANG. The setting replaces
    LANGUAGE.
    """
    gettext.bindtextdomain(DOMAIN, str(FOLDER))
    gettext.textdomain(DOMAIN)
    if chosen := _read_setting():
        os.environ["LANGUAGE"] = chosen


def translate_help(command: Any) -> None:
    """Translates the help of a click command, its options and its subcommands."""
    if not gettext.find(DOMAIN, str(FOLDER)):
        return
    for each in _parts(command):
        # gettext translates an empty text into the header of its catalog.
        if each.help:
            each.help = gettext.gettext(each.help)
        if hasattr(each, "format_help"):
            # Typer's own cuts off Chinese, which has no spaces to break lines at.
            each.format_help = partial(_print_help, each)


def _print_help(command: Any, context: Any, _formatter: Any) -> None:
    console = Console(highlight=False, markup=False)
    pieces = " ".join((context.command_path, *command.collect_usage_pieces(context)))
    console.print(f"{_('Usage:')} {pieces}\n\n{command.help or ''}")
    records = [each.get_help_record(context) for each in command.get_params(context)]
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


def list_help(command: Any) -> list[str]:
    """Returns the messages that `translate_help` translates."""
    return [each.help for each in _parts(command) if each.help]


def _parts(command: Any) -> Iterator[Any]:
    """Yields a command, its options, and those of its subcommands."""
    yield command
    yield from (each for each in command.params if hasattr(each, "help"))
    yield command.get_help_option(typer.Context(command))
    for each in getattr(command, "commands", {}).values():
        yield from _parts(each)


def _read_setting() -> str:
    if variable := find_variable(_SETTING):
        return os.environ[variable].strip()
    # A wrong settings file is reported later, by the command.
    with suppress(SettingsError):
        return str(read_settings_file().values.get(_SETTING, ""))
    return ""
