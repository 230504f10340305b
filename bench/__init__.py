"""Measurements: ratios side by side in one run, and rates on the real data beside the checkout."""

import sys

COMMAND = (sys.executable, "-c", "from gongkai.cli import main; main()")
"""What comes before the words of `gongkai`, in a process of its own."""
