"""Reads the cells of one row as tidied lines and texts, and collects warnings."""

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from gongkai.catalog.plain_text import clean_text, reduce_line, reduce_markup
from gongkai.errors import RefusedValueError

_T = TypeVar("_T")


@dataclass(slots=True)
class RowReader:
    """The filled cells of one row by key, and the warnings collected while reading."""

    known: Mapping[str, Sequence[object]]
    today: datetime.date | None = None
    """The day of the run; without it no date is too far in the future."""
    warnings: list[tuple[str, str]] = field(default_factory=list)
    values: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    """The values that a warning is about, where they are known."""

    def warn(self, key: str, code: str, *values: str) -> None:
        """Adds a warning about a cell; `values` are the faulty values."""
        self.warnings.append((key, code))
        self.values.setdefault((key, code), []).extend(values)

    def first(self, key: str) -> object | None:
        """Returns the first text or number; objects are skipped with a warning."""
        for cell in self.known.get(key, ()):
            if isinstance(cell, str) or not isinstance(cell, Mapping):
                return cell
            self.warnings.append((key, "not_text"))
        return None

    def line(self, key: str) -> str:
        """Returns the first value on one line; empty where there is none."""
        cell = self.first(key) if key in self.known else None
        return "" if cell is None else reduce_line(cell)

    def texts(self, key: str) -> list[str]:
        """Returns every text or number, with line breaks and markup."""
        cells = self.known.get(key)
        if not cells:
            return []
        texts = [clean_text(cell) for cell in cells if not isinstance(cell, Mapping)]
        if len(texts) < len(cells):
            self.warnings.append((key, "not_text"))
        return [text for text in texts if text]

    def values_of(self, key: str) -> list[str]:
        """Returns every text or number without markup, with line breaks."""
        if key not in self.known:
            return []
        return [reduce_markup(text) for text in self.texts(key)]

    def attempt(self, key: str, text: str, parse: Callable[[str], _T]) -> _T | None:
        """Parses an optional cell; an unreadable one gives None and a warning."""
        try:
            return parse(text) if text else None
        except RefusedValueError as refusal:
            self.warn(key, refusal.reason, text)
            return None
