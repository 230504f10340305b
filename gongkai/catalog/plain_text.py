"""Cleans raw cell values to plain text without control characters and markup."""

import math
from collections.abc import Iterator, Mapping

from analyzers.lazy_pattern import lazy_re
from gongkai.catalog.markup import (
    drop_comments,
    has_markup,
    join_broken_line,
    resolve_entities,
    text_of,
)

DEPTH_LIMIT = 32
"""Levels of lists and objects in one cell."""

_UNPRINTABLE = lazy_re(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u200b\u200e\u200f\u202a-\u202e"
    r"\u2060-\u2064\u2066-\u206f\ufeff\ufffe\uffff\ud800-\udfff]"
)
# Joiners shape no letters of these scripts, but they do in Mongolian, Arabic and emoji.
_SHAPED_BY_NONE = r"[\x00-\u024f\u2e80-\u9fff\uff00-\uffef]"
_JOINER = lazy_re(rf"(?<={_SHAPED_BY_NONE})[\u200c\u200d]+|[\u200c\u200d]+(?={_SHAPED_BY_NONE})")
# Scraped pages are escaped at most twice. The bound stops texts with endless escaping.
_MOST_WRAPPINGS = 4
_LARGEST = 2**63


def clean_text(value: object) -> str:
    """Returns text without control characters and lone surrogates, with unified line breaks."""
    text = value if isinstance(value, str) else _spell(value)
    if not text.isprintable():
        text = _UNPRINTABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
        text = _JOINER.sub("", text)
    return text.strip()


def clean_line(value: object) -> str:
    """Returns `clean_text` on one line, with every run of white space as one space."""
    if isinstance(value, str) and value.isprintable() and " " not in value:
        return value
    return " ".join(clean_text(value).split())


def clean_value(value: object, depth: int = 0) -> object:
    """Returns a value in the form of JSON, with clean texts without markup.

    Raises RecursionError beyond DEPTH_LIMIT levels of lists and objects.
    """
    if isinstance(value, str):
        return reduce_markup(clean_text(value))
    if isinstance(value, Mapping | list | tuple):
        if depth == DEPTH_LIMIT:
            raise RecursionError(f"More than {DEPTH_LIMIT} levels of lists and objects.")
        if isinstance(value, Mapping):
            pairs = value.items()
            return {clean_line(key): clean_value(inner, depth + 1) for key, inner in pairs}
        return [clean_value(inner, depth + 1) for inner in value]
    if value is None or isinstance(value, bool) or _is_plain_number(value):
        return value
    return clean_text(value)


def strings_in(value: object) -> Iterator[str]:
    """Yields every text and number in a value, including keys, without recursion."""
    stack = [value]
    while stack:
        value = stack.pop()
        if isinstance(value, str):
            yield clean_text(value)
        elif isinstance(value, Mapping):
            stack.extend(value.keys())
            stack.extend(value.values())
        elif isinstance(value, list | tuple):
            stack.extend(value)
        elif value is not None:
            yield clean_text(value)


def reduce_markup(text: str) -> str:
    """Returns the clean text of HTML, one line a block; text without markup stays unchanged.

    Markup in the result was escaped twice and is reduced again. `A<B` is no markup.
    """
    if "<" not in text and "&" not in text:
        return text
    for _ in range(_MOST_WRAPPINGS):
        bare = drop_comments(text)
        if has_markup(bare):
            lines = clean_text(text_of(bare)).split("\n")
            reduced = "\n".join(filter(None, map(trim_end, lines)))
        else:
            reduced = resolve_entities(bare)
            reduced = clean_text(reduced) if reduced != text else text
        if reduced == text:
            break
        text = reduced
    return text


def trim_end(line: str) -> str:
    """Returns a line without blanks at its end; the row of a table keeps its last empty cells."""
    text = line.rstrip()
    return line.rstrip(" \u3000\u00a0\r") if "\t" in line and text else text


def reduce_line(value: object) -> str:
    """Returns `clean_line` of a text that may be HTML, such as a title."""
    line = clean_line(value)
    if "<" not in line and "&" not in line:
        return line
    line = join_broken_line(clean_line(resolve_entities(line)))
    return clean_line(reduce_markup(line))


def _spell(value: object) -> str:
    try:
        return str(value)
    except ValueError:  # an integer of more digits than Python writes out
        return ""


def _is_plain_number(value: object) -> bool:
    if isinstance(value, int):
        return -_LARGEST <= value < _LARGEST
    return isinstance(value, float) and math.isfinite(value)
