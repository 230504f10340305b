"""The table of attacks at the end of the run: attack, tried, held, for each engine."""

from collections.abc import Callable
from typing import Any

import pytest

RESULTS: list[tuple[Callable[[Any], None], str, int, bool]] = []
"""Attack, engine, requests sent, whether all of it held."""


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print it as Markdown, as docs/security.md holds it."""
    if not RESULTS:
        return
    variants = list(dict.fromkeys(variant for _, variant, _, _ in RESULTS))
    rows: dict[str, dict[str, str]] = {}
    for attack, variant, tried, is_held in RESULTS:
        name = (attack.__doc__ or attack.__name__).partition(":")[0].strip().rstrip(".")
        rows.setdefault(name, {})[variant] = f"{tried:,}" if is_held else f"{tried:,} BROKEN"
    terminalreporter.write_line("")
    terminalreporter.write_line(f"| attack | {' | '.join(variants)} |")
    terminalreporter.write_line(f"|---{'|--:' * len(variants)}|")
    for name, cells in rows.items():
        line = " | ".join(cells.get(each, "-") for each in variants)
        terminalreporter.write_line(f"| {name} | {line} |")
