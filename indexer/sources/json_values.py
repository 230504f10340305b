"""Parses one JSON value into a row.

orjson is strict and fast. A value that it rejects is parsed again with harmless faults allowed.
"""

import json
import re
from functools import lru_cache
from gettext import gettext as _

import orjson

from gongkai.catalog.headings import HEADINGS, city_headings_of
from gongkai.files.limits import MIB
from indexer.sources.json_repair import repair_json, unwrap_values
from indexer.sources.reject_sheet import WITHHELD
from indexer.sources.row import Row, SourceRow, UnreadableRow, gather_cells

REJECT_KEYS = frozenset({"source", "line", "field", "reason", "row"})
_LONGEST_REPAIRED = 4 * MIB
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_DISCLOSURE = tuple(heading for heading, key in HEADINGS.items() if key == "disclosure")


def parse_row(text: bytes, source: str, line: int) -> Row:
    """Returns a JSON object as a row. An entry of a rejects file gives the row it contains.

    An unpaired surrogate (`\\ud800` alone), which is not valid text, becomes U+FFFD.
    """
    try:
        value = _parse(text)
    except (ValueError, RecursionError) as error:
        return UnreadableRow(source, line, *_explain(text, error))
    if not isinstance(value, dict):
        return UnreadableRow(source, line, "not_an_object", _("The JSON value is not an object."))
    if REJECT_KEYS <= value.keys() <= REJECT_KEYS | {"sentence", "note"}:
        return _unwrap_reject(value, source, line)
    return SourceRow(source, line, value)


def parse_value(text: bytes) -> object:
    """Returns the value of a JSON text, or None if it can't be parsed."""
    try:
        return _parse(text)
    except (ValueError, RecursionError):
        return None


def is_reject(text: bytes) -> bool:
    """Returns whether an object is an entry of a rejects file."""
    value = parse_value(text)
    return isinstance(value, dict) and value.keys() >= REJECT_KEYS


def _unwrap_reject(entry: dict[str, object], source: str, line: int) -> Row:
    row = entry["row"]
    if row is None:
        return UnreadableRow(source, line, "withheld_row", WITHHELD)
    if not isinstance(row, dict):
        return UnreadableRow(source, line, "not_an_object", _("The reject's row is not an object."))
    return SourceRow(source, line, row)


def _parse(text: bytes) -> object:
    # In JSON the last of two equal keys wins. A second disclosure must not override the first.
    if any(text.count(key) > 1 for key in _spell_keys(city_headings_of("disclosure"))):
        return _parse_slowly(text)
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        return _parse_slowly(text)
    return unwrap_values(value) if b'"$' in text else value


@lru_cache(maxsize=8)
def _spell_keys(added: tuple[str, ...]) -> tuple[bytes, ...]:
    """Returns the disclosure headings, with those that the city adds, as JSON spells them."""
    return tuple(
        json.dumps(heading, ensure_ascii=is_escaped).encode()
        for heading in (*_DISCLOSURE, *added)
        for is_escaped in ((False,) if heading.isascii() else (False, True))
    )


def _parse_slowly(text: bytes) -> object:
    """Parses text with harmless faults. Raises ValueError of the text as it is."""
    written = text.decode("utf-8")
    if "\0" in written:
        raise ValueError("NUL")
    try:
        value = _load(written)
    except ValueError:
        if len(text) > _LONGEST_REPAIRED:
            raise
        try:
            value = _load(repair_json(written))
        except ValueError:
            value = _load(written)
    return unwrap_values(_without_lone_surrogates(value))


def _load(text: str) -> object:
    return json.loads(text, object_pairs_hook=gather_cells, parse_constant=_as_empty, strict=False)


def _as_empty(_name: str) -> None:
    """Returns None for NaN and Infinity, which are not JSON.

    Programs write them for empty cells.
    """


def _without_lone_surrogates(value: object) -> object:
    if isinstance(value, str):
        return _LONE_SURROGATE.sub("\ufffd", value)
    if isinstance(value, list):
        return [_without_lone_surrogates(item) for item in value]
    if isinstance(value, dict):
        pairs = value.items()
        return {_without_lone_surrogates(k): _without_lone_surrogates(v) for k, v in pairs}
    return value


def _explain(text: bytes, error: Exception) -> tuple[str, str]:
    """Returns the reason code and a sentence for an unparsable value, without quoting it."""
    try:
        text.decode("utf-8")
    except UnicodeDecodeError as undecodable:
        said = _("Byte {place} is not valid text in the file's encoding.")
        return "bad_encoding", said.format(place=undecodable.start + 1)
    if b"\0" in text:
        return "not_json", _("The row contains NUL bytes: the file was not completely written.")
    if isinstance(error, json.JSONDecodeError):
        said = _("The row is not valid JSON at character {place}.")
        return "not_json", said.format(place=error.pos + 1)
    return "not_json", _("The row is not valid JSON.")
