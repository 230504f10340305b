"""Maps the column headings of exports to the catalog's keys.

The catalog's own headings (政府信息公开目录) come before those that a city adds
(`gongkai.catalog.heading_table`), and these before those of other systems
(`gongkai.catalog.other_headings`). Unknown columns are kept as `extra`.
"""

import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache

from analyzers.lazy_pattern import lazy_re
from gongkai.catalog.fields import COLUMNS
from gongkai.catalog.other_headings import GENERAL, TELLING, fold_heading, read_flag

# Columns that only our own exports have, so that an export can be indexed again unchanged.
_DERIVED = (
    "document_number_original",
    "issued_on_original",
    "published_on_original",
    "publisher_name",
    "genre_inferred",
    "publisher_inferred",
    "validity_inferred",
)

KEYS: tuple[str, ...] = tuple(each.key for each in COLUMNS)
HEADINGS: Mapping[str, str] = {
    heading: each.key for each in COLUMNS for heading in (each.key, *each.headings.split())
}
_KEYS_BY_HEADING = {**HEADINGS, **{key: key for key in _DERIVED}}
_INVISIBLE = (
    "\0\u00ad\u180e\u200b\u200c\u200d\u200e\u200f\u2060\u2061\u2062\u2063\u2064\ufeff\ufffe"
)
_NOT_SEEN = str.maketrans(dict.fromkeys(_INVISIBLE))
_CONTROLS = "".join(map(chr, (*range(0x20), *range(0x7F, 0xA0))))
_BLANK = f"{_INVISIBLE}{_CONTROLS} " + (
    "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006"
    "\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
)
LONGEST_HEADING = 64
_IN_NOTE = r"[^()\[\]【】〔〕]*"
_NOTE = lazy_re(
    rf"[(\[【〔](?:{_IN_NOTE}(?:必填|必须|选填|可选|格式|示例|例如|yyyy|多选|单选|以内|[/、|;,])"
    rf"{_IN_NOTE}|如{_IN_NOTE})[)\]】〕]\Z"
)
"""A note on how to fill in a column: 发布日期（必填，格式 2024-03-01）.

附件（份数） is another column.
"""
_DATES = frozenset(("issued_on", "published_on"))
_EXTRA, _DISCLOSURE = "extra", "disclosure"
_city: dict[str, tuple[str, int]] = {}
"""The city's headings: folded heading -> key and rank.

One table a process, because readers ask for keys at every level of a file.
"""
_city_spellings: dict[str, tuple[str, ...]] = {}


def use_city_headings(headings: Mapping[str, str]) -> None:
    """Sets the headings that a city adds, with their keys, for this process and its children.

    An earlier heading comes before a later one, and all before those of other systems. The key
    `extra` means that the column fills no field. Headings that have their key already, and headings
    of the catalog, are not affected.
    """
    _city.clear()
    for place, (heading, key) in enumerate(headings.items()):
        folded = fold_city_heading(heading)
        built_in, _ = TELLING.get(folded) or GENERAL.get(folded) or (None, 0)
        if key != built_in and catalog_key_of(heading) is None:
            _city.setdefault(folded, (key, place - len(headings)))
    _city_spellings.clear()
    for heading, key in headings.items():
        _city_spellings[key] = (*_city_spellings.get(key, ()), heading)
    _find_key.cache_clear()


def city_headings_of(key: str) -> tuple[str, ...]:
    """Returns the headings that the city adds for a key, as its table spells them."""
    return _city_spellings.get(key, ())


def fold_city_heading(heading: str) -> str:
    """Returns one spelling for a heading, without width, case, separators, and notes."""
    return fold_heading(_without_note(_fold(heading)))


def is_added_by_city(heading: str) -> bool:
    """Whether a heading has its key from the city's table."""
    if not _city or len(heading) > LONGEST_HEADING:
        return False
    return fold_city_heading(heading) in _city


def catalog_key_of(heading: str) -> str | None:
    """Returns the key of a heading that is the catalog's own, with or without a note."""
    folded = _fold(heading)
    return _KEYS_BY_HEADING.get(folded) or _KEYS_BY_HEADING.get(_without_note(folded))


