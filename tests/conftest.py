"""Shared fixtures: the real data, if it is here, and an installation to test. Markers."""

import os
import random
import secrets
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import NoReturn

import pytest
from hypothesis import settings as hypothesis_settings

from development.elasticsearch_node import Cluster, find_missing_parts, start_cluster
from gongkai.engines.elastic.connection import open_client
from gongkai.engines.installation import Installation, open_installation
from gongkai.settings import EngineKind, Settings
from hatch_build import compile_messages
from indexer.pipeline import IndexJob, publish
from indexer.source_reader import find_sources
from tests.clock import ShiftedClock
from tests.engines.records import changed
from tests.scale import THOROUGH, scaled

# How long an example or a query takes says more of what else runs than of the code.
hypothesis_settings.register_profile("untimed", deadline=None, max_examples=scaled(40, 400))
hypothesis_settings.load_profile("untimed")
_PATIENT: Mapping[str, float] = {"query_timeout_seconds": 60, "elasticsearch_timeout_seconds": 90}

SAMPLE = Path(__file__).resolve().parents[1] / "indexer" / "sample"
SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"

# The modules that take minutes: begun first, no worker is left alone with one at the end.
_LONG_MODULES = (
    "journeys/test_cluster",
    "engines/test_elastic",
    "journeys/test_accessibility",
    "journeys/test_kiosk",
    "journeys/test_kill",
    "journeys/test_disk",
    "journeys/test_pages",
    "journeys/test_backup",
    "journeys/test_crawl",
    "journeys/test_command_line",
    "journeys/test_withdrawal",
    "journeys/test_connections",
)


