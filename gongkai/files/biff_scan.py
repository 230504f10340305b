"""Scans the records of XLS and XLSB sheets for hidden rows and columns, and for errors.

Sources: [MS-XLS] 2.4 (BoundSheet8, Row, ColInfo, BoolErr, Formula, Date1904), [MS-XLSB] 2.4
(BrtBundleSh, BrtRowHdr, BrtColInfo, BrtCellError, BrtFmlaError, BrtMergeCell, BrtWbProp).
"""

import posixpath
import struct
import zipfile
from collections.abc import Iterator, Sequence
from gettext import gettext as _
from typing import BinaryIO

import olefile
from defusedxml.ElementTree import fromstring

from gongkai.files.errors import BrokenFileError
from gongkai.files.limits import MAX_WORKBOOK_BYTES
from gongkai.files.sheet_grid import SheetMarks

_BOF, _EOF, _BOUNDSHEET, _DATE_1904, _FILE_PASS = 0x0809, 0x0A, 0x85, 0x22, 0x2F
_ROW, _COLINFO, _BOOL_ERROR, _FORMULA = 0x0208, 0x7D, 0x0205, 0x06
_ROW_HEADER, _CELL_ERROR, _FORMULA_ERROR, _COLUMN_INFO = 0, 3, 11, 60
_WORKBOOK_PROPERTIES, _BUNDLE_SHEET, _MERGE_CELL = 153, 156, 176
_MOST_COLUMNS = 16_384
_Record = tuple[int, memoryview]


def scan_xls(file: BinaryIO) -> Sequence[SheetMarks]:
    """Returns the marks of every sheet in the order of the workbook. Raises BrokenFileError."""
    file.seek(0)
    try:
        with olefile.OleFileIO(file) as compound:
            stream = "Workbook" if compound.exists("Workbook") else "Book"
            data = memoryview(compound.openstream(stream).read())
        return _scan_stream(data)
    except (struct.error, OSError, ValueError, IndexError, TypeError, AttributeError) as error:
        raise BrokenFileError("bad_file", _("The workbook is damaged.")) from error


def _scan_stream(data: memoryview) -> Sequence[SheetMarks]:
    starts: list[int] = []
    is_1904 = False
    for kind, record in _read_records(data, 0):
        if kind == _FILE_PASS:
            detail = _("The workbook has a password; save it without one.")
            raise BrokenFileError("encrypted", detail)
        if kind == _BOUNDSHEET:
            starts.append(int.from_bytes(record[:4], "little"))
        elif kind == _DATE_1904:
            is_1904 = record[0] == 1
    return [_scan_sheet(data, start, is_1904) for start in starts]


def _scan_sheet(data: memoryview, start: int, is_1904: bool) -> SheetMarks:
    marks = SheetMarks(is_1904=is_1904)
    for kind, record in _read_records(data, start):
        if kind == _ROW and (record[12] & 0x20 or not (record[6] | record[7] & 0x7F)):
            marks.hidden_rows.add(int.from_bytes(record[:2], "little"))
        elif kind == _COLINFO:
            first, last, width, _, flags = struct.unpack_from("<5H", record)
            if flags & 1 or not width:
                marks.hidden_columns.update(range(first, min(last, _MOST_COLUMNS) + 1))
        elif _is_error(kind, record):
            row, column = struct.unpack_from("<2H", record)
            marks.faults.setdefault(row, set()).add(column)
    return marks


def _is_error(kind: int, record: memoryview) -> bool:
    if kind == _BOOL_ERROR:
        return record[7] == 1
    return kind == _FORMULA and record[6] == 2 and record[12] == record[13] == 0xFF


def _read_records(data: memoryview, at: int) -> Iterator[_Record]:
    """Yields the records of one substream, without those of charts inside it."""
    depth = 0
    while at + 4 <= len(data):
        kind, size = struct.unpack_from("<2H", data, at)
        if kind == _BOF:
            depth += 1
        elif kind == _EOF:
            depth -= 1
            if depth <= 0:
                return
        elif depth == 1:
            yield kind, data[at + 4 : at + 4 + size]
        at += 4 + size


def scan_xlsb(file: BinaryIO) -> Sequence[SheetMarks]:
    """Returns the marks of every sheet in the order of the workbook. Raises BrokenFileError."""
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            targets = _read_targets(archive)
            names, is_1904 = _list_parts(archive, targets)
            return [_scan_part(archive, name, is_1904) for name in names]
    except (struct.error, zipfile.BadZipFile, KeyError, IndexError, ValueError) as error:
        raise BrokenFileError("bad_file", _("The workbook is damaged.")) from error


def _read_targets(archive: zipfile.ZipFile) -> dict[str, str]:
    """Returns relationship id -> name of the part."""
    root = fromstring(archive.read("xl/_rels/workbook.bin.rels"))
    pairs = ((each.get("Id", ""), each.get("Target", "")) for each in root)
    return {key: posixpath.normpath(posixpath.join("/xl", name)).lstrip("/") for key, name in pairs}


def _list_parts(archive: zipfile.ZipFile, targets: dict[str, str]) -> tuple[list[str], bool]:
    names: list[str] = []
    is_1904 = False
    for kind, record in _read_parts(archive, "xl/workbook.bin"):
        if kind == _WORKBOOK_PROPERTIES:
            is_1904 = bool(record[0] & 1)
        elif kind == _BUNDLE_SHEET:
            length = int.from_bytes(record[8:12], "little")
            names.append(targets[bytes(record[12 : 12 + 2 * length]).decode("utf-16-le")])
    return names, is_1904


def _scan_part(archive: zipfile.ZipFile, name: str, is_1904: bool) -> SheetMarks:
    marks, row = SheetMarks(is_1904=is_1904), 0
    for kind, record in _read_parts(archive, name):
        if kind == _ROW_HEADER:
            row = int.from_bytes(record[:4], "little")
            if record[11] & 0x10 or not (record[8] | record[9]):
                marks.hidden_rows.add(row)
        elif kind == _COLUMN_INFO:
            first, last, width = struct.unpack_from("<3I", record)
            if record[16] & 1 or not width:
                marks.hidden_columns.update(range(first, min(last, _MOST_COLUMNS) + 1))
        elif kind in (_CELL_ERROR, _FORMULA_ERROR):
            column = int.from_bytes(record[:4], "little")
            marks.faults.setdefault(row, set()).add(column)
        elif kind == _MERGE_CELL:
            top, bottom, left, right = struct.unpack_from("<4I", record)
            marks.merges.append(((top, left), (bottom, right)))
    return marks


def _read_parts(archive: zipfile.ZipFile, name: str) -> Iterator[_Record]:
    if archive.getinfo(name).file_size > MAX_WORKBOOK_BYTES:
        raise BrokenFileError("unpacks_too_large", _("A sheet is too large."))
    data, at = memoryview(archive.read(name)), 0
    while at < len(data):
        kind, at = _read_number(data, at, 2)
        size, at = _read_number(data, at, 4)
        yield kind, data[at : at + size]
        at += size


def _read_number(data: memoryview, at: int, most: int) -> tuple[int, int]:
    """Returns a number of seven bits a byte, and the place behind it."""
    number = 0
    for place in range(most):
        byte = data[at + place]
        number |= (byte & 0x7F) << (7 * place)
        if not byte & 0x80:
            return number, at + place + 1
    return number, at + most
