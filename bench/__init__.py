"""Benchmarks: ratios measured in one run, and figures on the real data next to the checkout."""

import sys

COMMAND = (sys.executable, "-c", "from gongkai.cli import main; main()")
"""The command prefix that runs `gongkai` in its own process."""
