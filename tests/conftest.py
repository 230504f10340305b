"""Fixtures every room shares: where the real data lies, if it is here."""

from pathlib import Path

import pytest

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data beside the checkout; skips, saying so, where it is missing."""
    if not SHARED_DATA.is_dir():
        pytest.skip("SKIPPED LOUDLY: the real data (../shared/data) is not beside this checkout")
    return SHARED_DATA
