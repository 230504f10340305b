"""The parts that commands share: options, exit codes, the installation, JSON and progress bars."""

from typing import TYPE_CHECKING, Annotated

import orjson
import typer
from rich.console import Console
from rich.progress import Progress, ProgressColumn

from gongkai.events import configure_logging
from gongkai.settings import Settings

if TYPE_CHECKING:
    from gongkai.engines.installation import Installation

EXIT_USAGE, EXIT_REFUSED, EXIT_UNAVAILABLE = 2, 3, 4
"""Exit codes; `docs/reference/command-line.md` lists what each means."""

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
AsCsv = Annotated[bool, typer.Option("--csv", help="Print CSV.")]


def open_configured() -> "Installation":
    """Opens the installation that the settings describe, and sets up the log of the command."""
    # Commands about tokens need no engine, which takes longer to load than they run.
    from gongkai.engines.installation import open_installation  # noqa: PLC0415

    settings = Settings()
    configure_logging(settings)
    return open_installation(settings)


def print_json(value: object) -> None:
    """Prints a value as indented JSON."""
    print(orjson.dumps(value, default=list, option=orjson.OPT_INDENT_2).decode())


def open_progress(*columns: ProgressColumn | str) -> Progress:
    """Returns a progress bar on standard error, hidden where that is no terminal."""
    console = Console(stderr=True)
    return Progress(*columns, console=console, disable=not console.is_terminal)
