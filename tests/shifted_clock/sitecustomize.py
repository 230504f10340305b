"""Shifts the clock of a Python process by SHIFT seconds; runs at its start (`--clock`)."""

import os
import time

import time_machine

time_machine.travel(time.time() + float(os.environ["TEST_CLOCK_SHIFT"]), tick=True).start()
