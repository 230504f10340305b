"""Tasks that no request waits for: begun in a request's event loop, ended with its services."""

import asyncio
from collections.abc import Coroutine
from weakref import WeakKeyDictionary

_running: "WeakKeyDictionary[asyncio.AbstractEventLoop, set[asyncio.Task[None]]]" = (
    WeakKeyDictionary()
)


def start_in_background(work: Coroutine[object, object, None]) -> "asyncio.Task[None]":
    """Starts the work in this event loop; `end_background_tasks` cancels it."""
    tasks = _running.setdefault(asyncio.get_running_loop(), set())
    task = asyncio.create_task(work)
    tasks.add(task)
    task.add_done_callback(tasks.discard)
    return task


async def end_background_tasks() -> None:
    """Cancels what runs in this event loop and waits: a closed engine must get no request."""
    tasks = set(_running.get(asyncio.get_running_loop(), ()))
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
