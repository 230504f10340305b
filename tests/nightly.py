"""`make nightly`: every test, whole and large, in groups; prints one table."""

import os
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from pathlib import Path

from rich.console import Console
from rich.table import Table

SOAK_SECONDS = os.environ.get("SOAK_SECONDS", "3600")
GROUPS: dict[str, tuple[str, ...]] = {
    "all tests, thorough": ("-n", "2", "--dist", "loadfile", "-m", "not attack",
                            "--deselect", "tests/journeys/test_soak.py"),
    "attacks": ("-m", "attack", "tests/attacks"),
    "soak": ("-m", "slow", "tests/journeys/test_soak.py"),
}  # fmt: skip
"""Arguments of pytest by name of group."""


def run(arguments: tuple[str, ...], report: Path) -> tuple[int, float]:
    """The exit status of a group, and its seconds."""
    environment = {
        **os.environ,
        "GONGKAI_TEST_THOROUGH": "1",
        "GONGKAI_SOAK_SECONDS": SOAK_SECONDS,
    }
    started = time.monotonic()
    command = [sys.executable, "-m", "pytest", "-q", f"--junitxml={report}", *arguments]
    status = subprocess.run(command, env=environment, check=False).returncode
    return status, time.monotonic() - started


def main() -> int:
    """Run all groups; 1 where one failed."""
    table = Table("group", "tests", "failed", "skipped", "minutes")
    has_failed = False
    with tempfile.TemporaryDirectory() as folder:
        for name, arguments in GROUPS.items():
            report = Path(folder) / f"{len(table.rows)}.xml"
            status, seconds = run(arguments, report)
            has_failed |= status != 0
            suite = ET.parse(report).getroot()[0].attrib if report.exists() else {}
            failed = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
            table.add_row(
                name,
                suite.get("tests", "?"),
                str(failed),
                suite.get("skipped", "?"),
                f"{seconds / 60:.1f}",
            )
    Console().print(table)
    return int(has_failed)


if __name__ == "__main__":
    sys.exit(main())
