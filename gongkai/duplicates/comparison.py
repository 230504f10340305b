"""Compares two texts: overlap, scattered wrong characters, an added frame."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from rapidfuzz.distance import Levenshtein, Opcode

from analyzers.numerals import CHINESE_NUMERALS
from gongkai.duplicates.comparable_text import Text
from gongkai.duplicates.shingles import Shingles, cut_shingles, measure_overlap

NEAR = 0.95
"""Default least Jaccard similarity of two texts that count as one."""
_WORTH_ALIGNING = 0.3
_NOISE_LEAST = 0.85
"""Least Jaccard similarity after wrong characters are corrected."""
_NOISE_SHARE = 0.5
"""Least share of the difference explained by wrong characters; revisions change whole words."""
_FRAME_HEAD, _FRAME_TAIL, _FRAME_WITHIN = 0.25, 0.05, 0.01
"""Most additional text at the head, at the end and inside, as shares of the shorter text.

Site navigation and letterheads are at the head. An article added at the end is a revision.
"""
_ADDED = ("insert", "delete")
_LONGEST_ALIGNED = 60_000
_NUMERALS = frozenset("0123456789" + CHINESE_NUMERALS)


@dataclass(frozen=True, slots=True)
class Overlap:
    """The overlap of two texts; `score`, from 0 to 1, is compared with the threshold.

    It is the Jaccard similarity. For moved sentences it is that within sentences, for a framed copy
    the containment, and for scattered wrong characters the share of equal characters.
    """

    jaccard: float
    containment: float
    score: float
    is_same: bool = False
    wrong_characters: int = 0
    is_framed: bool = False
    is_moved: bool = False


def compare_texts(one: Text, other: Text) -> Overlap:
    """Returns the exact overlap of two texts with content, over whole shingle sets."""
    if one.key == other.key:
        return Overlap(1.0, 1.0, 1.0, is_same=True)
    jaccard, containment = measure_overlap(one.shingles, other.shingles)
    plain = Overlap(jaccard, containment, jaccard)
    if not _WORTH_ALIGNING <= jaccard < NEAR:
        return plain
    if _is_reordered(one, other):
        within = measure_overlap(_cut_within(one), _cut_within(other))[0]
        if within >= NEAR:
            return replace(plain, score=within, is_moved=True)
    if max(len(one.stream), len(other.stream)) > _LONGEST_ALIGNED:
        return plain
    return _align(one, other, plain)


def _align(one: Text, other: Text, plain: Overlap) -> Overlap:
    """Detects a frame and wrong characters from the edits between the texts."""
    edits = list(Levenshtein.opcodes(one.stream, other.stream))
    shorter = min(len(one.stream), len(other.stream))
    core = _trim(edits, shorter)
    is_framed = len(core) < len(edits)
    if is_framed and sum(map(_size, core)) <= _FRAME_WITHIN * shorter:
        return replace(plain, score=plain.containment, is_framed=True)
    ours, theirs = _covered_parts(core, one.stream, other.stream)
    corrected, count = _correct_slips(one.stream, other.stream, core)
    shingles = cut_shingles(ours)
    before = measure_overlap(shingles, cut_shingles(theirs))[0]
    after = measure_overlap(shingles, cut_shingles(corrected))[0]
    if after >= _NOISE_LEAST and after - before >= _NOISE_SHARE * (1 - before):
        agreeing = Levenshtein.normalized_similarity(ours, theirs)
        return replace(plain, score=agreeing, wrong_characters=count, is_framed=is_framed)
    return plain


def _trim(edits: Sequence[Opcode], shorter: int) -> Sequence[Opcode]:
    """Returns the edits without text that only one side has at its head or (if short) its end."""
    start, end = 0, len(edits)
    if edits[0].tag in _ADDED and _size(edits[0]) <= _FRAME_HEAD * shorter:
        start = 1
    if edits[-1].tag in _ADDED and _size(edits[-1]) <= _FRAME_TAIL * shorter:
        end -= 1
    return edits[start:end]


def _covered_parts(edits: Sequence[Opcode], one: str, other: str) -> tuple[str, str]:
    """Returns the parts of both texts that the edits cover."""
    first, last = edits[0], edits[-1]
    return one[first.src_start : last.src_end], other[first.dest_start : last.dest_end]


def _is_reordered(one: Text, other: Text) -> bool:
    """Whether the sentences of both texts are in a different order."""
    shared = set(one.sentences) & set(other.sentences)
    ours, theirs = (
        dict.fromkeys(each for each in text.sentences if each in shared) for text in (one, other)
    )
    return list(ours) != list(theirs)


def _cut_within(text: Text) -> Shingles:
    """Returns shingles within sentences only, so that the order of sentences does not matter."""
    return np.unique(np.concatenate([cut_shingles(each) for each in text.sentences]))


def _size(edit: Opcode) -> int:
    if edit.tag == "equal":
        return 0
    return int(max(edit.src_end - edit.src_start, edit.dest_end - edit.dest_start))


def _correct_slips(one: str, other: str, edits: Sequence[Opcode]) -> tuple[str, int]:
    """Returns `other` with scattered wrong characters corrected, and their number.

    Numerals are never corrected, nor are systematic changes: 局 changed to 厅 everywhere is a
    reform of agencies, while 末 for 未 in one place of ten is a misread page.
    """
    changed = Counter(_pair(one, other, edit) for edit in edits if edit.tag != "equal")
    known = Counter(one)
    parts, count = [], 0
    for edit in edits:
        was, now = _pair(one, other, edit)
        is_wrong = edit.tag != "equal" and _is_slip(was, now)
        times = changed[was, now]
        if is_wrong and (times == 1 or times * 2 <= known[was[:1]]):
            parts.append(was)
            count += 1
        else:
            parts.append(now)
    return "".join(parts), count


def _pair(one: str, other: str, edit: Opcode) -> tuple[str, str]:
    return one[edit.src_start : edit.src_end], other[edit.dest_start : edit.dest_end]


def _is_slip(was: str, now: str) -> bool:
    is_small = len(was) == len(now) <= 2 or len(was) + len(now) == 1
    return is_small and not _NUMERALS & set(was + now)
