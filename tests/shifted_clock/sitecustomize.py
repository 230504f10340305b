"""Shifts the clock of a Python process by TEST_CLOCK_SHIFT seconds, at its start (`--clock`)."""

import os

import time_machine


def shift() -> None:
    """Also for a process that was forked: its clock is that of an older parent."""
    now = time_machine.escape_hatch.time.time() + float(os.environ["TEST_CLOCK_SHIFT"])
    time_machine.travel(now, tick=True).start()


shift()
