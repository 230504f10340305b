"""Finds the clauses of a text that ask: the last one of a long message says what it is about."""

import re
from collections.abc import Collection

_CLAUSE = re.compile(r"[^，,。；;！!？?\n]+[，,。；;！!？?\n]*")
_MARK = re.compile("[？?]")


def find_asking(text: str, interrogatives: Collection[str]) -> tuple[tuple[int, int], ...]:
    """Returns the spans of the clauses with an interrogative (怎么, 请问) or a question mark."""
    return tuple(
        clause.span()
        for clause in _CLAUSE.finditer(text)
        if _MARK.search(clause[0]) or any(word in clause[0] for word in interrogatives)
    )
