"""Words typed in a terminal in, an exit status out. The `gongkai` command; see CONTRACT exit codes.

0 all taken, 2 usage, 3 some rows or a switch refused or ids unknown, 4 engine not reachable.
"""

import os
import sys
from collections.abc import Sequence
from importlib import import_module

import typer
from pydantic import ValidationError

from analyzers.errors import TableError
from gongkai.errors import (
    EngineUnavailableError,
    GongkaiError,
    IndexMismatchError,
    ShrinkingIndexError,
    ShrinkingSourceError,
)
from gongkai.settings_errors import explain_settings

USAGE, REFUSED, NO_ENGINE = 2, 3, 4
COMMANDS = {
    "index": "indexer.commands.index",
    "rollback": "indexer.commands.index",
    "withdraw": "indexer.commands.index",
    "purge": "indexer.commands.index",
    "embed": "indexer.commands.embed",
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
    "replica": "indexer.commands.replica",
    "backup": "indexer.commands.backup",
    "restore": "indexer.commands.backup",
    "status": "indexer.commands.status",
}
"""Each command and the module that holds it, under the command's own name."""


def build_app(arguments: Sequence[str] = ()) -> typer.Typer:
    """All commands; where `arguments` begin with one, that one alone.

    Only what a command needs is loaded then: the rest takes longer than most commands do.
    """
    app = typer.Typer(
        name="gongkai",
        help="Full-text search over published government information (政府信息公开).",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    # A single command would lose its name.
    app.callback()(_about)
    asked = arguments[0] if arguments and arguments[0] in COMMANDS else None
    for name in (asked,) if asked else COMMANDS:
        found = getattr(import_module(COMMANDS[name]), name)
        if isinstance(found, typer.Typer):
            app.add_typer(found, name=name)
        else:
            app.command(name)(found)
    return app


def _about() -> None:
    """Full-text search over published government information (政府信息公开)."""


def main() -> None:
    """Run one command; expected errors are one clear sentence, never a stack trace."""
    # Whatever a command or a library writes, tantivy's files too, is for its owner alone.
    os.umask(0o077)
    try:
        build_app(sys.argv[1:])()
    except (EngineUnavailableError, IndexMismatchError) as error:
        _leave(str(error), NO_ENGINE)
    except (ShrinkingIndexError, ShrinkingSourceError) as error:
        _leave(str(error), REFUSED)
    except (GongkaiError, TableError) as error:
        _leave(str(error), USAGE)
    except ValidationError as error:
        _leave(explain_settings(error), USAGE)
    except OSError as error:
        # Whatever file it was: the system's word and the name say more than a stack would.
        where = f": {error.filename}" if error.filename else ""
        _leave(f"{error.strerror or type(error).__name__}{where}", NO_ENGINE)
    except KeyboardInterrupt:
        _leave("Stopped. Run the same command again to go on.", 130)


def _leave(message: str, status: int) -> None:
    for line in message.splitlines():
        print(f"gongkai: {line}", file=sys.stderr)
    sys.exit(status)
