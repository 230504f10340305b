"""Export of records as CSV or JSON Lines, one record at a time.

Column names are the catalog's, so that `gongkai index` can read an export. Texts are left out;
`/records/{id}` returns them.
"""

import csv
import io
from collections.abc import AsyncIterator, Callable
from enum import StrEnum

import orjson

from gongkai.catalog.fields import COLUMNS
from gongkai.files.spreadsheets import BYTE_ORDER_MARK, guard_cells
from gongkai.search.responses import RecordView


class ExportFormat(StrEnum):
    """Formats of an export."""

    CSV = "csv"
    JSONL = "jsonl"


MEDIA_TYPES = {
    ExportFormat.CSV: "text/csv; charset=utf-8; header=present",
    ExportFormat.JSONL: "application/jsonl",
}
HEADINGS = {
    **{each.key: each.export_heading for each in COLUMNS if each.exported},
    "id": "id",
    "page": "本站网址",
}
"""Keys and their headings. `本站网址` is for people; the other columns can be indexed again."""
_CHUNK_LINES = 200

PageAddress = Callable[[str], str]


async def write_csv(records: AsyncIterator[RecordView], page: PageAddress) -> AsyncIterator[str]:
    """Yields CSV for Excel: byte order mark, CRLF, guarded formulas."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write(BYTE_ORDER_MARK)
    writer.writerow(HEADINGS.values())
    lines = 0
    async for record in records:
        row = build_row(record, page)
        writer.writerow(guard_cells(row[key] for key in HEADINGS))
        lines += 1
        if lines % _CHUNK_LINES == 0:
            yield _take(buffer)
    yield _take(buffer)


async def write_json_lines(
    records: AsyncIterator[RecordView], page: PageAddress
) -> AsyncIterator[bytes]:
    """Yields one JSON record a line, under the keys of the record format."""
    lines: list[bytes] = []
    async for record in records:
        lines.append(orjson.dumps(build_row(record, page), option=orjson.OPT_APPEND_NEWLINE))
        if len(lines) == _CHUNK_LINES:
            yield b"".join(lines)
            lines.clear()
    yield b"".join(lines)


def build_row(record: RecordView, page: PageAddress) -> dict[str, object]:
    """Returns one record under the keys of HEADINGS, with the agency's name."""
    own = {"publisher": record.publisher.name, "page": page(record.id)}
    return {key: own.get(key, getattr(record, key, None)) for key in HEADINGS}


def _take(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text
