"""How much a test does: a part of it in `make test`, all of it in `make nightly`."""

import os

THOROUGH = os.environ.get("GONGKAI_TEST_THOROUGH") == "1"


def scaled(gate: int, nightly: int) -> int:
    """The first number in `make test`, the second in `make nightly`."""
    return nightly if THOROUGH else gate
