"""`gongkai embed`: computes the vectors of records for semantic search."""

import asyncio
import time

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from gongkai.engines.installation import Installation, open_installation
from gongkai.semantic.embedding import embed_records
from gongkai.settings import Settings


def embed() -> None:
    """Compute missing and outdated vectors. A stopped run continues where it was."""
    embed_installation(open_installation(Settings()))


def embed_installation(installation: Installation) -> None:
    """Computes the vectors of an installation and prints the counts."""
    console = Console(stderr=True)
    columns = (
        TextColumn("embedding"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.completed:,.0f} records, {task.fields[rate]:,.0f} vectors/s,"),
        TimeRemainingColumn(),
        TextColumn("left"),
    )
    started = time.perf_counter()
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=None, rate=0.0)

        def advance(seen: int, total: int, made: int) -> None:
            rate = made / max(time.perf_counter() - started, 1e-9)
            bar.update(task, completed=seen, total=total, rate=rate)

        done = asyncio.run(embed_records(installation, advance))
    print(f"embedded   {done.made:>10,}  in {time.perf_counter() - started:.1f} s")
    print(f"unchanged  {done.kept:>10,}")
    print(f"dropped    {done.dropped:>10,}")
    print(f"model      {done.model}")
