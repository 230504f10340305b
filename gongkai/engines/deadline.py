"""Runs a query in a thread and stops waiting for it at a deadline.

A running library call cannot be interrupted. The caller gets the error in time, and the thread
stops before its next step. The limits on clauses bound the time of one step.
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
    """A deadline on the monotonic clock."""

    at: float

    def check(self) -> None:
        """Raises QueryTimeoutError once the deadline has passed."""
        if time.monotonic() >= self.at:
            raise QueryTimeoutError


async def run_in_time(seconds: float, work: Callable[[Deadline], _Result]) -> _Result:
    """Returns the result of `work`, run in a thread. Raises QueryTimeoutError after `seconds`."""
    deadline = Deadline(time.monotonic() + seconds)
    try:
        async with asyncio.timeout(seconds):
            return await asyncio.to_thread(work, deadline)
    except TimeoutError:
        raise QueryTimeoutError from None
