"""Repairs text that programs write instead of JSON, and unwraps the values of MongoDB.

Repairs keep every string as it is: comments, trailing commas, names without quotes, constants of
other languages, constructors of the Mongo shell, line breaks and wrong escapes inside strings.
"""

import json
import re
from collections.abc import Mapping

_TOKEN = re.compile(
    r"""(?P<comment>//[^\n]*|/\*.*?\*/)|"[^"\\]*+(?:\\.[^"\\]*+)*+"|'[^'\\]*+(?:\\.[^'\\]*+)*+'""",
    re.DOTALL,
)
_BAD_ESCAPE = re.compile(r'\\(?!["\\/bfnrt]|u[0-9a-fA-F]{4})')
_NAME = re.compile(r"([{,]\s*)([^\W\d][\w$]*|\$\w+)(\s*:)")
_WORDS = {
    "undefined": "null",
    "None": "null",
    "True": "true",
    "False": "false",
    "-Infinity": "null",
    "Infinity": "null",
    "NaN": "null",
}
_WORD = re.compile(r"(?<![\w$])(?:-?Infinity|undefined|None|True|False|NaN)\b")
_TRAILING = re.compile(r"(?<![\[{,]),(\s*[\]}])")
_CALL = re.compile(
    r"\b(?:new\s+)?(?:ObjectId|ISODate|Date|NumberLong|NumberInt|NumberDecimal|Timestamp)"
    r"\(\s*(\"[^\"\\]*\"|-?\d+)[^()]*\)"
)
_NUMBERS = ("$numberLong", "$numberInt", "$numberDouble", "$numberDecimal")
_NAMING = ("name", "key", "field", "label", "title")
_HOLDING = ("value", "val", "content", "text")
_TEXTS = ("$oid", "$uuid", "$symbol")


def repair_json(text: str) -> str:
    """Returns text that `json.loads(strict=False)` accepts, if the faults are of a known kind."""
    text = _CALL.sub(r"\1", text)
    parts, at = [], 0
    for match in _TOKEN.finditer(text):
        parts += [text[at : match.start()], match.group()]
        at = match.end()
    parts.append(text[at:])
    # Every second part is a string or a comment; a comment joins the parts around it.
    gaps, strings = [parts[0]], []
    for token, gap in zip(parts[1::2], parts[2::2], strict=True):
        if token.startswith("/"):
            gaps[-1] += gap
        else:
            strings.append(_repair_string(token))
            gaps.append(gap)
    fixed = [_repair_gap(gap) for gap in gaps]
    return fixed[0] + "".join(s + gap for s, gap in zip(strings, fixed[1:], strict=True))


def _repair_string(token: str) -> str:
    if token.startswith("'"):
        return json.dumps(token[1:-1].replace("\\'", "'"), ensure_ascii=False)
    return _BAD_ESCAPE.sub(r"\\\\", token)


def _repair_gap(gap: str) -> str:
    """Returns the text between two strings as JSON."""
    if gap.strip(" \t\r\n,:[]{}"):
        gap = _NAME.sub(r'\1"\2"\3', gap)
        gap = _WORD.sub(lambda match: _WORDS[match[0]], gap)
    return _TRAILING.sub(r"\1", gap)


def unwrap_values(value: object) -> object:
    """Returns a value without the wrappers of MongoDB's extended JSON (`{"$date": …}`)."""
    if isinstance(value, list):
        return [unwrap_values(each) for each in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        ((name, inner),) = value.items()
        if name == "$date":
            return unwrap_values(inner)
        if name in _NUMBERS:
            return _read_number(inner)
        if name in _TEXTS:
            return inner
    return {name: unwrap_values(inner) for name, inner in value.items()}


def _read_number(text: object) -> object:
    try:
        return int(str(text))
    except ValueError:
        return str(text)


def unfold_pairs(fields: Mapping[str, object]) -> Mapping[str, object] | None:
    """Returns the fields of a record that lists them (`[{"name": "标题", "value": "…"}]`)."""
    for value in fields.values():
        if isinstance(value, list) and len(value) > 1 and (pairs := _read_pairs(value)):
            others = {name: each for name, each in fields.items() if each is not value}
            return {**others, **pairs}
    return None


def _read_pairs(entries: list[object]) -> dict[str, object]:
    found: dict[str, object] = {}
    for entry in entries:
        if not isinstance(entry, dict):
            return {}
        name = next((entry[key] for key in _NAMING if key in entry), None)
        value = next((entry[key] for key in _HOLDING if key in entry), ...)
        if not isinstance(name, str) or value is ...:
            return {}
        if name in found and found[name] != value:
            earlier = found[name]
            value = [*(earlier if isinstance(earlier, list) else [earlier]), value]
        found[name] = value
    return found
