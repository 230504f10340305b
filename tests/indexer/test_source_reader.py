"""Finding sources, broken files, progress, and the whole of the real catalogs."""

import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.files.encodings import detect_encoding
from indexer.source_reader import (
    UnusableSourceError,
    find_sources,
    read_source,
    source_size,
    survey_sources,
)
from indexer.sources.formats import READERS
from indexer.sources.row import SourceRow, UnreadableRow
from tests.indexer.sources.files import HEADINGS, ROWS, fields, outline, write, write_workbook

LINES = "\n".join(f'{{"标题": "通知{n}"}}' for n in range(20_000))


def test_folders_are_walked_in_order_and_hidden_files_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = ["a.csv", "b/a.jsonl.gz", "b/c/x.XLSX", "page.html", "z.json"]
    for name in [*wanted, ".hidden.csv", ".git/a.json", "~$a.xlsx", "note.txt", "a.pdf"]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "page_files").mkdir()
    (tmp_path / "page_files" / "frame.html").touch()
    monkeypatch.chdir(tmp_path)
    found = find_sources([Path("b/a.jsonl.gz"), Path(), Path("a.csv")])
    assert [str(path) for path in found] == ["b/a.jsonl.gz", "a.csv", *wanted[2:]]
    skipped = [(part.source, part.reason) for part in survey_sources([Path()]).skipped]
    assert skipped == [
        (".git", "hidden_file"),
        (".hidden.csv", "hidden_file"),
        ("a.pdf", "not_read"),
        ("note.txt", "not_read"),
    ]


@pytest.mark.parametrize(
    ("content", "count"),
    [
        ('{"a": 1}\n{"a": 2}\n', 2),
        ('[{"a": 1}]', 1),
        ("标题,文号\n甲,1\n", 1),
        ("标题\t文号\n甲\t1\n", 1),
        ("<a><r 标题='甲' 文号='1'/></a>", 1),
        ("<!DOCTYPE html><title>甲</title>", 1),
    ],
)
def test_a_file_of_unknown_suffix_is_sniffed(tmp_path: Path, content: str, count: int) -> None:
    for encoding in ("utf-8", "gb18030"):
        path = write(tmp_path / "export.dat", content, encoding)
        assert find_sources([path]) == [path]
        assert len(fields(path)) == count


def test_a_workbook_of_unknown_suffix_is_sniffed(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "a.bak", [HEADINGS, *ROWS])
    assert len(fields(path)) == 2


def test_what_is_no_source_is_told_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UnusableSourceError, match="There is no file or folder"):
        find_sources([tmp_path / "missing.csv"])
    unknown = write(tmp_path / "a.doc", b"\xd0\xcf\x11\xe0 old")
    with pytest.raises(UnusableSourceError, match="of no known format"):
        find_sources([unknown])
    assert outline(unknown) == [(1, "unknown_format")]
    assert outline(tmp_path / "missing.csv") == [(1, "bad_file")]


@pytest.mark.parametrize("name", ["a.jsonl.gz", "a.csv.gz"])
def test_a_truncated_gzip_gives_the_rows_before(tmp_path: Path, name: str) -> None:
    text = LINES if "json" in name else "标题,文号\n" + "甲,1\n" * 200_000
    path = write(tmp_path / name, text)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * 2 // 3])
    kinds = [kind for _, kind in outline(path)]
    assert set(kinds[:-1]) == {"row"}
    assert len(kinds) > 5000
    assert kinds[-1] == "truncated"


def test_damaged_gzip_is_a_bad_file_after_its_rows(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl.gz", LINES)
    data = bytearray(path.read_bytes())
    data[-8] ^= 0xFF  # the checksum
    path.write_bytes(data)
    kinds = [kind for _, kind in outline(path)]
    assert kinds[-1] == "bad_file"
    assert outline(write(tmp_path / "b.jsonl", b"\x1f\x8bnonsense")) == [(1, "bad_file")]


def test_gzip_members_one_after_another_and_padding(tmp_path: Path) -> None:
    data = b"".join(gzip.compress(f'{{"a": {n}}}\n'.encode()) for n in range(5)) + b"\0" * 512
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(data)
    assert fields(path) == [{"a": n} for n in range(5)]
    assert outline(write(tmp_path / "empty.jsonl.gz", "")) == []


def test_a_gzip_bomb_stops(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("indexer.sources.streams.RATIO_APPLIES_FROM", 1 << 20)
    path = write(tmp_path / "a.jsonl.gz", "{}\n" + "\n" * (4 << 20))
    assert outline(path) == [(1, "row"), (2, "unpacks_too_large")]


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz", "a.json", "a.xlsx", "a.html", "a.dat"])
def test_progress_sums_up_to_the_size(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    if path.suffix == ".xlsx":
        write_workbook(path, [HEADINGS, *ROWS])
    else:
        write(path, LINES)
    told: list[int] = []
    assert list(read_source(path, told.append))
    assert sum(told) == source_size(path) == path.stat().st_size
    assert min(told) > 0


def test_rows_come_before_the_file_is_read_whole(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", LINES * 20)
    told: list[int] = []
    next(read_source(path, told.append))
    assert 0 < sum(told) < source_size(path)


@given(st.sampled_from(sorted(READERS)), st.binary(max_size=300), st.booleans())
def test_no_bytes_make_a_reader_raise(
    tmp_path_factory: pytest.TempPathFactory, suffix: str, data: bytes, opens_well: bool
) -> None:
    starts = {".xlsx": b"PK\x03\x04", ".xml": b"<a><r>", ".json": b'[{"a":', ".html": b"<table>"}
    content = starts.get(suffix, b"") * opens_well + data
    path = write(tmp_path_factory.mktemp("any") / f"a{suffix}", content)
    assert all(isinstance(row, SourceRow | UnreadableRow) for row in read_source(path))


@given(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=30))
def test_chinese_text_is_told_apart(text: str) -> None:
    assert detect_encoding(text.encode()).name == "utf-8"
    assert detect_encoding(text.encode("gb18030")).name == "gb18030"


def test_every_row_of_the_real_catalogs_is_read(shared_data: Path) -> None:
    paths = find_sources([shared_data / "catalog", shared_data / "documents"])
    counts = {"row": 0, "unreadable": 0}
    for path in paths:
        for row in read_source(path):
            counts["row" if isinstance(row, SourceRow) else "unreadable"] += 1
    assert counts == {"row": 24_580, "unreadable": 0}
