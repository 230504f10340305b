"""From an export to answers by the command line: counts, statuses, rejects, withdrawal."""

from pathlib import Path

import orjson

from tests.journeys.command import plain_row, run, write_rows


def counts(output: str) -> dict[str, int]:
    """The lines of a summary that are a name and a number."""
    lines = (line.replace(",", "").split() for line in output.splitlines())
    pairs = ((words[0], words[1]) for words in lines if len(words) > 1)
    return {name: int(figure) for name, figure in pairs if figure.isdigit()}


def found(data_dir: Path, *words: str) -> list[str]:
    answer = orjson.loads(run(data_dir, "search", "--json", "--size", 100, *words).stdout)
    return [hit["id"] for hit in answer["hits"]]


def test_every_row_is_counted_once(tmp_path: Path) -> None:
    rows = [
        plain_row(1),
        plain_row(2),
        plain_row(1),
        plain_row(3, title=""),
        plain_row(4, disclosure="不予公开"),
        plain_row(5, disclosure=None),
        plain_row(6, body="身份证号11010519491231002X"),
    ]
    source = write_rows(tmp_path / "export.jsonl", rows)
    source.write_bytes(source.read_bytes() + b"{not json\n")
    done = run(tmp_path / "data", "index", source)
    assert done.returncode == 3, done.stderr
    assert counts(done.stdout) == {
        "read": 8,
        "indexed": 2,
        "unchanged": 1,
        "refused": 3,
        "withheld": 2,
    }
    assert sorted(found(tmp_path / "data", "")) == ["r1", "r2"]


def test_a_second_run_changes_nothing(tmp_path: Path) -> None:
    source = write_rows(tmp_path / "export.jsonl", map(plain_row, range(20)))
    first = run(tmp_path / "data", "index", source)
    second = run(tmp_path / "data", "index", source)
    assert (first.returncode, second.returncode) == (0, 0)
    assert counts(first.stdout)["indexed"] == 20
    assert counts(second.stdout)["indexed"] == 0
    assert counts(second.stdout)["unchanged"] == 20


def test_mended_rejects_can_be_indexed(tmp_path: Path) -> None:
    rejects = tmp_path / "rejects.jsonl"
    source = write_rows(tmp_path / "export.jsonl", [plain_row(1, published_on="2009219")])
    refused = run(tmp_path / "data", "index", source, "--rejects", rejects)
    assert refused.returncode == 3
    entry = orjson.loads(rejects.read_bytes())
    assert list(entry) == ["source", "line", "field", "reason", "row"]
    assert (entry["line"], entry["field"], entry["reason"]) == (1, "published_on", "ambiguous_date")
    assert rejects.stat().st_mode & 0o077 == 0
    entry["row"]["published_on"] = "2009-02-19"
    rejects.write_bytes(orjson.dumps(entry))
    assert run(tmp_path / "data", "index", rejects).returncode == 0
    assert found(tmp_path / "data", "饮水安全") == ["r1"]


def test_a_source_declared_public_fills_missing_values_only(tmp_path: Path) -> None:
    rows = [plain_row(1, disclosure=None), plain_row(2, disclosure="不予公开")]
    source = write_rows(tmp_path / "export.jsonl", rows)
    done = run(tmp_path / "data", "index", source, "--disclosure", "主动公开")
    assert done.returncode == 0
    assert found(tmp_path / "data", "") == ["r1"]


def test_a_record_its_source_closes_is_gone_and_may_come_back(tmp_path: Path) -> None:
    data = tmp_path / "data"
    source = tmp_path / "export.jsonl"
    run(data, "index", write_rows(source, [plain_row(1), plain_row(2)]))
    run(data, "index", write_rows(source, [plain_row(1, disclosure="不予公开")]))
    assert found(data, "") == ["r2"]
    run(data, "index", write_rows(source, [plain_row(1)]))
    assert sorted(found(data, "")) == ["r1", "r2"]


def test_staff_withdrawal_outlives_the_next_export(tmp_path: Path) -> None:
    data = tmp_path / "data"
    source = write_rows(tmp_path / "export.jsonl", [plain_row(1), plain_row(2)])
    run(data, "index", source)
    assert run(data, "withdraw", "r1").returncode == 0
    assert run(data, "withdraw", "unknown").returncode == 3
    assert found(data, "") == ["r2"]
    again = run(data, "index", source)
    assert again.returncode == 3
    assert "withdrawn 1" in again.stdout
    assert run(data, "index", "--rebuild", source).returncode == 3
    assert found(data, "") == ["r2"]
    assert run(data, "withdraw", "--undo", "r1").returncode == 0
    run(data, "index", source)
    assert sorted(found(data, "")) == ["r1", "r2"]


def test_rebuild_and_rollback(tmp_path: Path) -> None:
    data = tmp_path / "data"
    run(data, "index", write_rows(tmp_path / "a.jsonl", [plain_row(1)]))
    run(data, "index", "--rebuild", write_rows(tmp_path / "b.jsonl", [plain_row(2)]))
    assert found(data, "") == ["r2"]
    assert run(data, "rollback").returncode == 0
    assert found(data, "") == ["r1"]
    assert run(data, "rollback").returncode == 4


def test_exit_statuses_and_clear_words(tmp_path: Path) -> None:
    data = tmp_path / "data"
    nothing = run(data, "search", "水")
    assert nothing.returncode == 4
    assert "Nothing is indexed yet" in nothing.stderr
    missing = run(data, "index", tmp_path / "none.jsonl")
    assert missing.returncode == 2
    assert "none.jsonl" in missing.stderr
    assert run(data, "index").returncode == 2
    assert run(data, "index", "--disclosure", "不予公开", tmp_path).returncode == 2
    assert run(data, "status").returncode == 4
    assert not any("Traceback" in each.stderr for each in (nothing, missing))


def test_status_tells_what_is_live(tmp_path: Path) -> None:
    data = tmp_path / "data"
    run(data, "index", write_rows(tmp_path / "a.jsonl", [plain_row(1)]))
    done = run(data, "status", "--json")
    assert done.returncode == 0
    facts = orjson.loads(done.stdout)
    assert (facts["engine"], facts["health"], facts["records"]) == ("embedded", "ready", 1)
    assert facts["bytes"] > 0
    assert len(facts["generations"]) == 1
