"""The columns of a row that are no known cells: checked for disclosure, kept, or warned about."""

from collections.abc import Iterator, Mapping
from gettext import gettext as _
from itertools import chain

from gongkai.catalog.disclosure import Disclosure
from gongkai.catalog.garbled import find_garbled_in, may_be_garbled
from gongkai.catalog.headings import flatten, is_blank, is_of_the_catalog, key_of
from gongkai.catalog.plain_text import clean_line, clean_value
from gongkai.catalog.row_reader import RowReader
from gongkai.errors import RefusedValueError

BEHIND_REQUEST = frozenset(("body", "attachments", "extra"))
"""Fields of a record on request (依申请公开) that are not shown."""
ENTRY_BY_THE_CATALOG = frozenset(("summary", "keywords", "url"))
"""Entry fields that count only under the catalog's own headings.

An abstract of another system may quote the text, and its address may lead to it.
"""


def columns_to_judge(
    raw: Mapping[str, object], known: Mapping[str, list[object]]
) -> list[tuple[str, object]]:
    """Returns all columns that may state disclosure, besides the cells for it."""
    return [*_other_columns(raw), *_columns_in(known)]


def drop_other_entries(known: dict[str, list[object]], raw: Mapping[str, object]) -> None:
    """Removes cells of ENTRY_BY_THE_CATALOG that only headings of other systems fill."""
    own = (str(heading) for heading, value in raw.items() if not is_blank(value))
    kept = {key_of(heading) for heading in own if is_of_the_catalog(heading)}
    for key in ENTRY_BY_THE_CATALOG - kept:
        known.pop(key, None)


def nested_columns(cells: RowReader) -> Mapping[str, object]:
    """Returns the unknown columns of a record that was exported with them."""
    nested: dict[str, object] = {}
    for cell in cells.known.get("extra", ()):
        nested.update(cell if isinstance(cell, Mapping) else {"extra": cell})
    return nested


def tidy_columns(others: Mapping[str, object]) -> dict[str, object]:
    """Returns unknown columns in stored form. Raises RefusedValueError for deeply nested values."""
    try:
        return {clean_line(name): clean_value(value) for name, value in others.items()}
    except RecursionError:
        raise RefusedValueError("extra", "too_deep", _("A column is nested too deeply.")) from None


def warn_of_garbled(cells: RowReader, others: Mapping[str, object], disclosure: Disclosure) -> None:
    """Warns about texts read in a wrong encoding, but only in fields that may be shown."""
    found: dict[str, object] = {**cells.known, "extra": others}
    if not may_be_garbled([*chain.from_iterable(cells.known.values()), others]):
        return
    hidden = () if disclosure is Disclosure.PUBLIC else BEHIND_REQUEST
    for key, value in found.items():
        if key not in hidden and (piece := find_garbled_in(value)):
            cells.warn(key, "garbled", clean_line(piece))


def _other_columns(raw: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    """Yields every filled column without a catalog heading; one of another system may say more."""
    for heading, value in raw.items():
        if not is_of_the_catalog(str(heading)) and not is_blank(value):
            yield heading, value


def _columns_in(known: Mapping[str, list[object]]) -> Iterator[tuple[str, object]]:
    """Yields columns nested in known cells: an attachment may have its own 密级."""
    for key, values in known.items():
        if key == "disclosure" or (key != "extra" and all(type(each) is str for each in values)):
            continue
        yield from (
            ("", each) for each in flatten(values) if key == "extra" or isinstance(each, Mapping)
        )
