"""Selects the cells of a refused row that may be written to a file for correction."""

from collections.abc import Iterator, Mapping

from gongkai.catalog.columns import BEHIND_REQUEST, ENTRY_BY_THE_CATALOG
from gongkai.catalog.disclosure import Disclosure
from gongkai.catalog.headings import KEYS, is_of_the_catalog, key_of
from gongkai.catalog.personal_data import holds_personal_number
from gongkai.catalog.plain_text import strings_in

_ENTRY = frozenset(KEYS) - BEHIND_REQUEST


def keep_cells(
    row: Mapping[str, object], disclosure: Disclosure | None
) -> Mapping[str, object] | None:
    """Returns the whole row if it is public (主动公开), its catalog entry if it is on request.

    Returns None where the disclosure is not determined, or where a cell contains personal data.
    Such a row may only be named by its source and line.
    """
    if disclosure is None or disclosure is Disclosure.NOT_PUBLIC:
        return None
    if holds_personal_number("\n".join(texts_in_order(row))):
        return None
    if disclosure is Disclosure.PUBLIC:
        return row
    return {name: value for name, value in row.items() if _is_of_entry(str(name), value)}


def texts_in_order(value: object) -> Iterator[str]:
    """Yields every text and number in a value in order, then the names of its columns.

    The order matters, because a number may be spread over neighbouring cells.
    """
    names: list[object] = []
    stack = [value]
    while stack:
        found = stack.pop()
        if isinstance(found, Mapping):
            names.extend(found)
            stack.extend(reversed(list(found.values())))
        elif isinstance(found, list | tuple):
            stack.extend(reversed(found))
        elif found is not None:
            yield from strings_in(found)
    yield from map(str, names)


def _is_of_entry(name: str, value: object) -> bool:
    """Whether a cell belongs to the catalog entry; nested objects may contain anything."""
    cells = value if isinstance(value, list | tuple) else (value,)
    is_plain = not any(isinstance(cell, Mapping | list | tuple) for cell in cells)
    key = key_of(name)
    return (
        is_plain and key in _ENTRY and (key not in ENTRY_BY_THE_CATALOG or is_of_the_catalog(name))
    )
