"""The `gongkai` command; exit codes as in the contract.

0: all rows indexed, 2: usage, 3: rows or a switch rejected or ids unknown, 4: engine unavailable.
"""

import gc
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from gettext import gettext as _
from importlib import import_module, metadata
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from gongkai.command_table import COMMANDS
from gongkai.exit_codes import EXIT_STOPPED
from gongkai.language import translate_help, use_language
from gongkai.settings_file import CONFIG

_CONFIG_OPTION = "--config"


def build_app(names: Iterable[str] = COMMANDS) -> typer.Typer:
    """Builds the commands with these names; loads their modules, which takes a second for all."""
    app = _open_app()
    for name in names:
        found = getattr(import_module(COMMANDS[name].module), name)
        if isinstance(found, typer.Typer):
            app.add_typer(found, name=name, help=COMMANDS[name].summary)
        else:
            app.command(name, help=COMMANDS[name].summary)(found)
    return app


def build_overview() -> typer.Typer:
    """Builds all commands for the help alone; loads none of their modules."""
    app = _open_app()
    for name, command in COMMANDS.items():
        app.command(name, help=command.summary)(lambda: None)
    return app


def _open_app() -> typer.Typer:
    app = typer.Typer(
        name="gongkai",
        help="Full-text search over published government information (政府信息公开).",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    # Typer drops the name of a single command.
    app.callback()(_about)
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
    named = _find_command(arguments)
    try:
        command = _load_command(named)
        translate_help(command)
        status = command(standalone_mode=False)
    except (KeyboardInterrupt, typer.Abort):
        status = EXIT_STOPPED
    except Exception as error:
        _leave(*_explain(error))
    if status == EXIT_STOPPED:
        _leave(_("Stopped. Run the same command again to continue."), EXIT_STOPPED)
    sys.exit(status)


def _load_command(named: str) -> Callable[..., Any]:
    """Returns the command. The modules that it imports are spared from garbage collection."""
    gc.disable()
    try:
        app = build_app([named]) if named in COMMANDS else build_overview()
        return typer.main.get_command(app)
    finally:
        gc.freeze()
        gc.enable()


def _explain(error: Exception) -> tuple[str, int]:
    # A command that succeeds needs none of this.
    from gongkai.failures import explain_failure  # noqa: PLC0415

    return explain_failure(error)


def _leave(message: str, status: int) -> NoReturn:
    for line in message.splitlines():
        print(f"gongkai: {line}", file=sys.stderr)
    sys.exit(status)
