"""Text and bytes in, files for the readers and the rows read of them out. Used by these tests."""

import gzip
import io
from collections.abc import Sequence
from pathlib import Path

import openpyxl

from indexer.source_reader import read_source
from indexer.sources.row import SkippedPart, SourceItem, SourceRow, UnreadableRow

FIXTURES = Path(__file__).parents[2] / "fixtures" / "sources"
HEADINGS = ("标题", "发布机构", "正文")
ROWS = (("关于防汛的通知", "示例市水利局", "第一条"), ("关于供暖的公告", "示例市住建局", "第二条"))
RECORDS = [dict(zip(HEADINGS, row, strict=True)) for row in ROWS]


def write(path: Path, content: str | bytes, encoding: str = "utf-8") -> Path:
    """A file of this content, packed when its name ends in .gz."""
    data = content if isinstance(content, bytes) else content.encode(encoding)
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


def write_workbook(path: Path, *sheets: Sequence[Sequence[object]]) -> Path:
    """A workbook with these sheets of rows."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for rows in sheets:
        sheet = book.create_sheet()
        for row in rows:
            sheet.append(list(row))
    data = io.BytesIO()
    book.save(data)
    path.write_bytes(data.getvalue())
    return path


def read(path: Path) -> list[SourceItem]:
    return list(read_source(path))


def fields(path: Path) -> list[dict[str, object]]:
    """The fields of every row; fails at an unreadable one."""
    rows = read(path)
    assert [row for row in rows if isinstance(row, UnreadableRow)] == []
    return [dict(row.fields) for row in rows if isinstance(row, SourceRow)]


def outline(path: Path) -> list[tuple[int, str]]:
    """Line and `row`, or the reason why there is none."""
    return [(row.line, "row" if isinstance(row, SourceRow) else row.reason) for row in read(path)]


def skipped(path: Path) -> dict[str, int]:
    """How much is skipped, by reason."""
    return {row.reason: row.count for row in read(path) if isinstance(row, SkippedPart)}
