"""Finds the records inside the text of one JSON value.

One pass looks only at strings and brackets, so a record with invalid content is still found.
"""

import re
from dataclasses import dataclass, field

import orjson

from gongkai.catalog.headings import key_of
from indexer.sources.json_cutter import TOKEN
from indexer.sources.record_likeness import (
    Likeness,
    applies_to_records,
    holds_value,
    is_agency_name,
    is_around,
    measure_likeness,
    names_group,
    weigh,
)

Stated = tuple[str, object]
_COLON = re.compile(rb"\s*:")
_VALUE = re.compile(rb'\s*("(?:[^"\\]|\\.)*"|[^\s,\[\]{}"]+)', re.DOTALL)
_LONGEST_KEY = 256
MAX_DEPTH = 64
"""Maximum depth of objects and lists around records. It keeps the outline linear in the text."""


@dataclass(slots=True)
class Span:
    """A record from byte `start` to `end`.

    `stated` holds the fields of enclosing objects that apply to it, the nearest first. `path` is
    the place of its list: `data.list`.
    """

    start: int
    end: int
    likeness: Likeness
    weight: int
    is_link: bool
    stated: tuple[Stated, ...] = ()
    path: str = ""


@dataclass(slots=True)
class _Frame:
    """An open object or list."""

    start: int
    is_list: bool
    is_value: bool
    path: str = ""
    name: str = ""
    key: str = ""
    keys: set[str] = field(default_factory=set)
    stated: list[Stated] = field(default_factory=list)
    found: list[Span] = field(default_factory=list)
    elements: list[Span] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Outline:
    """The records of a value in order, and the number of listed links that are not records."""

    records: tuple[Span, ...] = ()
    passed: int = 0


def outline_json(text: bytes) -> Outline:
    """Returns the records of a value. A value that is itself a record is the only one."""
    root = _Frame(0, is_list=True, is_value=False)
    stack = [root]
    for match in TOKEN.finditer(text):
        token, top = match.group(), stack[-1]
        if token in (b"{", b"["):
            is_value = top.is_value or (not top.is_list and holds_value(top.key))
            name = "" if top.is_list else top.key
            path = f"{top.path}.{name}".strip(".")[-_LONGEST_KEY:]
            stack.append(_Frame(match.start(), token == b"[", is_value, path, name))
            if len(stack) > MAX_DEPTH:
                return Outline()
        elif token in (b"}", b"]"):
            if len(stack) > 1:
                _close(stack.pop(), match.end(), stack[-1])
        elif not top.is_list and not top.is_value and (colon := _COLON.match(text, match.end())):
            _see_key(top, token, text, colon.end())
    return _conclude(root)


def _see_key(frame: _Frame, token: bytes, text: bytes, value_at: int) -> None:
    frame.key = _load(token, "") if len(token) <= _LONGEST_KEY else ""
    if key := key_of(frame.key):
        frame.keys.add(key)
    if applies_to_records(frame.key) and (value := _VALUE.match(text, value_at)):
        frame.stated.append((frame.key, _load(value[1], value[1].decode("utf-8", "replace"))))
    elif names_group(frame.key) and (value := _VALUE.match(text, value_at)):
        name = _load(value[1], "") if len(value[1]) <= _LONGEST_KEY else ""
        if is_agency_name(name):
            frame.stated.append(("发布机构", name))


def _load(text: bytes, otherwise: str) -> str:
    try:
        return str(orjson.loads(text))
    except orjson.JSONDecodeError:
        return otherwise


def _close(frame: _Frame, end: int, parent: _Frame) -> None:
    if frame.is_value:
        return
    named: list[Stated] = (
        [("发布机构", frame.name)] if frame.found and is_agency_name(frame.name) else []
    )
    if frame.is_list:
        _close_list(frame)
        _hand_over(frame.found, named, parent)
        return
    likeness = measure_likeness(frame.keys)
    inner = max((span.likeness for span in frame.found), default=Likeness.NONE)
    heaviest = max((s.weight for s in frame.found if s.likeness is Likeness.RECORD), default=0)
    if inner and (likeness < inner or is_around(frame.keys, heaviest)):
        _hand_over(frame.found, [*frame.stated, *named], parent)
        return
    is_link = frame.keys >= {"title", "url"}
    span = Span(frame.start, end, likeness, weigh(frame.keys), is_link, path=parent.path)
    parent.elements.append(span)
    if parent.is_list or likeness:
        parent.found.append(span)


def _hand_over(spans: list[Span], stated: list[Stated], parent: _Frame) -> None:
    for span in spans:
        span.stated = (*span.stated, *stated)
    parent.found += spans


def _close_list(frame: _Frame) -> None:
    """Gives all objects of a list the best likeness among them, even a record without a title."""
    best = max((span.likeness for span in frame.elements), default=Likeness.NONE)
    for span in frame.elements:
        span.likeness = best
    if not best:
        gone = set(map(id, frame.elements))
        frame.found = [span for span in frame.found if id(span) not in gone]


def _conclude(root: _Frame) -> Outline:
    found = [span for span in root.found if span.likeness]
    best = max((span.likeness for span in found), default=Likeness.NONE)
    records = tuple(span for span in found if span.likeness is best)
    passed = sum(span.is_link for span in found if span.likeness is not best)
    return Outline(records, passed)
