"""The columns of a row beside its known cells: what is judged, kept and warned of. For `intake`."""

from collections.abc import Iterator, Mapping

from gongkai.catalog.disclosure import Disclosure
from gongkai.catalog.garbled import find_garbled_in
from gongkai.catalog.headings import flatten, is_blank, is_of_the_catalog, key_of
from gongkai.catalog.plain_text import clean_line, clean_value
from gongkai.catalog.row_reader import RowReader
from gongkai.errors import RefusedValueError

BEHIND_REQUEST = frozenset(("body", "attachments", "extra"))
"""What of a record on request (依申请公开) is not shown."""
ENTRY_BY_THE_CATALOG = frozenset(("summary", "keywords", "url"))
"""What of its entry counts only under the catalog's own headings: another system's abstract may be
cut from the text, and its address may lead to it."""


def columns_to_judge(
    raw: Mapping[str, object], known: Mapping[str, list[object]]
) -> list[tuple[str, object]]:
    """All that may say something of disclosure beside the cells that are there for it."""
    return [*_other_columns(raw), *_columns_in(known)]


def drop_other_entries(known: dict[str, list[object]], raw: Mapping[str, object]) -> None:
    """Take out cells of ENTRY_BY_THE_CATALOG that only headings of other systems fill."""
    own = (str(heading) for heading, value in raw.items() if not is_blank(value))
    kept = {key_of(heading) for heading in own if is_of_the_catalog(heading)}
    for key in ENTRY_BY_THE_CATALOG - kept:
        known.pop(key, None)


def nested_columns(cells: RowReader) -> Mapping[str, object]:
    """The unknown columns of a record that was exported with them."""
    nested: dict[str, object] = {}
    for cell in cells.known.get("extra", ()):
        nested.update(cell if isinstance(cell, Mapping) else {"extra": cell})
    return nested


def tidy_columns(others: Mapping[str, object]) -> dict[str, object]:
    """Unknown columns as they are stored. Raises RefusedValueError for a value too deep."""
    try:
        return {clean_line(name): clean_value(value) for name, value in others.items()}
    except RecursionError:
        raise RefusedValueError("extra", "too_deep", "A column holds too deep a value.") from None


def warn_of_garbled(cells: RowReader, others: Mapping[str, object], disclosure: Disclosure) -> None:
    """Warn of texts that were read in a wrong encoding, of what may be shown alone."""
    found: dict[str, object] = {**cells.known, "extra": others}
    hidden = () if disclosure is Disclosure.PUBLIC else BEHIND_REQUEST
    for key, value in found.items():
        if key not in hidden and (piece := find_garbled_in(value)):
            cells.warn(key, "garbled", clean_line(piece))


def _other_columns(raw: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    """Every filled column but the catalog's own: a known one of another system may say more."""
    for heading, value in raw.items():
        if not is_blank(value) and not is_of_the_catalog(str(heading)):
            yield heading, value


def _columns_in(known: Mapping[str, list[object]]) -> Iterator[tuple[str, object]]:
    """What may hold columns inside known cells: an attachment may have a 密级 of its own."""
    for key, values in known.items():
        if key != "disclosure":
            yield from (
                ("", each)
                for each in flatten(values)
                if key == "extra" or isinstance(each, Mapping)
            )