def field_of(heading: str) -> str | None:
    """Like `key_of`, but also for headings that do not identify a record: content, link."""
    if len(heading) > LONGEST_HEADING:
        return None
    folded = _fold(heading)
    if key := _KEYS_BY_HEADING.get(folded):
        return key
    key, _ = _other_key(folded, GENERAL) or (None, 0)
    return key


def key_of(heading: str) -> str | None:
    """Returns the catalog key of a column heading, or None.

    Width, case, spaces, zero-width characters, colons and the `*` of mandatory columns are ignored:
    an unrecognized 公开方式 would breach the disclosure boundary.
    """
    return _find_key(heading) if len(heading) <= LONGEST_HEADING else None


def is_of_the_catalog(heading: str) -> bool:
    """Whether a heading is the catalog's own and not one of another system."""
    return len(heading) <= LONGEST_HEADING and _fold(heading) in _KEYS_BY_HEADING


@lru_cache(maxsize=4096)
def _find_key(heading: str) -> str | None:
    folded = _fold(heading)
    if key := _KEYS_BY_HEADING.get(folded):
        return key
    key, _ = _other_key(folded, {}) or (None, 0)
    return None if key == _EXTRA else key


@lru_cache(maxsize=4096)
def _fold(heading: str) -> str:
    folded = "".join(unicodedata.normalize("NFKC", heading).translate(_NOT_SEEN).split())
    return folded.strip("*:").lower()


def gather_by_key(
    fields: Mapping[str, object],
) -> tuple[dict[str, list[object]], dict[str, object]]:
    """Splits raw cells into known keys (filled cells in order, lists flattened) and the rest.

    A heading of another system fills a key only if no catalog heading does, and only the first such
    heading counts: a text and its HTML (DOCCONTENT, DOCHTMLCON) are the same text.
    """
    known: dict[str, list[object]] = {}
    unknown: dict[str, object] = {}
    others: list[tuple[int, str, str, object]] = []
    for heading, value in fields.items():
        if is_blank(value):
            continue
        folded = _fold(name) if len(name := str(heading)) <= LONGEST_HEADING else ""
        if key := _KEYS_BY_HEADING.get(folded):
            _add(known, key, value)
        elif other := _other_key(folded, GENERAL):
            key, rank = other
            if key == _EXTRA:
                unknown[heading] = value
            elif key == _DISCLOSURE:
                # All values count, since the strictest applies.
                _add(known, key, value)
            else:
                others.append((rank, key, heading, value))
        else:
            unknown[heading] = value
    for _, key, heading, value in sorted(others, key=lambda other: other[0]):
        is_flag = key == "validity"
        read = read_flag(fold_city_heading(str(heading)), value) if is_flag else value
        if key in known or read == "":
            unknown[heading] = value
        else:
            _add(known, key, read)
    return known, unknown


def _other_key(folded: str, general: Mapping[str, tuple[str, int]]) -> tuple[str, int] | None:
    """Returns key and rank of a heading of the city or of another system.

    A catalog heading with a note has its key too.
    """
    bare = _without_note(folded)
    if bare != folded and (key := _KEYS_BY_HEADING.get(bare)):
        return key, 0
    joined = fold_heading(bare)
    if (added := _city.get(joined)) and (general or joined not in GENERAL):
        return added
    return TELLING.get(joined) or general.get(joined)


def _without_note(folded: str) -> str:
    return _NOTE.sub("", folded).strip("*:")


def _add(known: dict[str, list[object]], key: str, value: object) -> None:
    if isinstance(value, str) or not isinstance(value, list | tuple):
        known.setdefault(key, []).append(value)
        return
    filled = [*flatten(value)]
    # A list of dates stays one cell, since taking the first date would be a guess.
    known.setdefault(key, []).extend([filled] if key in _DATES and filled else filled)


def flatten(value: object) -> Iterator[object]:
    """Yields the cell, or the filled entries of nested lists."""
    stack = [value]
    while stack:
        value = stack.pop()
        if isinstance(value, list | tuple):
            stack.extend(reversed(value))
        elif not is_blank(value):
            yield value


def is_blank(value: object) -> bool:
    """Whether a cell is empty: None, an empty list, or white space."""
    if isinstance(value, str):
        return not value.strip(_BLANK)
    return value is None or value in ([], {}, ())
