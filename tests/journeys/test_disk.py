"""A disk that is full, one that is read-only, an index that is torn: said in a sentence, mended."""

import os
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import orjson
import pytest
from fastapi.testclient import TestClient

from gongkai.engines.installation import Installation
from gongkai.settings import Settings
from search_api.app import create_app
from tests.conftest import require_or_skip
from tests.journeys.command import plain_row, run, running_server, write_rows
from tests.scale import scaled

SENTENCE = "The data folder can't be written or read"
_MEGABYTES = 4


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own with room for one small index. Mounting it takes root."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if os.geteuid() != 0 or mount(folder, f"size={_MEGABYTES}m") != 0:
        require_or_skip("disk", "no small disk could be mounted, which takes root")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


def mount(folder: Path, options: str) -> int:
    words = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    return subprocess.run(words, capture_output=True, check=False).returncode


def fill(folder: Path) -> Path:
    """Take every byte that is left."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while file.write(bytes(1 << 16)):
                pass
        except OSError:
            return filler
    raise AssertionError("the disk never was full")


def found(data: Path) -> set[str]:
    answer = run(data, "search", "--json", "--size", 100, "饮水安全")
    assert answer.returncode == 0, answer.stderr
    return {hit["id"] for hit in orjson.loads(answer.stdout)["hits"]}


@pytest.fixture
def small(tmp_path: Path) -> Path:
    return write_rows(tmp_path / "small.jsonl", map(plain_row, range(50)))


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """More than the disk holds, in texts that don't pack."""
    drawn = [chr(0x4E00 + number * 7919 % 20_000) for number in range(20_000)]
    rows = (
        plain_row(number, body="".join(drawn[number * 6 : number * 6 + 1200]))
        for number in range(scaled(1000, 2500))
    )
    return write_rows(tmp_path / "large.jsonl", rows)


def test_a_disk_that_fills_up_loses_nothing(disk: Path, small: Path, large: Path) -> None:
    assert run(disk, "index", small).returncode == 0
    before = found(disk)
    assert len(before) == 50
    for words in (["index"], ["index", "--rebuild"]):
        failed = run(disk, *words, large)
        assert failed.returncode == 4
        assert SENTENCE in failed.stderr
        assert "Traceback" not in failed.stderr
        assert found(disk) == before
    # What it wrote in vain is gone: there is room for what it has room for.
    assert run(disk, "withdraw", "r1").returncode == 0
    assert run(disk, "index", small).returncode == 3
    assert found(disk) == before - {"r1"}


def test_on_a_full_disk_every_command_says_so_and_the_server_answers(
    disk: Path, small: Path
) -> None:
    assert run(disk, "index", small).returncode == 0
    with running_server({"GONGKAI_DATA_DIR": str(disk)}) as (_, client):
        filler = fill(disk)
        for words in (
            ("withdraw", "r1"), ("index", small), ("index", "--rebuild", small), ("purge",),
            ("token", "add", "政务公开办"), ("backup", disk / "backup"),
        ):  # fmt: skip
            said = run(disk, *words)
            assert said.returncode == 4, (words, said.stdout)
            assert "No space left on device" in said.stderr or "full" in said.stderr, said.stderr
            assert "Traceback" not in said.stderr
        for path in ("/", "/search?q=饮水", "/api/v1/search?q=没有这样的词", "/records/r1",
                     "/api/v1/suggest?q=饮", "/kiosk", "/search/export"):  # fmt: skip
            assert client.get(path).status_code == 200, path
        assert client.get("/readyz").status_code == 200
        filler.unlink()
        assert run(disk, "withdraw", "r1").returncode == 0
        assert client.get("/records/r1").status_code == 410


def test_a_disk_mounted_read_only_says_so_and_the_server_answers(disk: Path, small: Path) -> None:
    assert run(disk, "index", small).returncode == 0
    with running_server({"GONGKAI_DATA_DIR": str(disk)}) as (_, client):
        assert client.get("/api/v1/search", params={"q": "饮水"}).json()["total"] == 50
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        for words in (("withdraw", "r1"), ("index", small), ("rollback",), ("search", "饮水")):
            said = run(disk, *words)
            assert said.returncode == 4, (words, said.stdout, said.stderr)
            assert "Read-only file system" in said.stderr
            assert "Traceback" not in said.stderr
        assert run(disk, "doctor").returncode == 0
        for path in ("/search?q=饮水", "/api/v1/search?q=没有这样的词", "/records/r1", "/kiosk"):
            assert client.get(path).status_code == 200, path


@pytest.mark.parametrize("harmed", ["live", "withdrawn.json", "manifest.json", "meta.json"])
def test_a_torn_file_is_named_and_nothing_is_guessed(
    tmp_path: Path, small: Path, installation: Installation, harmed: str
) -> None:
    data = tmp_path / "data"
    assert run(data, "index", small).returncode == 0
    assert run(data, "index", "--rebuild", small).returncode == 0
    assert run(data, "withdraw", "r1").returncode == 0
    name = (data / "live").read_text().strip()
    (file,) = [path for path in data.rglob(harmed) if path.parent == data or name in path.parts]
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])
    searched = run(data, "search", "饮水安全")
    assert searched.returncode == 4, searched.stdout
    assert "Traceback" not in searched.stderr
    served = replace(installation, settings=Settings(data_dir=data))
    with TestClient(create_app(served), raise_server_exceptions=False) as client:
        assert client.get("/healthz").status_code == 200
        assert client.get("/readyz").status_code == 503
        assert client.get("/search?q=饮水").status_code == 503
    doctored = run(data, "doctor")
    assert doctored.returncode in {3, 4}
    assert "Traceback" not in doctored.stderr
    assert run(data, "doctor", "--repair").returncode in {0, 3}
    assert found(data) == {f"r{number}" for number in range(50)} - {"r1"}