_ROOM_BYTES = 6 << 30
_NODE_FOLDER = "GONGKAI_TEST_NODE_FOLDER"
_NODE = pytest.StashKey[ExitStack]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--shuffle SEED`: modules and their tests in random order. `--clock`: see clock.py."""
    parser.addoption("--shuffle", type=int, metavar="SEED", help="random order of tests")
    parser.addoption("--clock", type=datetime.fromisoformat, metavar="INSTANT", help="start time")


def pytest_configure(config: pytest.Config) -> None:
    """Compile messages, choose a folder for files, and start one node for all workers of a run."""
    if not hasattr(config, "workerinput"):
        compile_messages(Path(__file__).resolve().parents[1])
        _keep_files_in_memory()
    is_controller = bool(getattr(config.option, "numprocesses", None))
    if is_controller and not hasattr(config, "workerinput"):
        _share_node(config)
    elif start := config.getoption("--clock"):
        config.pluginmanager.register(ShiftedClock(start))


def _keep_files_in_memory() -> None:
    """A disk takes as long for each `fsync` as most tests; `make nightly` uses the real one."""
    memory = Path("/dev/shm")
    is_chosen = THOROUGH or "TMPDIR" in os.environ
    if not is_chosen and memory.is_dir() and shutil.disk_usage(memory).free > _ROOM_BYTES:
        os.environ["TMPDIR"] = tempfile.tempdir = str(memory)


def _share_node(config: pytest.Config) -> None:
    is_left_out = "not elasticsearch" in config.option.markexpr
    if is_left_out or os.environ.get("GONGKAI_ELASTICSEARCH_URL") or find_missing_parts():
        return
    config.stash[_NODE] = ExitStack()
    cluster = config.stash[_NODE].enter_context(start_cluster(heap_megabytes=1024))
    os.environ["GONGKAI_ELASTICSEARCH_URL"] = cluster.url
    os.environ[_NODE_FOLDER] = str(cluster.nodes[0].folder)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the node of the run."""
    if _NODE in config.stash:
        config.stash[_NODE].close()


_MARKED_FIXTURES = {
    "elasticsearch": {"elastic", "elasticsearch_url", "elasticsearch_cluster"},
    "browser": {"browser"},
    "real_data": {"shared_data"},
}
_NIGHTLY_MARKERS = ("slow", "attack")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark by fixture, leave out nightly tests unless `-m` asks for some, long modules first."""
    for item in items:
        used = set(getattr(item, "fixturenames", ())) | _parameters_of(item)
        for marker, fixtures in _MARKED_FIXTURES.items():
            if used & fixtures:
                item.add_marker(marker)
    if not config.option.markexpr:
        kept = [item for item in items if not any(map(item.get_closest_marker, _NIGHTLY_MARKERS))]
        config.hook.pytest_deselected(items=[item for item in items if item not in set(kept)])
        items[:] = kept

    items.sort(key=_place)
    seed = config.getoption("--shuffle")
    if seed is not None:
        _shuffle(items, random.Random(seed))


def _place(item: pytest.Item) -> int:
    found = (n for n, name in enumerate(_LONG_MODULES) if name in item.nodeid)
    return next(found, len(_LONG_MODULES))


def _shuffle(items: list[pytest.Item], order: random.Random) -> None:
    """Modules stay together: their fixtures are built once."""
    modules: dict[str, list[pytest.Item]] = {}
    for item in items:
        modules.setdefault(item.nodeid.partition("::")[0], []).append(item)
    groups = list(modules.values())
    order.shuffle(groups)
    for group in groups:
        order.shuffle(group)
    items[:] = [item for group in groups for item in group]


def _parameters_of(item: pytest.Item) -> set[str]:
    """Fixtures that a test gets by name: `request.getfixturevalue("elastic")`."""
    callspec = getattr(item, "callspec", None)
    if callspec is None:
        return set()
    if "elasticsearch" in callspec.id:
        return {"elastic"}
    return {each for each in callspec.params.values() if isinstance(each, str)}


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


@pytest.fixture(scope="session")
def elasticsearch_folder(elasticsearch_cluster: Cluster | None) -> Path | None:
    """The data folder of the node; None where the node is on another machine."""
    if elasticsearch_cluster is not None:
        return elasticsearch_cluster.nodes[0].folder
    named = os.environ.get(_NODE_FOLDER)
    return Path(named) if named else None


def require_or_skip(part: str, reason: str) -> NoReturn:
    """Skip with a clear word; fail where GONGKAI_TEST_REQUIRE names the part."""
    if part in os.environ.get("GONGKAI_TEST_REQUIRE", "").split():
        pytest.fail(f"{part} is required here: {reason}")
    pytest.skip(f"SKIPPED LOUDLY: {reason}")


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """The shipped tables and dictionary, over a data folder of this test run."""
    return open_installation(Settings(data_dir=tmp_path_factory.mktemp("data"), **_PATIENT))


@pytest.fixture
def fresh(installation: Installation, tmp_path: Path) -> Installation:
    """The same over an empty data folder of this one test."""
    return replace(installation, settings=Settings(data_dir=tmp_path / "data", **_PATIENT))


@pytest.fixture(scope="session")
def sample_data(installation: Installation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of the sample, indexed once; never written to."""
    folder = tmp_path_factory.mktemp("sample") / "data"
    publish(IndexJob(find_sources([SAMPLE])), changed(installation, data_dir=folder))
    return folder


@pytest.fixture(scope="module")
def sampled(
    installation: Installation, sample_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> Installation:
    """The sample over a data folder of this module's own."""
    return copy_sample(installation, sample_data, tmp_path_factory.mktemp("sampled"))


def copy_sample(installation: Installation, sample_data: Path, folder: Path) -> Installation:
    """Returns the installation over a copy of the sample's data, within a folder of the test."""
    copied = shutil.copytree(sample_data, folder / "data")
    return changed(installation, data_dir=copied)


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
        **_PATIENT,
    )
    yield replace(installation, settings=settings)
    with closing(open_client(settings)) as client:
        prefix = settings.elasticsearch_prefix
        if indices := list(client.indices.get(index=f"{prefix}-*")):
            client.indices.delete(index=indices)
        patient = client.options(ignore_status=404)
        patient.indices.delete_index_template(name=f"{prefix}-generation")
        patient.cluster.delete_component_template(name=f"{prefix}@*")
