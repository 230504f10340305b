"""A full export of a source: what it no longer holds is listed, then withdrawn."""

from pathlib import Path

from tests.journeys.command import plain_row, run, write_rows


def test_what_a_full_export_lacks_is_listed_and_withdrawn(tmp_path: Path) -> None:
    data, rows = tmp_path / "data", tmp_path / "rows.jsonl"
    write_rows(rows, map(plain_row, range(20)))
    assert run(data, "index", "--source", "水利局", rows).returncode == 0
    assert run(data, "index", rows).returncode == 0
    # The same without one record: of the named source alone, and nothing is withdrawn unasked.
    write_rows(rows, map(plain_row, range(1, 20)))
    for words in (("--source", "水利局", "--complete", rows), ("--complete", "水利局", rows)):
        listed = run(data, "index", *words)
        assert listed.returncode == 3
        assert "missing 水利局~r0" in listed.stdout
        assert run(data, "search", "第0期", "--json").stdout.count('"id": ') == 2
    taken = run(data, "index", "--complete", "水利局", rows, "--withdraw-missing")
    assert taken.returncode == 0
    assert "withdrawn           1" in taken.stdout
    assert run(data, "withdraw", "水利局~r0").returncode == 3
    # An export cut short withdraws nothing; neither does one whose rows are refused.
    write_rows(rows, map(plain_row, range(1, 9)))
    cut = run(data, "index", "--complete", "水利局", rows, "--withdraw-missing")
    assert cut.returncode == 3
    assert "11 of the 19 records of the source are missing" in cut.stderr
    write_rows(rows, [*map(plain_row, range(1, 19)), plain_row(19, title="")])
    refused = run(data, "index", "--complete", "水利局", rows, "--withdraw-missing")
    assert refused.returncode == 3
    assert "Nothing missing is withdrawn" in refused.stdout
    # A record comes back with an export that holds it.
    write_rows(rows, map(plain_row, range(20)))
    again = run(data, "index", "--complete", "水利局", rows)
    assert again.returncode == 0
    assert "indexed             1" in again.stdout


def test_a_source_name_is_checked(tmp_path: Path) -> None:
    rows = write_rows(tmp_path / "rows.jsonl", [plain_row(1)])
    for name in ("a/b", "a~b", "x" * 41, "a b"):
        assert run(tmp_path / "data", "index", "--source", name, rows).returncode == 2
