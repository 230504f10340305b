"""The translations against the messages of the code, and the command line in both languages."""

import ast
import os
import re
import string
import subprocess
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from development.messages import extract
from gongkai.language import FOLDER
from tests.journeys.command import arguments, environment_with, plain_row, run_with, write_rows

CATALOGS = sorted(FOLDER.rglob("*.po"))
_HAN = re.compile(r"[\u4e00-\u9fff]")


def run_in(settings: dict[str, str], *words: object) -> "subprocess.CompletedProcess[str]":
    """A command in a process of its own: the language is chosen once."""
    plain = dict.fromkeys(("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"), "")
    return run_with({**plain, **settings}, *words)


def fields(text: str) -> set[str]:
    return {f"{name}:{spec}" for _, name, spec, _ in string.Formatter().parse(text) if name}


@pytest.fixture(scope="module")
def messages() -> list[str]:
    return [each.id for each in extract() if each.id]


@pytest.mark.parametrize("path", CATALOGS, ids=lambda path: path.parents[1].name)
def test_every_message_is_translated_with_its_placeholders(path: Path, messages: list[str]) -> None:
    with path.open("rb") as file:
        translated = {each.id: each.string for each in read_po(file) if each.id}
    assert len(messages) > 300
    assert [each for each in messages if not translated.get(each)] == []
    formatted = [each for each in messages if "{" in each and '{"' not in each]
    differing = [each for each in formatted if fields(each) != fields(translated[each])]
    assert differing == []


def test_the_language_is_that_of_the_locale_or_the_setting(tmp_path: Path) -> None:
    file = tmp_path / "gongkai.toml"
    file.write_text('language = "zh"\n')
    chinese = ({"LANG": "zh_CN.UTF-8"}, {"GONGKAI_LANGUAGE": "zh"}, {"GONGKAI_CONFIG": str(file)})
    english = (
        {},
        {"LANG": "C.UTF-8"},
        {"LANG": "de_DE.UTF-8"},
        {"LANG": "zh_CN.UTF-8", "GONGKAI_LANGUAGE": "en"},
    )
    for settings in chinese:
        shown = run_in(settings, "token", "--help").stdout
        assert "发放令牌" in shown, settings
        assert "Create a token" not in shown
    for settings in english:
        assert "Create a token" in run_in(settings, "token", "--help").stdout, settings
    assert "发放令牌" in run_in({}, "--config", file, "token", "--help").stdout


def test_summary_and_errors_are_chinese(tmp_path: Path) -> None:
    settings = {"LANG": "zh_CN.UTF-8", "GONGKAI_DATA_DIR": str(tmp_path / "data")}
    done = run_in(settings, "status")
    assert "尚未建立索引" in done.stdout
    rows = write_rows(tmp_path / "rows.jsonl", [plain_row(1), plain_row(2, disclosure="")])
    done = run_in(settings, "index", rows)
    assert done.returncode == 3
    assert re.search(r"^入库 +1$", done.stdout, re.MULTILINE)
    assert re.search(r"^拒收 +1", done.stdout, re.MULTILINE)
    done = run_in({**settings, "GONGKAI_ENGINE": "solr"}, "status")
    assert done.returncode == 2
    assert done.stderr == (
        "gongkai: GONGKAI_ENGINE（环境变量） 写成了 "
        '"solr"；请写以下之一：embedded, elasticsearch。\n'
    )


_ALL_HELP = """
import typer
from gongkai.cli import build_app
from gongkai.language import translate_help, use_language

def show(command, path):
    context = typer.Context(command, info_name=path)
    command.format_help(context, None)
    for name, each in getattr(command, "commands", {}).items():
        show(each, name)

use_language()
command = typer.main.get_command(build_app())
translate_help(command)
show(command, "gongkai")
"""


def test_all_help_is_chinese() -> None:
    done = subprocess.run(
        [arguments()[0], "-c", _ALL_HELP],
        env={**environment_with({"GONGKAI_LANGUAGE": "zh"}), "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.count("用法：") > 30
    names = r"`[^`]*`|--[a-z-]+|<[a-z|]+>|\[默认.*?\]|relevance\.toml|systemd|gongkai\S*"
    left = re.sub(names, "", "\n".join(x for x in done.stdout.splitlines() if "用法：" not in x))
    assert re.findall(r"[a-z]{3,} [a-z]{2,}", left) == []
    assert not re.search(r"<(?:str|int|path|float|list)", left)


def test_every_marked_message_can_be_extracted(messages: list[str]) -> None:
    # Babel does not look into f-strings.
    extracted = set(messages)
    lost = [
        call.args[0].value
        for package in ("analyzers", "gongkai", "indexer", "search_api")
        for path in Path(package).rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "_"
        if call.args and isinstance(call.args[0], ast.Constant)
        if call.args[0].value not in extracted
    ]
    assert lost == []


def test_nothing_is_translated_before_the_language_is_chosen() -> None:
    # Texts of a module are translated when it is loaded; the command line loads these first.
    script = "import sys, gongkai.cli; print(*(str(m) for m in sys.modules.values()), sep='\\n')"
    done = subprocess.run(
        [arguments()[0], "-c", script], capture_output=True, text=True, check=True
    )
    names = "analyzers|gongkai|indexer|search_api"
    found = re.findall(rf"from '({Path.cwd()}/(?:{names})/[^']+)'", done.stdout)
    ours = [Path(each) for each in found]
    early = [
        path
        for path in ours
        for statement in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(statement, ast.Assign | ast.AnnAssign)
        for call in ast.walk(statement)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "_"
    ]
    assert len(ours) > 5
    assert early == []


def test_long_chinese_help_is_not_cut_off() -> None:
    shown = run_in({"LANG": "zh_CN.UTF-8", "COLUMNS": "80"}, "index", "--help").stdout
    text = "".join(shown.split())
    assert "列出其中缺少的信息，并询问是否撤下。" in text
    assert "…" not in text


def test_responses_of_the_api_do_not_follow_the_locale() -> None:
    # Only the command line calls use_language; a worker of the server has no text domain.
    script = "from gongkai.errors import NothingIndexedError; print(NothingIndexedError())"
    done = subprocess.run(
        [*arguments()[:1], "-c", script],
        env={**os.environ, "LANG": "zh_CN.UTF-8"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert not _HAN.search(done.stdout)
