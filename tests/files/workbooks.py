"""Small binary workbooks: XLS through xlwt, XLSB and ODS record by record."""

import struct
import zipfile
from collections.abc import Sequence
from pathlib import Path

_RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Target="worksheets/sheet1.bin" Type="x"/></Relationships>'
)
_ODS = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{prefix}:1.0"'
    for prefix in ("office", "table", "text", "style")
)


def pack_xlsb(
    path: Path,
    rows: Sequence[Sequence[object]],
    *,
    hidden_rows: Sequence[int] = (),
    merges: Sequence[tuple[int, int, int, int]] = (),
) -> Path:
    """A workbook of one sheet; None is an empty cell, Ellipsis an error."""
    width = max(map(len, rows))
    sheet = _record(129) + _record(148, struct.pack("<4I", 0, len(rows) - 1, 0, width - 1))
    sheet += _record(145)
    for number, row in enumerate(rows):
        flags = 0x10 if number in hidden_rows else 0
        sheet += _record(0, struct.pack("<IIHBBBI", number, 0, 300, 0, flags, 0, 0))
        for column, cell in enumerate(row):
            place = struct.pack("<II", column, 0)
            if cell is ...:
                sheet += _record(3, place + b"\x2a")
            elif isinstance(cell, int | float):
                sheet += _record(5, place + struct.pack("<d", cell))
            elif cell is not None:
                sheet += _record(6, place + _text(str(cell)))
    sheet += _record(146)
    for top, bottom, left, right in merges:
        sheet += _record(176, struct.pack("<4I", top, bottom, left, right))
    book = _record(131) + _record(143)
    book += _record(156, struct.pack("<II", 0, 1) + _text("rId1") + _text("目录"))
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("[Content_Types].xml", "<Types/>")
        packed.writestr("xl/_rels/workbook.bin.rels", _RELATIONS)
        packed.writestr("xl/workbook.bin", book + _record(144) + _record(132))
        packed.writestr("xl/worksheets/sheet1.bin", sheet + _record(130))
    return path


def _record(kind: int, content: bytes = b"") -> bytes:
    name = bytes([kind & 0x7F | 0x80, kind >> 7]) if kind > 0x7F else bytes([kind])
    size = len(content)
    sizes = bytes([size & 0x7F | 0x80, size >> 7]) if size > 0x7F else bytes([size])
    return name + sizes + content


def _text(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def pack_ods(path: Path, tables: str, styles: str = "") -> Path:
    """A spreadsheet of `table:table` elements."""
    content = (
        f"<office:document-content {_ODS}><office:automatic-styles>{styles}"
        f"</office:automatic-styles><office:body><office:spreadsheet>{tables}"
        "</office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        packed.writestr("content.xml", content)
    return path


def ods_row(*cells: str, properties: str = "") -> str:
    """A row of texts."""
    inner = "".join(
        f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>'
        for cell in cells
    )
    return f"<table:table-row {properties}>{inner}</table:table-row>"
