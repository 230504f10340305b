"""Fixtures every room shares: the real data, if it is here, and an installation to test."""

from dataclasses import replace
from pathlib import Path

import pytest

from engines.opening import Installation, open_installation
from engines.settings import Settings

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data beside the checkout; skips, saying so, where it is missing."""
    if not SHARED_DATA.is_dir():
        pytest.skip("SKIPPED LOUDLY: the real data (../shared/data) is not beside this checkout")
    return SHARED_DATA


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """The shipped tables and dictionary, over a data folder of this test run."""
    return open_installation(Settings(data_dir=tmp_path_factory.mktemp("data")))


@pytest.fixture
def fresh(installation: Installation, tmp_path: Path) -> Installation:
    """The same over an empty data folder of this one test."""
    return replace(installation, settings=Settings(data_dir=tmp_path / "data"))
