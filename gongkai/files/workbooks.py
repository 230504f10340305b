"""Opens a workbook of any kind by its content."""

from collections.abc import Callable, Iterator, Mapping
from gettext import gettext as _
from importlib import import_module
from typing import BinaryIO, cast

from gongkai.files.containers import Container
from gongkai.files.errors import BrokenFileError
from gongkai.files.sheet_grid import Sheet
from gongkai.files.zip_limits import check_packing

# Loaded on demand, which saves other formats a quarter second of start.
_OPENERS: Mapping[Container, tuple[str, str]] = {
    Container.XLSX: ("gongkai.files.xlsx_sheets", "open_xlsx"),
    Container.XLSB: ("gongkai.files.binary_sheets", "open_xlsb"),
    Container.XLS: ("gongkai.files.binary_sheets", "open_xls"),
    Container.ODS: ("gongkai.files.ods_sheets", "open_ods"),
}


def open_workbook(file: BinaryIO, container: Container) -> Iterator[Sheet]:
    """Yields the sheets of an open file, visible or not.

    Raises BrokenFileError, or any error of a parser for damaged content.
    """
    if container is Container.ENCRYPTED:
        raise BrokenFileError("encrypted", _("The workbook has a password; save it without one."))
    if container is Container.COMPOUND:
        detail = _("This is no workbook that can be read; save it as .xlsx.")
        raise BrokenFileError("old_workbook", detail)
    if container not in _OPENERS:
        raise BrokenFileError("bad_file", _("The file is not a workbook, or is damaged."))
    if container is not Container.XLS:
        check_packing(file)
    module, name = _OPENERS[container]
    open_sheets = cast(Callable[[BinaryIO], Iterator[Sheet]], getattr(import_module(module), name))
    yield from open_sheets(file)
