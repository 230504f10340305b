"""Wrong settings, tables and ports on the command line: exit status 2 and one sentence."""

import os
import re
import socket
from pathlib import Path

import orjson
import pytest

from gongkai.settings import Settings
from tests.journeys.command import plain_row, run_with, write_rows


def assert_told(settings: dict[str, str], words: tuple[object, ...], remedy: str) -> None:
    done = run_with(settings, *words)
    assert done.returncode == 2, done.stderr
    assert remedy in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not done.stdout


@pytest.mark.parametrize("workers", [1, 2])
def test_a_port_in_use_is_told_before_anything_is_loaded(tmp_path: Path, workers: int) -> None:
    # A table that can't be loaded shows what is looked at first.
    (tmp_path / "topic.csv").write_text("nothing\n")
    settings = {"GONGKAI_DATA_DIR": str(tmp_path / "var"), "GONGKAI_TABLES_DIR": str(tmp_path)}
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        words = ("serve", "--port", port, "--workers", workers)
        assert_told(settings, words, f"Port {port} of 127.0.0.1 is in use")
    assert not (tmp_path / "var").exists()


@pytest.mark.parametrize(
    ("host", "remedy"),
    [
        ("no-such-host.invalid", "can't be found"),
        ("203.0.113.5", "is no address of this machine"),
        ("主机", "can't be found"),
        ("a" * 300, "can't be found"),
        ("http://127.0.0.1", "can't be found"),
    ],
)
def test_a_wrong_host_is_told(tmp_path: Path, host: str, remedy: str) -> None:
    settings = {"GONGKAI_DATA_DIR": str(tmp_path / "var")}
    assert_told(settings, ("serve", "--host", host, "--port", 0), remedy)


def test_an_access_log_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    settings = {"GONGKAI_DATA_DIR": str(tmp_path), "GONGKAI_ACCESS_LOG_DIR": "/proc/log"}
    assert_told(settings, ("serve", "--port", 0), "access_log_dir is /proc/log")


@pytest.mark.parametrize(
    ("name", "content", "remedy"),
    [
        ("topic.csv", "path;aliases\n财政;\n".encode(), "topic.csv:1: is separated by ';'"),
        ("topic.csv", "名称,别名\n财政,\n".encode("gb18030"), "topic.csv:1: the header lacks"),
        ("topic.csv", "path,aliases\n财政,\n财政,\n".encode("gb18030"), "topic.csv:3:"),
        ("topic.csv", "path,aliases\n财政,\n".encode("utf-16"), "topic.csv:1: is not text"),
        ("topic.csv", b"PK\x03\x04\0\0", "topic.csv:1: is not text"),
        ("topic.csv", b"", "topic.csv:1: is empty"),
        ("agency.csv", b"code,name\n", "save it as agencies.csv"),
        ("Topic.CSV", b"path,aliases\n", "save it as topic.csv"),
        ("topic.xlsx", b"PK\x03\x04\0\0", "save it as topic.csv"),
        ("halls.csv", b"code,name\n", "halls.csv:1: the header lacks agencies"),
        ("places.csv", b"code\n", "places.csv:1: the header lacks name"),
    ],
)
def test_a_wrong_table_is_told_with_its_line(
    tmp_path: Path, name: str, content: bytes, remedy: str
) -> None:
    (tmp_path / name).write_bytes(content)
    settings = {"GONGKAI_DATA_DIR": str(tmp_path / "var"), "GONGKAI_TABLES_DIR": str(tmp_path)}
    assert_told(settings, ("status",), remedy)


@pytest.mark.parametrize(
    ("name", "content", "remedy"),
    [
        ("synonyms.csv", b"a,b\n", "synonyms.csv:1: the header lacks the column term"),
        ("stopwords.csv", b"word\n\xff\xff\n", "stopwords.csv:2: is neither UTF-8 nor GB18030"),
        ("goverment.csv", b"word\n", "save it as government.csv"),
        ("government.csv", b'word\n"open\n', "government.csv:2: is not CSV"),
    ],
)
def test_a_wrong_dictionary_is_told_with_its_line(
    tmp_path: Path, name: str, content: bytes, remedy: str
) -> None:
    (tmp_path / name).write_bytes(content)
    settings = {"GONGKAI_DATA_DIR": str(tmp_path / "var"), "GONGKAI_DICTIONARY_DIR": str(tmp_path)}
    assert_told(settings, ("status",), remedy)


def test_a_hall_that_is_in_no_table_is_told(tmp_path: Path) -> None:
    settings = {"GONGKAI_DATA_DIR": str(tmp_path), "GONGKAI_KIOSK_HALL": "no-such-hall"}
    assert_told(settings, ("status",), "kiosk_hall is no-such-hall")


def test_several_faults_are_told_one_a_line(tmp_path: Path) -> None:
    done = run_with({"GONGKAI_ENGINE": "solr", "GONGKAI_CLIENT_RATE": "fast"}, "status")
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 2


@pytest.mark.skipif(os.geteuid() == 0, reason="root may do everything")
def test_a_system_port_is_told(tmp_path: Path) -> None:
    settings = {"GONGKAI_DATA_DIR": str(tmp_path)}
    assert_told(settings, ("serve", "--port", 80), "are for administrators")


def test_the_version_is_printed() -> None:
    done = run_with({}, "--version")
    assert done.returncode == 0
    assert re.fullmatch(r"gongkai \d+\.\d+\.\d+\S*\n", done.stdout)


def test_settings_are_shown_with_their_sources_and_without_secrets(tmp_path: Path) -> None:
    file = tmp_path / "city" / "anqing.toml"
    file.parent.mkdir()
    file.write_text(
        '# 安庆市\nsite_name = "安庆"\nsearches_key = "0123456789abcdef"\n'
        'elasticsearch_url = "http://xxgk:hunter2@127.0.0.1:9200"\n',
        encoding="utf-8",
    )
    given = {"GONGKAI_CLIENT_RATE": "5", "GONGKAI_ELASTICSEARCH_PASSWORD": "hunter2"}
    done = run_with(given, "--config", file, "settings", "--json")
    assert done.returncode == 0, done.stderr
    assert "hunter2" not in done.stdout
    assert "0123456789abcdef" not in done.stdout
    shown = {each["name"]: each for each in orjson.loads(done.stdout)}
    assert set(shown) == set(Settings.model_fields)
    assert shown["site_name"]["value"] == "安庆"
    assert shown["site_name"]["place"] == f"{file}:2"
    assert shown["searches_key"]["place"] == f"{file}:3"
    assert shown["client_rate"]["value"] == 5
    assert shown["client_rate"]["place"] == "GONGKAI_CLIENT_RATE"
    assert shown["engine"]["place"] is None
    table = run_with({**given, "GONGKAI_CONFIG": str(file)}, "settings").stdout
    assert "hunter2" not in table
    assert all(name in table for name in Settings.model_fields)


def test_a_command_of_another_folder_works_on_the_data_of_its_settings_file(tmp_path: Path) -> None:
    file = tmp_path / "gongkai.toml"
    file.write_text('data_dir = "data"\n')
    rows = write_rows(tmp_path / "rows.jsonl", [plain_row(1)])
    assert run_with({}, "--config", file, "index", rows).returncode == 0
    assert (tmp_path / "data").is_dir()
    status = run_with({"GONGKAI_CONFIG": str(file)}, "status", "--json")
    assert orjson.loads(status.stdout)["records"] == 1
