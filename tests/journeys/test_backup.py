"""A backup taken while others write, restored on another machine: records, withdrawals, ledgers."""

from pathlib import Path

import orjson
import pytest

from duplicates.decisions import Decision, Decisions, Verdict, now
from duplicates.judging import Kind
from staff.ledger import open_ledger
from staff.tokens import Tokens
from tests.journeys.command import plain_row, run, run_with, write_rows


def found(data_dir: Path) -> list[str]:
    answer = run(data_dir, "search", "--json", "--size", 100, "通知")
    return sorted(hit["id"] for hit in orjson.loads(answer.stdout)["hits"])


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("office")
    export = write_rows(folder / "export.jsonl", map(plain_row, range(6)))
    assert run(folder / "data", "index", export).returncode == 0
    assert run(folder / "data", "withdraw", "r3").returncode == 0
    return folder


def test_all_comes_back_on_another_machine(office: Path, tmp_path: Path) -> None:
    data, other, kept = office / "data", tmp_path / "other", tmp_path / "backup"
    token = run(data, "token", "add", "政务公开办").stdout.strip()
    made = Verdict("0" * 16, Decision.DUPLICATE, ("r1", "r2"), Kind.SAME_TEXT, 1, "r1", "甲", now())
    Decisions(data).decide(made)
    done = run(data, "backup", kept)
    assert done.returncode == 0, done.stderr
    assert "5 records" in done.stdout
    assert kept.stat().st_mode & 0o077 == 0
    assert run(data, "backup", kept).returncode == 2
    restored = run(other, "restore", kept)
    assert restored.returncode == 0, restored.stderr
    assert found(other) == found(data) == ["r0", "r1", "r2", "r4", "r5"]
    assert run(other, "doctor").returncode == 0
    checked = Tokens(open_ledger(other)).check(token)
    assert checked is not None
    assert Decisions(other).kept_for("r2") == "r1"
    # What staff took off stays off, whatever an export says.
    assert run(other, "index", office / "export.jsonl").returncode == 3
    assert "r3" not in found(other)


def test_an_index_is_not_replaced_unasked_nor_half_a_backup_taken(
    office: Path, tmp_path: Path
) -> None:
    data, kept = office / "data", tmp_path / "backup"
    assert run(data, "backup", kept).returncode == 0
    assert run(data, "restore", kept).returncode == 2
    assert run(data, "restore", "--force", kept).returncode == 0
    records = kept / "records.jsonl"
    records.write_bytes(records.read_bytes()[:-20])
    before = found(data)
    broken = run(data, "restore", "--force", kept)
    assert broken.returncode == 2
    assert "breaks off" in broken.stderr
    records.unlink()
    assert run(data, "restore", "--force", kept).returncode == 2
    assert found(data) == before
    assert run(tmp_path / "empty", "backup", tmp_path / "none").returncode == 4


def test_a_new_version_takes_over_from_a_backup_without_the_exports(
    office: Path, tmp_path: Path
) -> None:
    """Another dictionary refuses the old index; what was backed up is indexed by it anew."""
    data, kept, words = office / "data", tmp_path / "backup", tmp_path / "words"
    assert run(data, "backup", kept).returncode == 0
    words.mkdir()
    (words / "government.csv").write_text(
        "word,frequency,kind\n农村饮水安全工程,2000,\n", encoding="utf-8"
    )
    new = {"GONGKAI_DICTIONARY_DIR": str(words)}
    refused = run_with({**new, "GONGKAI_DATA_DIR": str(data)}, "search", "通知")
    assert refused.returncode == 4
    assert "rebuild" in refused.stderr
    beside = {**new, "GONGKAI_DATA_DIR": str(tmp_path / "beside")}
    assert run_with(beside, "restore", kept).returncode == 0
    answer = run_with(beside, "search", "--json", "--size", 100, "通知")
    assert sorted(hit["id"] for hit in orjson.loads(answer.stdout)["hits"]) == found(data)
    assert run_with(beside, "index", office / "export.jsonl").returncode == 3
    assert "r3" not in run_with(beside, "search", "--json", "通知").stdout.split('"')
