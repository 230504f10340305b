"""Shifts the clock of a Python process by TEST_CLOCK_SHIFT seconds, at its start (`--clock`)."""

import os
import time

from time_machine import escape_hatch, travel

_now = escape_hatch.time.time() if escape_hatch.is_travelling() else time.time()
travel(_now + float(os.environ["TEST_CLOCK_SHIFT"]), tick=True).start()
