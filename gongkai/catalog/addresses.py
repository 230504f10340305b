"""Reads web addresses (链接) and attachments (附件) from the cells of a row.

Readers may follow only http(s) addresses. A relative path names a file beside the source.
"""

import re
from collections.abc import Mapping, Sequence
from gettext import gettext as _
from urllib.parse import unquote

from analyzers.lazy_pattern import lazy_re
from gongkai.catalog.classifications import split_values
from gongkai.catalog.plain_text import clean_line, reduce_line, reduce_markup
from gongkai.catalog.record import Attachment
from gongkai.catalog.row_reader import RowReader
from gongkai.errors import RefusedValueError

_HTTP = lazy_re(
    r"https?://(?:[^\s/?#@\\]*@)?(?:\[[0-9a-f:.]+\]|[^\s/?#@:\[\]\\]+)(?::[0-9]{0,5})?(?:[/?#].*)?",
    re.IGNORECASE,
)
# Matches addresses that are no relative path: with a scheme, a drive, a root or `..`.
_NOT_BESIDE = lazy_re(r"[/\\]|.*:|(?:.*[/\\])?\.\.(?:[/\\]|$)")


def parse_url(text: str) -> str:
    """Returns a web address. Raises RefusedValueError if it is not http(s)."""
    if not _HTTP.fullmatch(text):
        raise RefusedValueError("url", "not_http", _("The address is not an http(s) address."))
    return text


def read_attachments(cells: RowReader) -> tuple[Attachment, ...]:
    """Returns every file that a row names, with its address or path; no text is read here."""
    entries = (part for cell in cells.known.get("attachments", ()) for part in _split_names(cell))
    taken = (_attachment(entry, cells) for entry in entries)
    return tuple(attachment for attachment in taken if attachment)


def _split_names(cell: object) -> Sequence[object]:
    """Splits a cell of several names (甲表.pdf；乙表.docx); an address may itself contain ；."""
    if not isinstance(cell, str) or _HTTP.match(cell):
        return (cell,)
    return split_values(reduce_markup(cell))


def _attachment(entry: object, cells: RowReader) -> Attachment | None:
    if not isinstance(entry, Mapping):
        name = reduce_line(entry)
        return Attachment(name, name if _HTTP.fullmatch(name) else None) if name else None
    parts = RowReader({key: [entry[key]] for key in ("name", "url") if entry.get(key)})
    name, url = parts.line("name"), parts.line("url")
    if url and not _NOT_BESIDE.match(url):
        return Attachment(name or _file_name(url), path=url)
    address = cells.attempt("attachments", url, parse_url)
    return Attachment(name or address or "", address) if name or address else None


def _file_name(path: str) -> str:
    return clean_line(unquote(path).replace("\\", "/").rstrip("/").rpartition("/")[2]) or path
