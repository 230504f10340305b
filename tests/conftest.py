"""Fixtures every room shares: the real data, if it is here, and an installation to test."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import pytest

from development.elasticsearch_node import find_missing_parts, start_cluster
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
def elasticsearch_url() -> Iterator[str]:
    """A real node: the one that GONGKAI_ELASTICSEARCH_URL names, else one started for the tests."""
    if named := os.environ.get("GONGKAI_ELASTICSEARCH_URL"):
        yield named
        return
    if missing := find_missing_parts():
        require_or_skip("elasticsearch", f"no Elasticsearch: {missing}")
    with start_cluster() as cluster:
        yield cluster.url


def require_or_skip(part: str, reason: str) -> NoReturn:
    """Skip with a clear word; fail where GONGKAI_TEST_REQUIRE names the part."""
    if part in os.environ.get("GONGKAI_TEST_REQUIRE", "").split():
        pytest.fail(f"{part} is required here: {reason}")
    pytest.skip(f"SKIPPED LOUDLY: {reason}")


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """The shipped tables and dictionary, over a data folder of this test run."""
    return open_installation(Settings(data_dir=tmp_path_factory.mktemp("data")))


@pytest.fixture
def fresh(installation: Installation, tmp_path: Path) -> Installation:
    """The same over an empty data folder of this one test."""
    return replace(installation, settings=Settings(data_dir=tmp_path / "data"))
