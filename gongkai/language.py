"""The language of the command line: that of the setting, else of the locale; Chinese or English.

Messages are English in the code. `locale/` contains their translations, which the build compiles.
"""

import gettext
import os
import re
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from gettext import gettext as _
from pathlib import Path
from typing import Any

import typer

from gongkai.errors import SettingsError
from gongkai.settings_file import find_variable, read_settings_file

DOMAIN = "gongkai"
FOLDER = Path(__file__).with_name("locale")
_SETTING = "language"
TYPE = re.compile(r"(?<=<)[A-Za-z\[\] ]+(?=>)")
"""The type of a value in help, such as `<int range>`; choices contain `|`."""
_USAGE = ("options_metavar", "subcommand_metavar")
"""Words of the usage line of a command or group."""


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
    for part in _parts(command):
        for name in ("help", "metavar", *_USAGE):
            # gettext translates an empty text into the header of its catalog.
            if text := getattr(part, name, None):
                setattr(part, name, gettext.gettext(text))
        if _is_argument(part):
            part.metavar = gettext.gettext(part.name)
        if hasattr(part, "format_help"):
            # Typer's own cuts off Chinese, which has no spaces to break lines at.
            part.format_help = partial(_print_help, part)


def _print_help(command: Any, context: Any, _formatter: Any) -> None:
    # Rich takes as long to load as the rest of a command that prints no table.
    from gongkai.help_page import print_help  # noqa: PLC0415

    print_help(command, context)


def translate_code(code: str) -> str:
    """Returns a code of the data (a field, a reason, a kind) in the words of the language.

    English has no words for codes. JSON and CSV contain the codes themselves.
    """
    return gettext.gettext(code) if code else ""


def translate_reason(reason: str) -> str:
    """Translates `field: code`, or a code alone."""
    field, separator, code = reason.rpartition(": ")
    if not separator:
        return translate_code(reason)
    return _("{field}: {reason}").format(field=translate_code(field), reason=translate_code(code))


def list_help(command: Any) -> list[str]:
    """Returns the messages that `translate_help` translates."""
    parts = list(_parts(command))
    context = typer.Context(command)
    records = (part.get_help_record(context) for part in parts if hasattr(part, "get_help_record"))
    return [
        *(part.help for part in parts if part.help),
        *(
            part.name if _is_argument(part) else part.metavar or ""
            for part in parts
            if hasattr(part, "metavar")
        ),
        *(kind for record in records if record for kind in TYPE.findall(record[0])),
        *(text for part in parts for name in _USAGE if (text := getattr(part, name, None))),
    ]


def _is_argument(part: Any) -> bool:
    return getattr(part, "param_type_name", "") == "argument"


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
