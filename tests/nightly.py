"""`make nightly`: every test, whole and large, in groups; prints one table.

`python -m tests.nightly NAME ...` runs the named groups only.
"""

import os
import random
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

_PARALLEL = ("-n", "4", "--dist", "loadfile")
_GATE = (*_PARALLEL, "-m", "not slow and not attack")
_SEED = str(random.randrange(10**6))


@dataclass(frozen=True, slots=True)
class Group:
    """Arguments of pytest, and whether `tests/scale.py` gives the large numbers."""

    arguments: tuple[str, ...]
    is_thorough: bool = True


GROUPS = {
    "thorough": Group((*_PARALLEL, "-m", "not attack", "--ignore", "tests/journeys/test_soak.py")),
    "year-end": Group((*_GATE, "--clock", "2026-12-31T23:59:50+08:00"), is_thorough=False),
    "shuffled": Group((*_GATE, "--shuffle", _SEED), is_thorough=False),
    "attacks": Group(("-m", "attack", "tests/attacks")),
    "soak": Group(("-m", "slow", "tests/journeys/test_soak.py")),
}


def run(group: Group, report: Path) -> tuple[int, float]:
    """Returns the exit status of a group, and its seconds."""
    environment = {
        "GONGKAI_SOAK_SECONDS": "3600",
        **os.environ,
        "GONGKAI_TEST_THOROUGH": str(int(group.is_thorough)),
    }
    started = time.monotonic()
    command = [sys.executable, "-m", "pytest", "-q", f"--junitxml={report}", *group.arguments]
    status = subprocess.run(command, env=environment, check=False).returncode
    return status, time.monotonic() - started


def main(names: list[str]) -> int:
    """Runs the groups of these names, or all; returns 1 if one failed."""
    table = Table("group", "tests", "failed", "skipped", "minutes", title=f"seed {_SEED}")
    has_failed = False
    with tempfile.TemporaryDirectory() as folder:
        for name in names or GROUPS:
            report = Path(folder) / f"{name}.xml"
            status, seconds = run(GROUPS[name], report)
            has_failed |= status != 0
            suite = ET.parse(report).getroot()[0].attrib if report.exists() else {}
            failed = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
            minutes = f"{seconds / 60:.1f}"
            table.add_row(
                name, suite.get("tests", "?"), str(failed), suite.get("skipped", "?"), minutes
            )
    Console().print(table)
    return int(has_failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
