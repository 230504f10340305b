"""A backup restored on another machine and over an index: records, withdrawals, ledgers."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from itertools import product
from pathlib import Path

import orjson
import pytest

from gongkai.duplicates.decisions import Decision, Decisions, Verdict, now, read_decision_lines
from gongkai.duplicates.evidence import Kind
from gongkai.engines.database import read_lines, unite_lines
from gongkai.engines.earlier_versions import EarlierVersion, EarlierVersions
from gongkai.engines.installation import Installation
from gongkai.errors import GongkaiError
from gongkai.staff.audit import Action, Audit
from gongkai.staff.jobs import JobOptions, Jobs, JobState, Stage, open_jobs
from gongkai.staff.staff_database import open_ledger
from gongkai.staff.tokens import Tokens
from indexer.commands.backup import restore
from tests.damage import cut, empty, flip, make_folder, scramble
from tests.journeys.command import plain_row, run, run_with, write_rows

OWNER = ("甲", "", "01234567")


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
    assert Decisions(other).kept_path("r2")[:1] == ("r1",)
    # What staff took off stays off, whatever an export says.
    assert run(other, "index", office / "export.jsonl").returncode == 3
    assert "r3" not in found(other)


def test_jobs_and_earlier_versions_come_back_and_nothing_closed_since(
    office: Path, tmp_path: Path
) -> None:
    data, other, kept = tmp_path / "data", tmp_path / "other", tmp_path / "backup"
    shutil.copytree(office / "data", data)
    changed = [plain_row(number, body="更正以后的正文。") for number in (0, 1, 2)]
    assert run(data, "index", write_rows(tmp_path / "changed.jsonl", changed)).returncode == 0
    jobs = Jobs(open_jobs(data))
    first, second = (jobs.add(Stage.INDEX, OWNER, f"{n}.csv", JobOptions()) for n in (1, 2))
    jobs.enqueue(first, Stage.INDEX, (JobState.STOPPED,))
    jobs.begin(first, 1)
    jobs.end(second, JobState.DONE, inspection={"rows": "招生"}, report={"indexed": 3})
    jobs.note_corrected(second, "run", [7])
    assert run(data, "backup", kept).returncode == 0

    assert b'"rows"' not in (kept / "jobs.sqlite3").read_bytes()
    assert read_versions(data, "r1")
    Jobs(open_jobs(other)).add(Stage.INDEX, ("乙", "", "89abcdef"), "乙.csv", JobOptions())
    Audit(open_ledger(other)).add("乙", Action.VERSIONS_ERASED, "r2")
    for _twice in range(2):
        restored = run(other, "restore", "--force", kept)
        assert restored.returncode == 0, restored.stderr
        assert read_versions(other, "r0") == read_versions(data, "r0")
        assert read_versions(other, "r2") == []
        listed = {each.file: each for each in Jobs(open_jobs(other)).latest()}
        assert sorted(listed) == ["1.csv", "2.csv", "乙.csv"]
        assert (listed["1.csv"].state, listed["1.csv"].can_run_again) == ("interrupted", False)
        assert (listed["2.csv"].report, listed["2.csv"].inspection) == ({"indexed": 3}, {})
        assert Jobs(open_jobs(other)).read_corrected("run") == {7}
        assert run(other, "doctor").returncode == 0

    # Closed since the backup: whatever was said before stays closed, even if opened again.
    assert run(data, "withdraw", "r1").returncode == 0
    (data / "versions.sqlite3").unlink()
    assert run(data, "restore", "--force", "--allow-shrink", kept).returncode == 0
    assert [len(read_versions(data, each)) for each in ("r0", "r1", "r2")] == [1, 0, 1]
    # As a restore leaves them that was stopped before it had all records.
    EarlierVersions(data).keep([("r1", b"{}")])
    assert run(data, "restore", "--force", "--allow-shrink", kept).returncode == 0
    assert [len(read_versions(data, each)) for each in ("r0", "r1", "r2")] == [1, 0, 1]
    (data / "versions.sqlite3").unlink()
    assert run(data, "restore", "--force", "--reopen", kept).returncode == 0
    assert "r1" in found(data)
    assert read_versions(data, "r1") == []


def read_versions(data_dir: Path, record_id: str) -> list[EarlierVersion]:
    return EarlierVersions(data_dir).find(record_id, None)


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
    assert "records.jsonl is missing or damaged" in broken.stderr
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


def only_id(text: str) -> str:
    return text.split("_")[1]


def test_what_was_closed_or_revoked_since_stays_so(office: Path, tmp_path: Path) -> None:
    """The whole of one restore over a newer state, then the same with --reopen."""
    data, kept = tmp_path / "data", tmp_path / "backup"
    shutil.copytree(office / "data", data)
    audit = Audit(open_ledger(data))
    audit.add("甲", Action.SIGN_IN)
    audit.add("甲", Action.SIGN_IN)
    token = run(data, "token", "add", "政务公开办").stdout.strip()
    other = run(data, "token", "add", "档案馆").stdout.strip()
    assert run(data, "backup", kept).returncode == 0
    # After the backup: closed by staff, closed by the source, on request, reopened, revoked.
    assert run(data, "withdraw", "r0").returncode == 0
    changes = [
        plain_row(1, disclosure="不予公开"),
        plain_row(2, disclosure="依申请公开"),
    ]
    run(data, "index", write_rows(tmp_path / "changes.jsonl", changes))
    assert run(data, "withdraw", "--undo", "r3").returncode == 0
    assert run(data, "token", "revoke", only_id(token)).returncode == 0
    audit.add("乙", Action.SIGN_OUT)
    lines = [(e.at, e.who, e.action) for e in audit.entries()]

    done = run(data, "restore", "--force", "--allow-shrink", kept)
    assert done.returncode == 0, done.stderr
    for told in ("record r0:", "record r1:", "text of record r2:", f"token {only_id(token)} "):
        assert told in done.stdout
    assert "r3" not in done.stdout
    assert found(data) == ["r2", "r4", "r5"]
    shown = orjson.loads(run(data, "search", "--json", "通知").stdout)["hits"]
    assert {hit["id"]: hit["disclosure"] for hit in shown}["r2"] == "依申请公开"
    assert "已经完成验收" not in str([hit for hit in shown if hit["id"] == "r2"])
    tokens = Tokens(open_ledger(data))
    assert tokens.check(token) is None
    assert tokens.check(other) is not None
    after = [(e.at, e.who, e.action) for e in audit.entries()]
    assert after == lines
    # r3 was let in again after the backup was made: an export may bring it.
    run(data, "index", office / "export.jsonl")
    assert {"r3", "r5"} <= set(found(data))
    assert "r0" not in found(data)

    again = run(data, "restore", "--force", "--reopen", "--allow-shrink", kept)
    assert again.returncode == 0, again.stderr
    assert "opened again" in again.stdout
    assert found(data) == ["r0", "r1", "r2", "r4", "r5"]
    assert tokens.check(token) is not None
    assert Audit(open_ledger(data)).entries()[0].who == "乙"


FILES = ("records.jsonl", "withdrawn.json", "staff.sqlite3", "decisions.sqlite3", "manifest.json")
HARMS: tuple[Callable[[Path], object], ...] = (
    *(cut, flip, scramble, empty, make_folder),
    Path.unlink,
)


# A file that may be missing from an older backup, and a letter of a text that has no digest there.
UNSEEN_WITHOUT_MANIFEST = {
    *product(("staff.sqlite3", "decisions.sqlite3"), (Path.unlink, empty, flip)),
    ("records.jsonl", flip),
}


def state_of(data: Path) -> dict[str, bytes]:
    files = (file for file in data.rglob("*") if file.is_file() and "lock" not in file.name)
    return {str(file.relative_to(data)): file.read_bytes() for file in files}


@pytest.mark.parametrize("has_manifest", [True, False])
def test_a_damaged_backup_ends_before_anything_is_replaced(
    office: Path, tmp_path: Path, has_manifest: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, kept = tmp_path / "data", tmp_path / "backup"
    shutil.copytree(office / "data", data)
    run(data, "token", "add", "政务公开办")
    made = Verdict("0" * 16, Decision.DUPLICATE, ("r1", "r2"), Kind.SAME_TEXT, 1, "r1", "甲", now())
    Decisions(data).decide(made)
    assert run(data, "backup", kept).returncode == 0
    if not has_manifest:
        # As a version before this one has written it.
        (kept / "manifest.json").unlink()
        (kept / "withdrawn.json").write_bytes(b'{"r3":"staff"}')
    monkeypatch.setenv("GONGKAI_DATA_DIR", str(data))
    before = state_of(data)
    tried = 0
    for name, harm in product(FILES if has_manifest else FILES[:-1], HARMS):
        if not has_manifest and (name, harm) in UNSEEN_WITHOUT_MANIFEST:
            continue
        damaged = tmp_path / f"damaged{tried}"
        shutil.copytree(kept, damaged)
        harm(damaged / name)
        tried += 1
        with pytest.raises(GongkaiError) as told:
            restore(damaged, force=True, reopen=False, allow_shrink=False)
        assert "\n" not in str(told.value), (name, harm)
        assert state_of(data) == before, (name, harm)
    assert tried >= 16


def test_a_backup_without_times_closes_whatever_it_names(office: Path, tmp_path: Path) -> None:
    data, kept = tmp_path / "data", tmp_path / "backup"
    shutil.copytree(office / "data", data)
    assert run(data, "backup", kept).returncode == 0
    (kept / "manifest.json").unlink()
    (kept / "withdrawn.json").write_bytes(b'{"r3":"staff","r4":"disclosure"}')
    assert run(data, "withdraw", "--undo", "r3").returncode == 0
    done = run(data, "restore", "--force", "--allow-shrink", kept)
    assert done.returncode == 0, done.stderr
    assert found(data) == ["r0", "r1", "r2", "r5"]
    assert run(data, "index", office / "export.jsonl").returncode == 3
    assert "r3" not in found(data)


def test_a_lost_ledger_and_a_damaged_index_come_back_from_a_backup(
    office: Path, tmp_path: Path
) -> None:
    data, kept = tmp_path / "data", tmp_path / "backup"
    shutil.copytree(office / "data", data)
    assert run(data, "backup", kept).returncode == 0
    for file in data.glob("withdrawn*.json"):
        file.unlink()
    for file in data.glob("generations/*/index/*.store"):
        cut(file)
    assert run(data, "index", office / "export.jsonl").returncode == 4
    assert run(data, "doctor", "--repair").returncode == 4
    done = run(data, "restore", "--force", kept)
    assert done.returncode == 0, done.stderr
    assert "was lost" in done.stdout
    assert found(data) == ["r0", "r1", "r2", "r4", "r5"]
    assert run(data, "index", office / "export.jsonl").returncode == 3
    assert "r3" not in found(data)


def test_what_is_not_of_a_backup_is_left_alone(office: Path, tmp_path: Path) -> None:
    other = tmp_path / "kept.part"
    other.mkdir()
    (other / "mine").write_text("mine")
    assert run(office / "data", "backup", tmp_path / "kept").returncode == 0
    assert (other / "mine").read_text() == "mine"
    assert run(tmp_path / "nothing", "backup", tmp_path / "none").returncode == 4
    assert sorted(path.name for path in tmp_path.iterdir() if path.name != "nothing") == [
        "kept",
        "kept.part",
    ]


def test_lines_of_two_logs_are_united_and_none_is_lost(tmp_path: Path) -> None:
    columns = ("at", "who", "action", "subject")
    database = open_ledger(tmp_path)
    own = [
        ("2020-01-02", "甲", "a", ""),
        ("2020-01-02", "甲", "a", ""),
        ("2020-01-05", "乙", "b", ""),
    ]
    with database.write() as connection:
        unite_lines(connection, "audit", columns, "at", own)
    others = [("2020-01-01", "丙", "c", ""), *[own[0]] * 3, ("2020-01-05", "乙", "b", "")]
    with database.write() as connection:
        assert unite_lines(connection, "audit", columns, "at", others) == 2
        assert unite_lines(connection, "audit", columns, "at", others) == 0
    with database.read() as connection:
        lines = read_lines(connection, "audit", columns)
    assert lines == [others[0], own[0], own[0], own[0], own[2]]
    with database.write() as connection, pytest.raises(sqlite3.IntegrityError):
        connection.execute("DELETE FROM audit")


def test_the_newest_decision_wins(tmp_path: Path) -> None:
    def verdict(cluster: str, kept: str, at: str) -> Verdict:
        when = f"2020-01-0{at}T00:00:00+00:00"
        return Verdict(cluster, Decision.DUPLICATE, ("a", "b"), Kind.SAME_TEXT, 1, kept, "甲", when)

    here, there = Decisions(tmp_path / "here"), Decisions(tmp_path / "there")
    for decisions, rows in (
        (here, (("1", "a", "1"), ("2", "a", "5"))),
        (there, (("1", "a", "1"), ("1", "b", "4"), ("2", "b", "2"))),
    ):
        for row in rows:
            decisions.decide(verdict(*row))
    with closing(sqlite3.connect(there.file.path)) as copy:
        lines = read_decision_lines(copy)
    assert here.merge(lines) == 2
    assert {key: each.kept for key, each in here.current().items()} == {"1": "b", "2": "a"}
    assert here.merge(lines) == 0
    assert len(here.history("2")) == 2


def test_a_restore_on_elasticsearch_keeps_what_was_closed(
    office: Path, elastic: Installation, tmp_path: Path
) -> None:
    kept = tmp_path / "backup"
    settings = {
        "GONGKAI_ENGINE": "elasticsearch",
        "GONGKAI_DATA_DIR": str(tmp_path / "other"),
        "GONGKAI_ELASTICSEARCH_URL": elastic.settings.elasticsearch_url,
        "GONGKAI_ELASTICSEARCH_PREFIX": elastic.settings.elasticsearch_prefix,
    }

    def found_there() -> list[str]:
        answer = run_with(settings, "search", "--json", "--size", 100, "通知")
        return sorted(hit["id"] for hit in orjson.loads(answer.stdout)["hits"])

    assert run(office / "data", "backup", kept).returncode == 0
    done = run_with(settings, "restore", kept)
    assert done.returncode == 0, done.stderr
    assert run_with(settings, "withdraw", "r0").returncode == 0
    done = run_with(settings, "restore", "--force", "--allow-shrink", kept)
    assert done.returncode == 0, done.stderr
    assert "record r0: stays closed" in done.stdout
    assert found_there() == ["r1", "r2", "r4", "r5"]
    assert run_with(settings, "restore", "--force", "--reopen", kept).returncode == 0
    assert found_there() == ["r0", "r1", "r2", "r4", "r5"]


def test_a_lost_database_is_told_and_comes_back_from_a_backup(office: Path, tmp_path: Path) -> None:
    data, kept = tmp_path / "data", tmp_path / "backup"
    shutil.copytree(office / "data", data)
    token = run(data, "token", "add", "政务公开办").stdout.strip()
    assert run(data, "backup", kept).returncode == 0
    (data / "staff.sqlite3").unlink()
    told = run(data, "doctor")
    assert told.returncode == 3
    assert "staff.sqlite3: it is missing" in told.stdout
    refused = run(data, "token", "add", "档案馆")
    assert refused.returncode == 4
    assert "backup" in refused.stderr
    assert run(data, "restore", "--force", kept).returncode == 0
    assert Tokens(open_ledger(data)).check(token) is not None
    assert run(data, "doctor").returncode == 0
