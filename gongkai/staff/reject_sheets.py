"""Writes rejected rows as CSV and XLSX sheets for correction and repeated indexing.

Five columns of ours come first, then each row's own columns under their headings. Non-text cells
are written as JSON, and so is text that would be read as JSON.
"""

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import IO, Any

from gongkai.catalog.fields import SEVERAL
from gongkai.catalog.headings import is_blank, key_of
from gongkai.files.spreadsheets import BYTE_ORDER_MARK, guard_cells
from gongkai.staff.reject_reasons import describe_reason

COLUMNS = ("退回来源", "退回行号", "退回字段", "退回代码", "退回原因")
CREATOR = "gongkai rejects"
"""The author in workbooks of ours, by which they are recognized."""
MOST_COLUMNS = 200
"""Rows with further headings are only in the JSON Lines file."""
_MOST_COUNTED = 50_000
MOST_ROWS = 20_000
"""More rows are not corrected by hand, and a million cells take a minute."""
LONGEST_CELL = 32_000
"""Spreadsheet programs cut or split cells of more than 32,767 characters."""
_TOO_LARGE = "本行内容过长或者栏目过多，电子表格放不下，请在同名的 .jsonl 文件中修改。"
_MORE = "其余 {count} 行放不下，请在同名的 .jsonl 文件中修改。"
_SEPARATOR = re.compile(r"[;；|\n\r]")
_LIKE_JSON = ("[", "{", '"')
_NOT_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_EXACT_DIGITS = 10**15

Entry = Mapping[str, Any]
"""source, line, field, reason, and row: an object, or None where its text is not kept."""
ReadEntries = Callable[[], Iterable[Entry]]
_Row = Sequence[object]


def write_reject_csv(read: ReadEntries) -> Iterator[str]:
    """Yields the sheet as CSV with a byte order mark; formulas are guarded."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write(BYTE_ORDER_MARK)
    for row in _lay_out(read):
        writer.writerow(guard_cells(row))
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()


def write_reject_xlsx(read: ReadEntries, file: IO[bytes]) -> None:
    """Writes the sheet as a workbook; text stays text even if it begins like a formula."""
    # Loading openpyxl takes a quarter second, which runs without rejects do not need.
    from openpyxl import Workbook  # noqa: PLC0415
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415

    workbook = Workbook(write_only=True)
    workbook.properties.creator = CREATOR
    sheet = workbook.create_sheet("退回清单")
    sheet.freeze_panes = "A2"
    for letter, width in zip("ABCDE", (24, 8, 12, 18, 60), strict=True):
        sheet.column_dimensions[letter].width = width

    def fill(value: object) -> object:
        if not isinstance(value, str):
            return value
        text = _NOT_IN_XML.sub("", value)
        if not text.startswith(("=", "#")):
            return text or None
        cell = WriteOnlyCell(sheet, text)
        cell.data_type = "s"
        return cell

    for row in _lay_out(read):
        sheet.append([fill(value) for value in row])
    workbook.save(file)


def spell_cell(heading: str, value: object) -> object:
    """Returns a value as one cell: text, or a number that a spreadsheet keeps exactly."""
    if value is None:
        return ""
    if isinstance(value, str):
        text = _SURROGATE.sub("\ufffd", value)
        return _to_json(text) if _is_json(text) else text
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, int | float):
        return value if abs(value) < _EXACT_DIGITS else str(value)
    if isinstance(value, list) and key_of(heading) in SEVERAL and all(map(_is_plain, value)):
        return "；".join(value)
    return _to_json(value)


def read_cell(value: object) -> object:
    """Returns the value that `spell_cell` was given."""
    if isinstance(value, str) and value.startswith(_LIKE_JSON):
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    return value


def _lay_out(read: ReadEntries) -> Iterator[_Row]:
    """Yields the sheet in two passes over the entries: headings first, then rows."""
    headings = _find_headings(read())
    places = {heading: number for number, heading in enumerate(headings)}
    yield (*COLUMNS, *headings)
    left = 0
    for number, entry in enumerate(read(), 1):
        if number > MOST_ROWS:
            left += 1
        else:
            yield _lay_row(entry, places)
    if left:
        yield ("", "", "", "", _MORE.format(count=left))


def _find_headings(entries: Iterable[Entry]) -> list[str]:
    """Returns the most frequent headings, in order of first occurrence."""
    counts: Counter[str] = Counter()
    for entry in islice(entries, MOST_ROWS):
        for heading in _flatten(entry["row"]):
            if heading in counts or len(counts) < _MOST_COUNTED:
                counts[heading] += not is_blank(heading)
    kept = {heading for heading, rows in counts.most_common(MOST_COLUMNS) if rows}
    return [heading for heading in counts if heading in kept]


def _lay_row(entry: Entry, places: Mapping[str, int]) -> _Row:
    field, reason = str(entry["field"]), str(entry["reason"])
    sentence = describe_reason(field, reason)
    row = _flatten(entry["row"])
    spelt = {heading: spell_cell(heading, value) for heading, value in row.items()}
    is_large = any(isinstance(each, str) and len(each) > LONGEST_CELL for each in spelt.values())
    if is_large or not spelt.keys() <= places.keys():
        spelt, sentence = {}, f"{sentence}{_TOO_LARGE}"
    width = max((places[heading] + 1 for heading in spelt), default=0)
    cells: list[object] = [""] * width
    for heading, value in spelt.items():
        cells[places[heading]] = value
    source = _SURROGATE.sub("\ufffd", str(entry["source"]))
    return (source, entry["line"], field, reason, sentence, *cells)


def _flatten(row: object) -> dict[str, object]:
    """Returns cells by heading; cells of `extra` are moved up if no heading clashes."""
    if not isinstance(row, Mapping):
        return {}
    cells = {_SURROGATE.sub("\ufffd", str(heading)): value for heading, value in row.items()}
    extra = cells.get("extra")
    if isinstance(extra, Mapping) and not {str(key) for key in extra} & cells.keys():
        inner = cells.pop("extra")
        cells.update(_flatten(inner))
    return {heading: value for heading, value in cells.items() if not is_blank(value)}


def _is_plain(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip()) and not _SEPARATOR.search(value)


def _is_json(text: str) -> bool:
    if not text.startswith(_LIKE_JSON):
        return False
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _to_json(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return _SURROGATE.sub("\ufffd", text)
