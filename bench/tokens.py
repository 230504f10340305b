"""Measures whether the time of a rejection reveals that a token exists.

    python -m bench.tokens

Prints the ratio of medians of many turns in one run. A ratio of 1 reveals nothing.
"""

import statistics
import tempfile
import time
from pathlib import Path

from gongkai.staff.ledger import open_ledger
from gongkai.staff.tokens import Tokens

TURNS = 3_000


def measure(folder: Path) -> None:
    """Prints the ratio of the medians, and of two halves of one kind as the noise level."""
    tokens = Tokens(open_ledger(folder))
    for number in range(20):
        tokens.add(f"desk {number}")
    known = tokens.add("desk")
    wrong = known[:-4] + ("AAAA" if known[-4:] != "AAAA" else "BBBB")
    unknown = known[:3] + "00000000" + wrong[11:]
    times: dict[str, list[float]] = {wrong: [], unknown: []}
    for _ in range(TURNS):
        for text, taken in times.items():
            started = time.perf_counter()
            if tokens.check(text) is not None:
                raise AssertionError("a wrong token was accepted")
            taken.append(time.perf_counter() - started)
    of_wrong, of_unknown = (statistics.median(taken) for taken in times.values())
    halves = [statistics.median(times[wrong][at::2]) for at in (0, 1)]
    print(
        f"wrong secret {of_wrong * 1e6:.0f} us, unknown id {of_unknown * 1e6:.0f} us:"
        f" ratio {of_wrong / of_unknown:.3f}; chance {halves[0] / halves[1]:.3f}"
    )


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        measure(Path(folder))
