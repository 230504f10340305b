"""The wheel installs four packages, and runs without the checkout."""

import re
import subprocess
import sys
import tomllib
import zipfile
from itertools import chain
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from tests.journeys.command import environment_with, run_with, running_server

ROOT = Path(__file__).resolve().parents[1]
_BUILD = "import sys; from hatchling.build import build_wheel; build_wheel(sys.argv[1])"
_WHERE = "import analyzers, gongkai, indexer, search_api as s; print(gongkai.__file__, s.__file__)"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run([sys.executable, "-c", _BUILD, folder], cwd=ROOT, check=True)
    (built,) = folder.glob("*.whl")
    return built


def test_four_packages_are_installed(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        tops = {name.partition("/")[0] for name in archive.namelist()}
        names = archive.namelist()
    packages = {top for top in tops if not top.endswith(".dist-info")}
    assert packages == {"analyzers", "gongkai", "indexer", "search_api"}
    assert "gongkai/locale/zh/LC_MESSAGES/gongkai.mo" in names
    assert "indexer/deploy/gongkai.service" in names


def test_the_lowest_versions_allowed_are_those_of_the_tests() -> None:
    """With calamine 0.6 an old workbook lost its rows in silence."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    named = [*project["dependencies"], *chain(*project["optional-dependencies"].values())]
    pins = re.findall(r"(?m)^([\w-]+)==(\S+)", (ROOT / "requirements-dev.lock").read_text())
    # A package has several versions where the latest needs a later Python.
    locked = dict(sorted(pins, key=lambda pin: Version(pin[1]), reverse=True))
    for each in map(Requirement, named):
        lowest = [bound.version for bound in each.specifier if bound.operator == ">="]
        # The extra `ocr` is too large for the environment of the tests.
        assert each.name == "rapidocr" or lowest == [locked[each.name]], each.name


def test_the_wheel_indexes_the_sample_and_serves_it(
    wheel: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = tmp_path / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    # Its path comes before that of the checkout, which is not the working directory.
    monkeypatch.chdir(tmp_path)
    settings = {"PYTHONPATH": str(site), "GONGKAI_DATA_DIR": str(tmp_path / "data")}
    where = subprocess.run(
        [sys.executable, "-c", _WHERE],
        env=environment_with(settings),
        capture_output=True,
        check=True,
    )
    assert where.stdout.decode().count(str(site)) == 2
    assert "index" in run_with(settings, "--help").stdout
    # The sample holds rows that must be refused.
    assert run_with(settings, "index", site / "indexer" / "sample").returncode == 3
    with running_server(settings) as (_, client):
        assert client.get("/api/v1/search", params={"q": "公积金"}).json()["total"] > 0
        assert client.get("/search", params={"q": "公积金"}).status_code == 200
