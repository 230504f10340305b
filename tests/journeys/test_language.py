"""Mistakes, output and exit codes of commands in both languages."""

from pathlib import Path

import orjson
import pytest

from tests.journeys.command import plain_row, run_with, write_rows

_READING = (("status",), ("settings",), ("doctor",), ("verify",), ("stats", "--year", "2020"))


@pytest.mark.parametrize(
    ("words", "english", "chinese"),
    [
        (("index",), "paths is missing.", "缺少 路径。"),
        (
            ("index", "--compete"),
            "There is no option --compete. Did you mean --complete?",
            "没有 --compete 这个选项。是否要用 --complete？",
        ),
        (
            ("stats", "--year", "3"),
            "--year is 3; write a whole number from 1900 to 2100.",
            "--year 写成了 3；请写整数（1900 到 2100）。",
        ),
        (
            ("search", "x", "--sort", "date"),
            "--sort is date; write one of relevance, newest, oldest.",
            "--sort 写成了 date；请写以下之一：relevance, newest, oldest。",
        ),
        (
            ("duplicates", "--threshold", "much"),
            "--threshold is much; write a number from 0.5 to 1.0.",
            "--threshold 写成了 much；请写数（0.5 到 1.0）。",
        ),
        (("status", "now"), "Too many arguments: now.", "参数过多：now。"),
        (
            ("token", "add", "--days"),
            "The option --days needs a value.",
            "选项 --days 需要写值。",
        ),
        (
            ("pull", "http://127.0.0.1:9/", "pages"),
            "The portal can't be reached: Connection refused.",
            "无法连接门户：连接被拒绝。",
        ),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_mistakes_are_told_in_both_languages(
    words: tuple[str, ...], english: str, chinese: str, tmp_path: Path
) -> None:
    settings = {"GONGKAI_DATA_DIR": str(tmp_path)}
    for language, expected in (("en", english), ("zh", chinese)):
        typed = (tmp_path / word if word == "pages" else word for word in words)
        done = run_with({**settings, "GONGKAI_LANGUAGE": language}, *typed)
        assert done.returncode == 2
        assert done.stderr.splitlines()[0] == f"gongkai: {expected}"


def test_json_and_exit_codes_do_not_depend_on_the_language(tmp_path: Path) -> None:
    settings = {"GONGKAI_DATA_DIR": str(tmp_path / "data")}
    run_with(settings, "index", write_rows(tmp_path / "rows.jsonl", [plain_row(1)]))
    for words in (
        ("status",),
        ("settings",),
        ("doctor",),
        ("verify",),
        ("stats", "--year", "2020"),
    ):
        english, chinese = (
            run_with({**settings, "GONGKAI_LANGUAGE": each}, *words, "--json")
            for each in ("en", "zh")
        )
        assert chinese.returncode == english.returncode == 0
        assert _keys(orjson.loads(chinese.stdout)) == _keys(orjson.loads(english.stdout))
        assert run_with({**settings, "GONGKAI_LANGUAGE": "zh"}, *words).returncode == 0
    status = run_with({**settings, "GONGKAI_LANGUAGE": "zh"}, "status", "--json").stdout
    assert status.isascii()


def _keys(value: object) -> object:
    if isinstance(value, dict):
        return {key: _keys(each) for key, each in value.items()}
    return [_keys(each) for each in value] if isinstance(value, list) else ""
