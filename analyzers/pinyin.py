"""Converts characters to pinyin without tones, and reads Latin letters as pinyin.

Records are never matched by sound.
"""

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib import import_module
from itertools import islice, pairwise, product
from typing import Any

Reading = tuple[str, ...]
"""One syllable a character: 重庆 is ("chong", "qing"); ü is v."""
READINGS_LIMIT = 4
"""Readings kept of one word: the likeliest, then combinations of single characters."""
_ALONE_LONGEST = 3
"""Longer words have one reading, because the phrase determines it."""
_PARSES_LIMIT = 64
_LONGEST_SYLLABLE = 6
_LATIN = re.compile("[a-zv]+")
_SPACES = re.compile(r"[\s'’·-]+")


@lru_cache(maxsize=1)
def syllables() -> frozenset[str]:
    """Returns every syllable of some character."""
    spoken = {each for entry in _readings().values() for each in entry.split(",")}
    return frozenset(plain for each in spoken if _LATIN.fullmatch(plain := _drop_tone(each)))


@lru_cache(maxsize=1)
def _beginnings() -> frozenset[str]:
    return frozenset(each[:end] for each in syllables() for end in range(1, len(each) + 1))


@lru_cache(maxsize=50_000)
def read_word(word: str) -> tuple[Reading, ...]:
    """Returns the readings of a word, the one of the phrase first (行长 hangzhang).

    Empty if a character has none.
    """
    main = tuple(_pypinyin("").lazy_pinyin(word, errors="ignore"))
    if len(main) != len(word):
        return ()
    if len(word) > _ALONE_LONGEST:
        return (main,)
    spoken = zip(main, map(read_character, word), strict=True)
    others = product(*(dict.fromkeys((first, *each)) for first, each in spoken))
    return tuple(islice(dict.fromkeys((main, *others)), READINGS_LIMIT))


@lru_cache(maxsize=30_000)
def read_character(character: str) -> tuple[str, ...]:
    """Returns every syllable of one character; empty if it is no Han character."""
    entry = _readings().get(ord(character), "")
    return tuple(dict.fromkeys(_drop_tone(each) for each in entry.split(",") if each))


@cache
def _pypinyin(part: str) -> Any:
    # The dictionaries are slow to load, and few commands need them.
    return import_module(f"pypinyin{part}")


def _readings() -> dict[int, str]:
    """Maps code points to syllables with tones, separated by commas."""
    readings: dict[int, str] = _pypinyin(".constants").PINYIN_DICT
    return readings


def _drop_tone(syllable: str) -> str:
    return str(_pypinyin(".contrib.tone_convert").to_normal(syllable, v_to_u=False))


def fold_latin(text: str) -> str:
    """Returns letters as pinyin is written: lower case, v for ü, no spaces and apostrophes."""
    return _SPACES.sub("", text.casefold().replace("ü", "v").replace("u:", "v"))


@lru_cache(maxsize=4_000)
def parse_latin(text: str) -> tuple[Reading, ...]:
    """Returns ways to read letters as beginnings of syllables, at most 64.

    gjj is g-j-j; xian is xian or xi-an. Whole syllables come before beginnings, few before many.
    """
    whole = syllables()
    found = islice(_parse(text), _PARSES_LIMIT)
    return tuple(
        sorted(found, key=lambda parts: (sum(each not in whole for each in parts), len(parts)))
    )


def _parse(text: str) -> Iterator[Reading]:
    """Yields readings, longest beginnings first; skips beginnings after which no reading exists."""
    ends = [_ends(text, start) for start in range(len(text))]
    readable = [False] * len(text) + [True]
    for start in reversed(range(len(text))):
        ends[start] = [end for end in ends[start] if readable[end]]
        readable[start] = bool(ends[start])
    cuts = [0]
    ahead = [iter(ends[0])] if text else []
    while ahead:
        end = next(ahead[-1], None)
        if end is None:
            ahead.pop()
            cuts.pop()
        elif end == len(text):
            yield tuple(text[a:b] for a, b in pairwise((*cuts, end)))
        else:
            cuts.append(end)
            ahead.append(iter(ends[end]))


def _ends(text: str, start: int) -> list[int]:
    known = _beginnings()
    last = min(start + _LONGEST_SYLLABLE, len(text))
    return [end for end in range(last, start, -1) if text[start:end] in known]


def is_latin(text: str) -> bool:
    """Whether the text is letters that can be read as pinyin, possibly with Han characters."""
    folded = fold_latin(text)
    runs = _LATIN.findall(folded)
    others = _LATIN.sub("", folded)
    return (
        bool(runs)
        and all(map(read_character, others))
        and all(next(_parse(run), None) for run in runs)
    )


_NEAR = (
    (re.compile("^([zcs])h"), r"\1"),
    (re.compile("^n(?=.)"), "l"),
    (re.compile("^hu(?=.)"), "f"),
    (re.compile("([aei])ng$"), r"\1n"),
    (re.compile("(?<=[ln])v"), "u"),
)


@lru_cache(maxsize=2_000)
def blur(syllable: str) -> str:
    """Returns one spelling for sounds that are often confused: zhi and zi, lan and nan."""
    for pattern, sound in _NEAR:
        syllable = pattern.sub(sound, syllable)
    return syllable
