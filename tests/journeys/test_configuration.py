"""Wrong settings, tables and ports on the command line: exit status 2 and one sentence."""

import os
import socket
from pathlib import Path

import pytest

from tests.journeys.command import run_with


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
