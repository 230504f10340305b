"""A circuit breaker, so that queries do not wait for an unavailable cluster."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from gongkai.errors import EngineUnavailableError, NothingIndexedError, QueryTimeoutError

FAILURES_TO_OPEN = 3
SECONDS_OPEN = 2.0


class Circuit:
    """Opens after repeated failures; then one query in SECONDS_OPEN is let through as a probe.

    Other queries fail at once with the message of the last failure. `clock` is monotonic, in
    seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failures = 0
        self._opened = 0.0
        self._last_message = ""

    @property
    def is_open(self) -> bool:
        """Whether queries are rejected at once."""
        waited = self._clock() - self._opened
        return self._failures >= FAILURES_TO_OPEN and waited < SECONDS_OPEN

    @asynccontextmanager
    async def guard(self) -> AsyncIterator[None]:
        """Guards one request. Raises EngineUnavailableError while the circuit is open."""
        if self.is_open:
            raise EngineUnavailableError(self._last_message)
        if self._failures >= FAILURES_TO_OPEN:
            self._opened = self._clock()  # this query probes, others are still rejected
        try:
            yield
        except (NothingIndexedError, QueryTimeoutError):
            # The cluster answered, so it is available.
            raise
        except EngineUnavailableError as error:
            self._failures += 1
            self._opened = self._clock()
            self._last_message = str(error)
            raise
        self._failures = 0
