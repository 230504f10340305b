"""Corrections of a query text: misspelled words, and pinyin for words."""

from collections.abc import Sequence

from analyzers.completion import MatchKind
from analyzers.normalize import normalize_text
from analyzers.pinyin import fold_latin, is_latin
from analyzers.spelling import Correction
from gongkai.query.interpreter import InterpretedQuery
from gongkai.query.syntax import split_pieces
from gongkai.search.term_dictionary import PublicWords

_CANDIDATES = 5
_LONGEST_CORRECTED = 120


def correct_text(
    interpreted: InterpretedQuery, words: PublicWords, least_gain: float
) -> Sequence[Correction]:
    """Returns corrections of a text, best first; none for numbers, operators and long texts."""
    text = normalize_text(interpreted.text)
    if not is_plain(interpreted) or len(text) > _LONGEST_CORRECTED:
        return ()
    if is_latin(text):
        return [Correction(each, 0.0, ()) for each in _read_latin(text, words)]
    corrections = words.corrector.correct(text, _CANDIDATES)
    return [each for each in corrections if each.gain >= least_gain]


def is_plain(interpreted: InterpretedQuery) -> bool:
    """Whether a text has no numbers, phrases and exclusions."""
    pieces = split_pieces(interpreted.text)
    return not interpreted.codes and not any(p.phrase or p.excluded for p in pieces)


def _read_latin(text: str, words: PublicWords) -> Sequence[str]:
    """Reads Latin letters as pinyin: all of them as one word, or each part between spaces.

    A word of the index comes before one that only queries use (社保卡 for 社会保障卡).
    """
    spoken = words.spoken.get(fold_latin(text), ())
    whole = [*_complete(text, words, _CANDIDATES), *spoken[:_CANDIDATES]]
    pieces = [_complete(piece, words, 1) or [piece] for piece in text.split()]
    return [*whole, " ".join(best[0] for best in pieces)] if len(pieces) > 1 else whole


def _complete(text: str, words: PublicWords, size: int) -> list[str]:
    if not is_latin(text):
        return []
    completions = words.lexicon.complete(text, size)
    return [each.text for each in completions if each.kind is MatchKind.PINYIN]
