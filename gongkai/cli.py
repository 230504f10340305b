"""The `gongkai` command; exit codes as in the contract.

0: all rows indexed, 2: usage, 3: rows or a switch rejected or ids unknown, 4: engine unavailable.
"""

import os
import sys
from collections.abc import Sequence
from gettext import gettext as _
from importlib import import_module, metadata
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from pydantic import ValidationError

from analyzers.errors import TableError
from gongkai.command_line import (
    EXIT_REFUSED,
    EXIT_STOPPED,
    EXIT_UNAVAILABLE,
    EXIT_USAGE,
)
from gongkai.errors import (
    EngineUnavailableError,
    GongkaiError,
    IndexMismatchError,
    ShrinkingIndexError,
    ShrinkingSourceError,
    name_fault,
)
from gongkai.language import translate_help, use_language
from gongkai.settings_errors import explain_settings
from gongkai.settings_file import CONFIG
from gongkai.usage_errors import UsageError, explain_usage

_CONFIG_OPTION = "--config"
COMMANDS = {
    "init": "indexer.commands.init",
    "pull": "indexer.commands.pull",
    "inspect": "indexer.commands.inspect",
    "index": "indexer.commands.index",
    "rollback": "indexer.commands.index",
    "withdraw": "indexer.commands.index",
    "purge": "indexer.commands.index",
    "embed": "indexer.commands.embed",
    "model": "indexer.commands.model",
    "serve": "search_api.commands.serve",
    "search": "search_api.commands.search",
    "explain": "search_api.commands.search",
    "evaluate": "search_api.commands.evaluate",
    "verify": "search_api.commands.verify",
    "check": "indexer.commands.check",
    "doctor": "indexer.commands.doctor",
    "duplicates": "search_api.commands.duplicates",
    "stats": "search_api.commands.stats",
    "token": "search_api.commands.token",
    "apikey": "search_api.commands.apikey",
    "replica": "indexer.commands.replica",
    "backup": "indexer.commands.backup",
    "restore": "indexer.commands.backup",
    "status": "indexer.commands.status",
    "settings": "indexer.commands.settings",
    "tables": "indexer.commands.tables",
}
"""Each command and the module that contains it, as a function or app of the same name."""


def build_app(arguments: Sequence[str] = ()) -> typer.Typer:
    """Builds all commands, or only the one that `arguments` name.

    Only the module of that command is loaded, because loading all takes longer than most commands.
    """
    app = typer.Typer(
        name="gongkai",
        help="Full-text search over published government information (政府信息公开).",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    # Typer drops the name of a single command.
    app.callback()(_about)
    named = _find_command(arguments)
    for name in (named,) if named in COMMANDS else COMMANDS:
        found = getattr(import_module(COMMANDS[name]), name)
        if isinstance(found, typer.Typer):
            app.add_typer(found, name=name)
        else:
            app.command(name)(found)
    return app


def _find_command(arguments: Sequence[str]) -> str:
    words = iter(arguments)
    for word in words:
        if word == _CONFIG_OPTION:
            next(words, None)
        elif not word.startswith("-"):
            return word
    return ""


def _read_config_option(arguments: Sequence[str]) -> Path | None:
    """Returns the named settings file, which also chooses the language of the help."""
    for at, word in enumerate(arguments[:-1]):
        if not word.startswith("-"):
            break
        if word == _CONFIG_OPTION:
            return Path(arguments[at + 1])
    return None


def _use_config(path: Path | None) -> None:
    # As a variable, because processes started by this one read the settings again.
    if path is not None:
        os.environ[CONFIG] = str(path.absolute())


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"gongkai {metadata.version('gongkai')}")
        raise typer.Exit


def _about(
    config: Annotated[
        Path | None,
        typer.Option(
            _CONFIG_OPTION,
            metavar="FILE",
            callback=_use_config,
            help="Settings file (default: GONGKAI_CONFIG, else gongkai.toml in this folder).",
        ),
    ] = None,
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    """Full-text search over published government information (政府信息公开)."""


def main() -> None:
    """Runs one command; an expected error is printed as a sentence, never as a stack trace."""
    # Files of commands and libraries, including tantivy's, are accessible to the owner only.
    os.umask(0o077)
    arguments = sys.argv[1:]
    _use_config(_read_config_option(arguments))
    use_language()
    try:
        command = typer.main.get_command(build_app(arguments))
        translate_help(command)
        status = command(standalone_mode=False)
    except UsageError as error:
        _leave(explain_usage(error), EXIT_USAGE)
    except (EngineUnavailableError, IndexMismatchError) as error:
        _leave(str(error), EXIT_UNAVAILABLE)
    except (ShrinkingIndexError, ShrinkingSourceError) as error:
        _leave(str(error), EXIT_REFUSED)
    except (GongkaiError, TableError) as error:
        _leave(str(error), EXIT_USAGE)
    except ValidationError as error:
        _leave(explain_settings(error), EXIT_USAGE)
    except OSError as error:
        # The system's message and the file name say more than a stack trace.
        where = f": {error.filename}" if error.filename else ""
        _leave(f"{name_fault(error)}{where}", EXIT_UNAVAILABLE)
    except (KeyboardInterrupt, typer.Abort):
        status = EXIT_STOPPED
    if status == EXIT_STOPPED:
        _leave(_("Stopped. Run the same command again to continue."), EXIT_STOPPED)
    sys.exit(status)


def _leave(message: str, status: int) -> NoReturn:
    for line in message.splitlines():
        print(f"gongkai: {line}", file=sys.stderr)
    sys.exit(status)
