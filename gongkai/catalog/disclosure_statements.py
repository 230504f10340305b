"""Finds every statement of disclosure, secrecy or publication state in the columns of a row.

Nested objects and lists, JSON in a text, and labels inside a text (密级：机密) count too.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from analyzers.lazy_pattern import lazy_re
from gongkai.catalog.disclosure_columns import LONGEST_HEADING, ColumnKind, classify_column
from gongkai.catalog.disclosure_values import (
    LONGEST_VALUE,
    Verdict,
    is_marked_secret,
    judge,
    judge_text,
)
from gongkai.catalog.personal_data import mask_personal_data
from gongkai.catalog.plain_text import clean_line

Column = tuple[str, object]
_WEAK = (ColumnKind.UNRELATED, ColumnKind.MENTION)
_LONGEST_JSON = 200_000
_LABELLED = lazy_re(r"[：:=＝]")
_ENTRIES = lazy_re(r"[;；,，、\n|]")
# Every phrase that closes a row wherever it occurs contains one of these, in any spelling.
_CLOSING_HINT = lazy_re(
    "[公秘祕密內内草發发回限★Ａ-ｚ]|secret|confid|classif|public|internal|draft|publish",
    re.IGNORECASE,
)
_NAME_KEYS = frozenset(("name", "key", "label", "field", "title", "名称", "字段", "项目", "标题"))
_VALUE_KEYS = frozenset(("value", "val", "text", "content", "值", "内容", "字段值"))
_TEXT_KEYS = frozenset(("text", "content", "内容"))


@dataclass(frozen=True, slots=True)
class Statement:
    """The statement of one column; `heading` names the column and contains no value."""

    heading: str
    verdict: Verdict


def find_statements(columns: Iterable[Column]) -> Iterator[Statement]:
    """Yields the statements of all columns that make one."""
    stack: list[Column] = list(columns)
    while stack:
        heading, value = stack.pop()
        kind = classify_column(str(heading))
        verdict = _judge_column(kind, value)
        if verdict is not Verdict.SILENT:
            yield Statement(_name(heading), verdict)
        stack.extend(_inner_columns(kind, value))


def _judge_column(kind: ColumnKind, value: object) -> Verdict:
    if kind is not ColumnKind.UNRELATED:
        return judge(kind, value)
    # A list usually names subjects (国家秘密, 保密) and does not classify the row.
    if not isinstance(value, str) or len(value) > LONGEST_VALUE:
        is_marked = isinstance(value, str) and is_marked_secret(value)
        return Verdict.CLOSED if is_marked else Verdict.SILENT
    if not _CLOSING_HINT.search(value):
        return Verdict.SILENT
    return Verdict.CLOSED if is_marked_secret(value) else judge_text(kind, value)


def _inner_columns(kind: ColumnKind, value: object) -> Iterator[Column]:
    if isinstance(value, Mapping):
        yield from value.items()
        yield from _named_entry(value)
    elif isinstance(value, list | tuple):
        yield from (("", inner) for inner in value if isinstance(inner, Mapping | list | tuple))
    elif isinstance(value, str) and kind in _WEAK:
        yield from _columns_in_text(value)


def _named_entry(entry: Mapping[object, object]) -> Iterator[Column]:
    """Yields a column for an object such as {"name": "密级", "value": "机密"}.

    The text of a link is no value.
    """
    folded = {str(key).strip().lower(): value for key, value in entry.items()}
    names = [folded[key] for key in _NAME_KEYS & folded.keys()]
    value_keys = _VALUE_KEYS - _TEXT_KEYS if "url" in folded else _VALUE_KEYS
    values = [folded[key] for key in value_keys & folded.keys()]
    yield from ((name, value) for name in names if isinstance(name, str) for value in values)


def _columns_in_text(text: str) -> Iterator[Column]:
    start = text[:1]
    if start and start in "{[" and len(text) <= _LONGEST_JSON:
        try:
            yield ("", json.loads(text))
        except (ValueError, RecursionError):
            return
    elif len(text) <= LONGEST_VALUE and _LABELLED.search(text):
        for entry in _ENTRIES.split(text):
            label, *values = _LABELLED.split(entry, maxsplit=1)
            if values and classify_column(label.strip()) is not ColumnKind.UNRELATED:
                yield from _closing_label(label.strip(), values[0])


def _closing_label(label: str, value: str) -> Iterator[Column]:
    """Yields a label in running text if it closes the row; unknown words there do not reject it."""
    if judge_text(classify_column(label), value) in (Verdict.CLOSED, Verdict.ON_REQUEST):
        yield (label, value)


def _name(heading: object) -> str:
    return mask_personal_data(clean_line(str(heading)))[:LONGEST_HEADING]
