"""The parts that commands share: options, the installation, JSON and progress bars."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from gettext import gettext as _
from typing import TYPE_CHECKING, Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    TaskID,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)

from gongkai.events import configure_logging
from gongkai.settings import Settings

if TYPE_CHECKING:
    from gongkai.engines.installation import Installation
    from gongkai.engines.scan import OnRecords

SECONDS_A_LINE = 60
"""How often progress is printed where there is no terminal."""

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


def open_progress(*columns: ProgressColumn | str, is_transient: bool = False) -> Progress:
    """Returns a progress bar on standard error; a line a minute where that is no terminal."""
    console = Console(stderr=True)
    if console.is_terminal:
        return Progress(*columns, console=console, transient=is_transient)
    return LineProgress(*columns, console=console)


@contextmanager
def count_progress(label: str, total: int | None = None) -> "Iterator[OnRecords]":
    """Shows how many records are done, of how many, and the time left; yields the counter."""
    columns = (TextColumn(label), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with open_progress(*columns) as bar:
        task = bar.add_task("", total=total)
        yield lambda count: bar.advance(task, count)


@contextmanager
def rate_progress(label: str, counts: str) -> Iterator[Callable[..., None]]:
    """Shows a bar, `counts` with the fields `task.fields`, and the time left.

    Yields a function of the work done, its total, the number for the rate, and more fields. Work
    that starts again, in a second pass, has a rate and a time left of its own.
    """
    columns = (
        TextColumn(label),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn(counts),
        TimeRemainingColumn(),
        TextColumn(_("left")),
    )
    with open_progress(*columns) as bar:
        task = bar.add_task("", total=None, rate=0.0)

        def report(done: float, total: float, counted: int, **fields: Any) -> None:
            if done < bar.tasks[0].completed:
                bar.reset(task)
            rate = counted / max(bar.tasks[0].elapsed or 0.0, 1e-9)
            bar.update(task, completed=done, total=total, rate=rate, **fields)

        yield report


class LineProgress(Progress):
    """Prints the columns as a line from time to time, for logs. Bars are left out."""

    def __init__(
        self,
        *columns: ProgressColumn | str,
        console: Console,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        shown = [each for each in columns if not isinstance(each, BarColumn | SpinnerColumn)]
        super().__init__(*shown, console=console, disable=True)
        self._clock = clock
        self._printed = clock()

    def advance(self, task_id: TaskID, advance: float = 1) -> None:
        """See Progress."""
        super().advance(task_id, advance)
        self._print()

    def update(self, task_id: TaskID, **changes: Any) -> None:
        """See Progress."""
        super().update(task_id, **changes)
        self._print()

    def _print(self) -> None:
        now = self._clock()
        if now - self._printed >= SECONDS_A_LINE:
            self._printed = now
            self.console.print(self.make_tasks_table(self.tasks))
