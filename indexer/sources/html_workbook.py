"""Reads rows from the tables of an HTML page saved as a workbook (.xls).

Many systems export this format, and spreadsheet programs open it without a warning.
"""

from collections.abc import Iterator
from gettext import gettext as _
from pathlib import Path

from lxml import html

from gongkai.files.cell_guards import unguard_cell
from gongkai.files.limits import MAX_ROW_BYTES
from gongkai.files.sheet_grid import SheetGrid
from indexer.sources.page_frame import is_hidden
from indexer.sources.portal_page import parse_page
from indexer.sources.row import SourceItem, UnreadableRow
from indexer.sources.spreadsheet import read_sheets
from indexer.sources.streams import OnBytes, open_text
from indexer.sources.web_archive import is_archive, unpack_page

TOO_LONG = _("The table is over 32 MiB; save it as .xlsx.")
_MOST_ACROSS, _MOST_DOWN = 1_000, 65_534
"""Limits of colspan and rowspan in browsers."""
_BLOCKS = frozenset(("br", "p", "div", "li", "tr"))


def read_html_workbook(path: Path, on_bytes: OnBytes) -> Iterator[SourceItem]:
    """Yields the records of every table with a heading row. Raises BrokenFileError if not HTML."""
    source = str(path)
    with open_text(path, on_bytes, is_markup=True) as stream:
        data = stream.read(MAX_ROW_BYTES + 1)
    if len(data) > MAX_ROW_BYTES:
        yield UnreadableRow(source, 1, "too_long", TOO_LONG)
        return
    page = parse_page(unpack_page(data)[0] if is_archive(data) else data)
    tables = enumerate(page.iter("table"), 1)
    yield from read_sheets(source, (_read_table(table, f"table {n}") for n, table in tables))


def _read_table(table: html.HtmlElement, name: str) -> SheetGrid:
    grid = SheetGrid(name=name)
    _hide_columns(table, grid)
    for row in (*table.iterfind("thead/tr"), *table.iterfind("tr"), *table.iterfind("tbody/tr")):
        _read_row(row, grid)
    for row in table.iterfind("tfoot/tr"):
        _read_row(row, grid)
    return grid


def _read_row(row: html.HtmlElement, grid: SheetGrid) -> None:
    grid.begin_row()
    for cell in row.iterchildren("td", "th"):
        across = min(_number(cell.get("colspan")), _MOST_ACROSS)
        down = min(_number(cell.get("rowspan")), _MOST_DOWN)
        grid.add_cell(unguard_cell(_text_of(cell)), across, down)
    grid.end_row(is_hidden=is_hidden(row))


def _hide_columns(table: html.HtmlElement, grid: SheetGrid) -> None:
    column = 0
    for each in (*table.iterfind("colgroup/col"), *table.iterfind("col")):
        span = min(_number(each.get("span")), _MOST_ACROSS)
        if is_hidden(each) or each.get("width") == "0":
            grid.hidden_columns.update(range(column, column + span))
        column += span


def _text_of(cell: html.HtmlElement) -> str:
    """Returns the text of a cell without nested tables, which are tables of their own."""
    lines: list[str] = []
    stack: list[tuple[html.HtmlElement, bool]] = [(cell, False)]
    while stack:
        element, is_left = stack.pop()
        if is_left:
            lines.append(element.tail or "")
            continue
        if element is not cell:
            stack.append((element, True))
            lines.append("\n" if element.tag in _BLOCKS else "")
        if not isinstance(element.tag, str) or element.tag == "table" or is_hidden(element):
            continue
        lines.append(" ".join((element.text or "").split("\n")))
        stack.extend((child, False) for child in reversed(element))
    return "\n".join(" ".join(line.split()) for line in "".join(lines).split("\n")).strip()


def _number(text: str | None) -> int:
    digits = (text or "").strip()
    return max(int(digits), 1) if digits.isascii() and digits.isdigit() and len(digits) < 10 else 1
