"""Finds what a text asks: the clauses that ask, and whether they ask how something is done."""

from collections.abc import Collection

from analyzers.lazy_pattern import lazy_re

_CLAUSE = lazy_re(r"[^，,。；;！!？?\n]+[，,。；;！!？?\n]*")
_MARK = lazy_re("[？?]")
_HOW = lazy_re("怎么|怎样|如何|咋|在?哪[里儿]|手续|流程|材料")


def find_asking(text: str, interrogatives: Collection[str]) -> tuple[tuple[int, int], ...]:
    """Returns the spans of the clauses with an interrogative (怎么, 请问) or a question mark."""
    return tuple(
        clause.span()
        for clause in _CLAUSE.finditer(text)
        if _MARK.search(clause[0]) or any(word in clause[0] for word in interrogatives)
    )


def asks_how(text: str) -> bool:
    """Whether a text asks how, where or with which papers something is done."""
    return _HOW.search(text) is not None
