"""From an export to answers by the command line: counts, statuses, rejects, withdrawal."""

from pathlib import Path

import orjson

from gongkai.engines.installation import Installation
from indexer.pipeline import KEPT_REJECTS, IndexJob, publish
from tests.journeys.command import plain_row, run, run_with, write_rows


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
        "closed": 0,
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


def test_rejects_do_not_pile_up(fresh: Installation, tmp_path: Path) -> None:
    source = write_rows(tmp_path / "rows.jsonl", [plain_row(1, title=None), plain_row(2)])
    folder = fresh.settings.data_dir / "rejects"
    folder.mkdir(parents=True)
    for number in range(KEPT_REJECTS + 20):
        (folder / f"20200101T000000{number:06}.jsonl").touch()
    outcome = publish(IndexJob([source]), fresh)
    kept = sorted(folder.glob("*.jsonl"))
    assert len(kept) == KEPT_REJECTS
    assert kept[-1] == outcome.rejects
    assert kept[0].name == "20200101T000000000021.jsonl"


def test_mended_rejects_can_be_indexed(tmp_path: Path) -> None:
    rejects = tmp_path / "rejects.jsonl"
    source = write_rows(tmp_path / "export.jsonl", [plain_row(1, published_on="2009219")])
    refused = run(tmp_path / "data", "index", source, "--rejects", rejects)
    assert refused.returncode == 3
    entry = orjson.loads(rejects.read_bytes())
    assert list(entry) == ["source", "line", "field", "reason", "sentence", "row"]
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


def test_what_was_read_in_the_words_is_said(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    rows = [
        plain_row(1, title="安庆市住房公积金提取办法"),
        plain_row(2, title="关于提高最低生活保障标准的通知"),
    ]
    run(data_dir, "index", write_rows(tmp_path / "export.jsonl", rows))
    assert "searched for 住房公积金" in run(data_dir, "search", "住房供积金").stdout
    assert "低保 also as 最低生活保障" in run(data_dir, "search", "低保").stdout
    assert "date read in the words: 2011年" in run(data_dir, "search", "2011年的公积金").stdout


def test_a_score_is_explained_part_by_part(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    run(data_dir, "index", write_rows(tmp_path / "export.jsonl", [plain_row(1), plain_row(2)]))
    explained = run(data_dir, "explain", "r1", "饮水安全")
    assert explained.returncode == 0, explained.stderr
    assert {"total", "words.title", "static_rank.valid"} <= set(explained.stdout.split())
    assert run(data_dir, "explain", "r1", "火星").returncode == 3


def test_every_record_is_found_by_its_own_names(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    rows = [
        plain_row(1, document_number="宜水农[2016]40号", index_number="003151584/201608-00008"),
        plain_row(2),
    ]
    run(data_dir, "index", write_rows(tmp_path / "export.jsonl", rows))
    verified = run(data_dir, "verify", "--json")
    assert verified.returncode == 0, verified.stderr
    assert orjson.loads(verified.stdout) == {
        "asked": {"title": 2, "document_number": 1, "index_number": 1},
        "misses": [],
    }


def test_judged_queries_are_measured_by_profile(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    run(data_dir, "index", write_rows(tmp_path / "export.jsonl", [plain_row(1), plain_row(2)]))
    queries = tmp_path / "queries.jsonl"
    queries.write_text('{"id": "q1", "text": "第1期", "keywords": "1期"}\n', encoding="utf-8")
    qrels = tmp_path / "qrels.tsv"
    qrels.write_text("q1\t0\tr1\t1\n", encoding="utf-8")
    files = ("--queries", queries, "--qrels", qrels)
    rows = orjson.loads(run(data_dir, "evaluate", *files, "--json").stdout)
    assert {row["profile"] for row in rows} >= {"default", "words"}
    best = [row for row in rows if (row["profile"], row["wording"]) == ("default", "text")]
    assert (best[0]["ndcg"], best[0]["recall"], best[0]["queries"]) == (1.0, 1.0, 1)
    assert run(data_dir, "evaluate", *files, "--profile", "none").returncode == 2
    assert run(data_dir, "evaluate", "--queries", qrels, "--qrels", qrels).returncode == 2


def test_a_citys_own_tables_are_checked_and_name_what_to_rebuild(tmp_path: Path) -> None:
    data_dir, own = tmp_path / "data", tmp_path / "own"
    run(data_dir, "index", write_rows(tmp_path / "export.jsonl", [plain_row(1)]))
    settings = {"GONGKAI_DATA_DIR": str(data_dir)}
    assert run_with(settings, "check").returncode == 0
    own.mkdir()
    (own / "synonyms.csv").write_text("term,official,direction\n低保,低保,one\n", encoding="utf-8")
    wrong = run_with({**settings, "GONGKAI_DICTIONARY_DIR": str(own)}, "check")
    assert wrong.returncode == 3
    assert "synonyms.csv:2" in wrong.stdout
    (own / "synonyms.csv").unlink()
    (own / "government.csv").write_text("word,frequency\n饮水安全工程,\n", encoding="utf-8")
    changed = run_with({**settings, "GONGKAI_DICTIONARY_DIR": str(own)}, "check")
    assert changed.returncode == 3
    assert "index --rebuild" in changed.stdout
