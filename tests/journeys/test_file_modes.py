"""Everything that a command writes is for its owner alone, whatever the umask was."""

import os
from collections.abc import Iterator
from pathlib import Path
from stat import S_IMODE

import pytest

from gongkai.engines.data_folder import find_readable
from gongkai.engines.installation import Installation
from tests.journeys.command import plain_row, run, run_with, running_server, write_rows


@pytest.fixture(autouse=True)
def careless() -> Iterator[None]:
    """A umask that takes no right from anybody; commands inherit it."""
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.fixture
def export(tmp_path: Path) -> Path:
    rows = [plain_row(number) for number in range(30)]
    rows += [plain_row(30, published_on="2009219"), plain_row(31, topic="没有这一类")]
    return write_rows(tmp_path / "export.jsonl", rows)


def open_to_others(folder: Path) -> list[str]:
    paths = [folder, *folder.rglob("*")]
    return [str(path) for path in paths if S_IMODE(path.lstat().st_mode) & 0o077]


def test_no_file_of_a_data_folder_a_backup_or_a_log_is_open_to_others(
    tmp_path: Path, export: Path
) -> None:
    data, log = tmp_path / "new" / "data", tmp_path / "log"
    for words in (
        ("index", export), ("index", "--rebuild", export), ("withdraw", "r1"), ("purge",),
        ("duplicates",), ("token", "add", "政务公开办"), ("backup", tmp_path / "backup"),
        ("doctor", "--repair"),
    ):  # fmt: skip
        done = run(data, *words)
        assert done.returncode in {0, 3}, done.stderr
    settings = {"GONGKAI_DATA_DIR": str(data), "GONGKAI_ACCESS_LOG_DIR": str(log)}
    for workers in (1, 2):
        with running_server(settings, "--workers", workers) as (_, client):
            for path in ("/search?q=龘靐龘", "/records/r2", "/records/r1", "/staff", "/kiosk"):
                client.get(path)
            address = str(client.base_url)
            kiosk = tmp_path / f"kiosk{workers}"
            assert run(kiosk, "replica", "pull", address).returncode == 0
            assert open_to_others(kiosk) == []
    rejects = {path.suffix for path in (data / "rejects").iterdir()}
    assert rejects >= {".jsonl", ".csv", ".xlsx"}
    assert list(log.iterdir())
    for folder in (data, data.parent, tmp_path / "backup", log):
        assert open_to_others(folder) == []


def test_a_folder_of_an_older_version_is_closed_and_told(tmp_path: Path, export: Path) -> None:
    data = tmp_path / "data"
    assert run(data, "index", export).returncode == 3
    count = 0
    for path in (data, *data.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
        count += 1
    done = run(data, "doctor")
    assert done.returncode == 0
    assert f"Other users could read {count} files and folders" in done.stdout
    assert open_to_others(data) == []
    assert "Other users" not in run(data, "doctor").stdout


def test_files_that_are_not_ours_keep_their_rights(tmp_path: Path, export: Path) -> None:
    data = tmp_path / "srv"
    data.mkdir(mode=0o755)
    other = data / "website" / "index.html"
    other.parent.mkdir(mode=0o755)
    other.touch(mode=0o644)
    (data / "rejects").symlink_to(other.parent)
    assert run(data, "index", export, "--rejects", tmp_path / "r.jsonl").returncode == 3
    assert run(data, "doctor").returncode == 0
    left = {str(each) for each in (data, other.parent, other, data / "rejects")}
    assert set(open_to_others(data)) == left
    assert list(find_readable(data)) == []


def test_elasticsearch_keeps_its_data_folder_closed_too(
    tmp_path: Path, export: Path, elastic: Installation
) -> None:
    data = tmp_path / "data"
    settings = {
        "GONGKAI_ENGINE": "elasticsearch",
        "GONGKAI_ELASTICSEARCH_URL": elastic.settings.elasticsearch_url,
        "GONGKAI_ELASTICSEARCH_PREFIX": elastic.settings.elasticsearch_prefix,
        "GONGKAI_ELASTICSEARCH_REPLICAS": "0",
        "GONGKAI_DATA_DIR": str(data),
    }
    assert run_with(settings, "index", "--rebuild", "--allow-shrink", export).returncode == 3
    assert run_with(settings, "token", "add", "政务公开办").returncode == 0
    assert open_to_others(data) == []
