"""`--clock INSTANT`: each test module starts at that instant, as do the processes it starts."""

import os
import runpy
import time
from datetime import datetime
from pathlib import Path

import pytest
import time_machine

_SHIFT = "TEST_CLOCK_SHIFT"
_STARTUP = Path(__file__).with_name("shifted_clock")


def shift_forked() -> None:
    """Shifts a forked process that has the environment of its caller and the clock of a server."""
    if _SHIFT in os.environ:
        runpy.run_path(str(_STARTUP / "sitecustomize.py"))


class ShiftedClock:
    """Sets the clock of the worker and of its child processes. The system clock stays."""

    def __init__(self, start: datetime) -> None:
        self._start = start
        self._module = ""
        self._travel: time_machine.travel | None = None
        paths = [str(_STARTUP), *filter(None, [os.environ.get("PYTHONPATH")])]
        os.environ[_SHIFT] = "0"
        os.environ["PYTHONPATH"] = os.pathsep.join(paths)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> None:
        module = item.nodeid.partition("::")[0]
        if module != self._module:
            self._module = module
            self._restart()

    def pytest_unconfigure(self) -> None:
        self._stop()

    def _restart(self) -> None:
        self._stop()
        os.environ[_SHIFT] = str(self._start.timestamp() - time.time())
        self._travel = time_machine.travel(self._start, tick=True)
        self._travel.start()

    def _stop(self) -> None:
        if self._travel is not None:
            self._travel.stop()
            self._travel = None
