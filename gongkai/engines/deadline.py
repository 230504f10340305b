"""Runs a query in a thread and gives up on it in time. The embedded engine's queries go through it.

A library call that is under way can't be interrupted: its caller is told in time, and the thread
stops before its next step. How long one step may take is bounded by the clauses of a query.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from gongkai.errors import QueryTimeoutError

_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment of the monotonic clock."""

    at: float

    def check(self) -> None:
        """Raises QueryTimeoutError once it has passed."""
        if time.monotonic() >= self.at:
            raise QueryTimeoutError


async def run_in_time(seconds: float, work: Callable[[Deadline], _Result]) -> _Result:
    """What `work` returns in a thread. Raises QueryTimeoutError after so many seconds."""
    deadline = Deadline(time.monotonic() + seconds)
    try:
        async with asyncio.timeout(seconds):
            return await asyncio.to_thread(work, deadline)
    except TimeoutError:
        raise QueryTimeoutError from None
