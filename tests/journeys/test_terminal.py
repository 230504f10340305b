"""What commands print at 80 columns, for scripts and into logs; and their exit codes."""

import io
import json
import re
import subprocess
import sys
from pathlib import Path

import orjson
import pytest
from rich.cells import cell_len
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn

from gongkai import command_line
from gongkai.catalog.instants import show_in_china
from gongkai.command_line import SECONDS_A_LINE, LineProgress
from tests.journeys.command import environment, plain_row, run, run_with, write_rows

TITLE = "关于印发安庆市农村饮水安全工程建设和运行管理实施办法及其补充规定的通知"
BODY = "为加强农村饮水安全工程的建设和运行管理，保障农村居民饮水安全，制定本办法。" * 5


@pytest.fixture(scope="module")
def indexed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("terminal")
    same = [
        plain_row(n, id=f"a-long-id-of-a-portal-{n:020}", title=TITLE, body=BODY, publisher=each)
        for n, each in enumerate(("安庆市水利局", "怀宁县水利局"))
    ]
    rows = write_rows(folder / "rows.jsonl", [*same, plain_row(7)])
    assert run(folder / "data", "index", rows).returncode == 0
    return folder / "data"


def test_duplicates_are_whole_at_80_columns(indexed: Path) -> None:
    shown = run_with({"GONGKAI_DATA_DIR": str(indexed), "COLUMNS": "80"}, "duplicates").stdout
    assert shown.endswith("1 clusters, 2 records\n")
    assert all(cell_len(line) <= 80 for line in shown.splitlines())
    assert "…" not in shown
    squeezed = "".join(shown.split())
    assert squeezed.count(TITLE[:20]) == 2
    assert "安庆市水利局" in squeezed


def test_duplicates_are_one_cluster_a_line_for_scripts(indexed: Path) -> None:
    lines = run(indexed, "duplicates", "--jsonl").stdout.splitlines()
    whole = orjson.loads(run(indexed, "duplicates", "--json").stdout)["clusters"]
    assert len(whole) == 1
    assert [orjson.loads(line) for line in lines] == whole


def test_evaluate_warns_of_judged_records_that_are_not_in_the_index(
    indexed: Path, tmp_path: Path
) -> None:
    queries, qrels = tmp_path / "queries.jsonl", tmp_path / "qrels.tsv"
    queries.write_text(json.dumps({"id": "1", "text": "饮水安全"}), encoding="utf-8")
    judged = ("1 0 r7 1", "1 0 gone 2", "1 0 lost 1", "1 0 irrelevant 0", "2 0 unasked 1")
    qrels.write_text("\n".join(judged), encoding="utf-8")
    done = run(indexed, "evaluate", "--queries", queries, "--qrels", qrels, "--json")
    assert done.returncode == 0
    assert done.stderr == "2 of 3 relevant records are not in the index: gone, lost\n"
    assert orjson.loads(done.stdout)
    qrels.write_text("1 0 r7 1", encoding="utf-8")
    assert run(indexed, "evaluate", "--queries", queries, "--qrels", qrels).stderr == ""
    missing = run(indexed, "evaluate", "--queries", tmp_path / "none.jsonl", "--qrels", qrels)
    assert missing.returncode == 2
    assert missing.stderr.startswith(f"gongkai: {tmp_path / 'none.jsonl'}: ")


def test_progress_without_a_terminal_is_a_line_a_minute() -> None:
    now, out = 0.0, io.StringIO()
    columns = (TextColumn("indexing"), BarColumn(), MofNCompleteColumn())
    console = Console(file=out, width=80)
    with LineProgress(*columns, console=console, clock=lambda: now) as progress:
        task = progress.add_task("", total=1000)
        for _ in range(300):
            now += 1
            progress.advance(task)
    lines = out.getvalue().splitlines()
    assert len(lines) == 300 // SECONDS_A_LINE
    assert lines[0].split() == ["indexing", "60/1000"]
    assert lines[-1].split() == ["indexing", "300/1000"]


def test_a_second_pass_has_a_time_left_of_its_own(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Static vectors of all records are made first, then those of the model."""
    monkeypatch.setattr(command_line, "SECONDS_A_LINE", 0)
    with command_line.rate_progress("embedding", "{task.completed:,.0f} records") as report:
        for done in (50, 100, 1, 2):
            report(done, 100, done)
    lines = capsys.readouterr().err.splitlines()
    assert "100 records 0:00:00" in lines[1]
    assert all("0:00:00" not in line for line in lines[2:])


_WITH_A_LINE_A_RECORD = (
    "from gongkai import cli, command_line\ncommand_line.SECONDS_A_LINE = 0\ncli.main()\n"
)


def test_every_long_command_shows_progress(indexed: Path, tmp_path: Path) -> None:
    backup = str(tmp_path / "backup")
    calls = (("verify",), ("purge",), ("backup", backup), ("restore", backup, "--force"))
    for call in calls:
        done = subprocess.run(
            [sys.executable, "-c", _WITH_A_LINE_A_RECORD, *call],
            env=environment(indexed),
            capture_output=True,
            text=True,
            check=True,
        )
        assert re.search(r"^(verifying|copying|indexing) +3/", done.stderr, re.MULTILINE), call


@pytest.mark.parametrize("workers", [1, 2])
def test_a_server_that_does_not_start_has_not_the_exit_code_of_refused_rows(workers: int) -> None:
    script = (
        "import uvicorn, typer\n"
        "from search_api.commands import serve, sockets\n"
        f"config = uvicorn.Config('tests.journeys.failing_app:create', factory=True,"
        f" workers={workers})\n"
        "if __name__ == '__main__':\n"
        "    try:\n"
        "        serve._run(config, sockets.open_sockets('127.0.0.1', 0))\n"
        "    except typer.Exit as ended:\n"
        "        raise SystemExit(ended.exit_code)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 4, done.stderr


def test_times_of_tokens_are_in_china_whatever_the_zone_of_the_machine(tmp_path: Path) -> None:
    assert show_in_china("2026-02-28T16:30:00+00:00") == "2026-03-01 00:30"
    assert show_in_china("2026-03-01T00:30:00+08:00") == "2026-03-01 00:30"
    run(tmp_path, "token", "add", "政务公开办")
    shown = [
        run_with({"GONGKAI_DATA_DIR": str(tmp_path), "TZ": zone}, "token", "list").stdout
        for zone in ("UTC", "Asia/Shanghai", "America/New_York")
    ]
    assert len(set(shown)) == 1
    assert "+00:00" not in shown[0]
