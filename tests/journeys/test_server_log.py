"""The access log on the disk: addresses without words, for as long as the law asks, no longer."""

import logging
from datetime import date
from pathlib import Path

import orjson
import pytest
from pydantic import ValidationError

from gongkai.settings import Settings
from search_api.http.log_config import DailyFiles, JsonLines
from tests.journeys.command import plain_row, run, running_server, write_rows


def test_addresses_are_kept_and_words_are_not(tmp_path: Path) -> None:
    data, logs = tmp_path / "data", tmp_path / "logs"
    rows = write_rows(tmp_path / "rows.jsonl", map(plain_row, range(3)))
    assert run(data, "index", rows).returncode == 0
    settings = {"GONGKAI_DATA_DIR": str(data), "GONGKAI_ACCESS_LOG_DIR": str(logs)}
    with running_server(settings, "--workers", 2) as (_, client):
        for number in range(20):
            asked = {"q": f"龘靐{number}"}
            said = {"X-Forwarded-For": "203.0.113.9", "Referer": "https://x.example/zqzq"}
            assert client.get("/search", params=asked, headers=said).status_code == 200
        client.get("/records/龘靐")
        client.get("/records/r1")
    (file,) = logs.iterdir()
    assert file.stat().st_mode & 0o077 == 0
    content = file.read_bytes()
    lines = [orjson.loads(line) for line in content.splitlines()]
    assert [each["address"] for each in lines if each["message"] == "GET /search"] == [
        "203.0.113.9"
    ] * 20
    assert all({"time", "request", "status", "ms"} <= each.keys() for each in lines)
    for word in ("龘", "zqzq", "%E9%BE%98", "r1"):
        assert word.encode() not in content


def test_days_past_the_term_are_deleted_and_no_others(tmp_path: Path) -> None:
    today = date(2026, 3, 1)
    handler = DailyFiles(tmp_path, 183, lambda: today)
    handler.setFormatter(JsonLines())
    record = logging.LogRecord("gongkai.access", logging.INFO, "", 0, "GET /", None, None)
    for name in ("access-2025-08-29.jsonl", "access-2025-08-30.jsonl", "notes.txt"):
        (tmp_path / name).touch()
    handler.emit(record)
    today = date(2026, 3, 2)
    handler.emit(record)
    handler.emit(record)
    handler.close()
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "access-2026-03-01.jsonl",
        "access-2026-03-02.jsonl",
        "notes.txt",
    ]
    assert len((tmp_path / "access-2026-03-02.jsonl").read_bytes().splitlines()) == 2


def test_less_than_six_months_is_no_setting() -> None:
    with pytest.raises(ValidationError):
        Settings(access_log_days=182)
