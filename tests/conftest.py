"""Fixtures every room shares: the real data, if it is here, and an installation to test."""

import os
import secrets
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import pytest
from hypothesis import settings as hypothesis_settings

from development.elasticsearch_node import Cluster, find_missing_parts, start_cluster
from gongkai.engines.elastic.connection import open_client
from gongkai.engines.installation import Installation, open_installation
from gongkai.settings import EngineKind, Settings

# How long an example takes says more of what else runs than of the code.
hypothesis_settings.register_profile("untimed", deadline=None)
hypothesis_settings.load_profile("untimed")

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"

# The modules that take minutes: begun first, no worker is left alone with one at the end.
_LONG_MODULES = (
    "journeys/test_cluster",
    "journeys/test_accessibility",
    "journeys/test_crawl",
    "engines/test_elastic",
    "journeys/test_kill",
    "journeys/test_command_line",
    "journeys/test_withdrawal",
    "journeys/test_backup",
    "journeys/test_disk",
    "journeys/test_connections",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the long modules first; all else keeps its order."""

    def place(item: pytest.Item) -> int:
        found = (n for n, name in enumerate(_LONG_MODULES) if name in item.nodeid)
        return next(found, len(_LONG_MODULES))

    items.sort(key=place)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data beside the checkout; skips, saying so, where it is missing."""
    if not SHARED_DATA.is_dir():
        pytest.skip("SKIPPED LOUDLY: the real data (../shared/data) is not beside this checkout")
    return SHARED_DATA


@pytest.fixture(scope="session")
def elasticsearch_cluster() -> Iterator[Cluster | None]:
    """A real node started for the tests; None where GONGKAI_ELASTICSEARCH_URL names one."""
    if os.environ.get("GONGKAI_ELASTICSEARCH_URL"):
        yield None
        return
    if missing := find_missing_parts():
        require_or_skip("elasticsearch", f"no Elasticsearch: {missing}")
    with start_cluster() as cluster:
        yield cluster


@pytest.fixture(scope="session")
def elasticsearch_url(elasticsearch_cluster: Cluster | None) -> str:
    """The address of a real node, of whichever kind."""
    if elasticsearch_cluster is None:
        return os.environ["GONGKAI_ELASTICSEARCH_URL"]
    return elasticsearch_cluster.url


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


@pytest.fixture
def elastic(
    installation: Installation, elasticsearch_url: str, tmp_path: Path
) -> Iterator[Installation]:
    """Two shards, no copies; its indices are deleted afterwards."""
    settings = Settings(
        engine=EngineKind.ELASTICSEARCH,
        data_dir=tmp_path / "elastic",
        elasticsearch_url=elasticsearch_url,
        elasticsearch_prefix=f"test-{secrets.token_hex(4)}",
        elasticsearch_shards=2,
        elasticsearch_replicas=0,
    )
    yield replace(installation, settings=settings)
    with closing(open_client(settings)) as client:
        prefix = settings.elasticsearch_prefix
        for index in client.indices.get(index=f"{prefix}-*"):
            client.indices.delete(index=index)
        client.options(ignore_status=404).indices.delete_index_template(name=f"{prefix}-generation")
