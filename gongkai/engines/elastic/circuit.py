"""Keeps questions from waiting for a cluster that is away. `engine` puts it around each of them."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from gongkai.errors import EngineUnavailableError, NothingIndexedError, QueryTimeoutError

FAILURES_TO_OPEN = 3
SECONDS_OPEN = 2.0


class Circuit:
    """Opens after failures in a row; then one question in SECONDS_OPEN is let through to see.

    The others are refused at once, with what the last failure said. `clock`: seconds, monotonic.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failures = 0
        self._opened = 0.0
        self._said = ""

    @property
    def is_open(self) -> bool:
        """Whether questions are refused unasked now."""
        waited = self._clock() - self._opened
        return self._failures >= FAILURES_TO_OPEN and waited < SECONDS_OPEN

    @asynccontextmanager
    async def guard(self) -> AsyncIterator[None]:
        """Around one request. Raises EngineUnavailableError while open."""
        if self.is_open:
            raise EngineUnavailableError(self._said)
        if self._failures >= FAILURES_TO_OPEN:
            self._opened = self._clock()  # one looks, the others go on waiting
        try:
            yield
        except (NothingIndexedError, QueryTimeoutError):
            # The cluster answered: nothing says that it is away.
            raise
        except EngineUnavailableError as error:
            self._failures += 1
            self._opened = self._clock()
            self._said = str(error)
            raise
        self._failures = 0
