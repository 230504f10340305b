"""Chooses the terms that decide which records a query finds, by what tells documents apart."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain

from gongkai.query.clauses import ReadTerm
from gongkai.query.relevance import Weights
from gongkai.query.word_counts import WordCounts, is_run


@dataclass(frozen=True, slots=True)
class TermChoice:
    """The terms of a query: `deciding` ones find records, `further` ones only rank them.

    `least` is the information that a word inside a term needs to find records by itself.
    `is_message` is true for a long text: its further terms tell a story and hardly count.
    """

    deciding: tuple[ReadTerm, ...]
    further: tuple[ReadTerm, ...] = ()
    least: float = 0.0
    is_message: bool = False


def choose_terms(terms: Sequence[ReadTerm], counts: WordCounts, weights: Weights) -> TermChoice:
    """Returns the choice; every term decides where no count is known or no record has any."""
    if len(terms) > weights.message_words:
        return _choose_of_message(terms, counts, weights)
    strengths = [0.0 if _is_run(term) else _inform(term, counts) for term in terms]
    least = max(strengths, default=0.0) * weights.relaxation_telling
    # A term without counts finds few records, if any; a run is not worth another count.
    return replace(_divide(terms, [not each or each >= least for each in strengths]), least=least)


def _choose_of_message(
    terms: Sequence[ReadTerm], counts: WordCounts, weights: Weights
) -> TermChoice:
    strengths = [_weigh(term, counts, weights) for term in terms]
    least = max(strengths) * weights.message_telling
    ranked = sorted(range(len(terms)), key=lambda at: -strengths[at])
    strongest = set(ranked[: int(weights.message_deciding)])
    decides = [at in strongest and strengths[at] >= least for at in range(len(terms))]
    choice = _divide(terms, decides)
    informed = max((_inform(term, counts) for term in choice.deciding), default=0.0)
    return replace(choice, least=informed * weights.relaxation_telling, is_message=True)


def _divide(terms: Sequence[ReadTerm], decides: Sequence[bool]) -> TermChoice:
    pairs = list(zip(terms, decides, strict=True))
    deciding = tuple(term for term, does in pairs if does)
    return TermChoice(deciding, tuple(term for term, does in pairs if not does))


def _is_run(term: ReadTerm) -> bool:
    return bool(term.counted) and is_run(term.counted[0])


def _inform(term: ReadTerm, counts: WordCounts) -> float:
    """Returns the inverse document frequency of a term.

    It is that of the rarest word that a record has. Of a term and its official terms it is the
    least, since a record needs one of them only.
    """
    named = (max(map(counts.information, each), default=0.0) for each in term.counted)
    return min(filter(None, named), default=0.0)


def _weigh(term: ReadTerm, counts: WordCounts, weights: Weights) -> float:
    """Returns how likely a term of a message is what the message is about."""
    named = max(map(counts.named_share, chain.from_iterable(term.counted)), default=0.0)
    strength = _inform(term, counts)
    strength *= weights.message_unnamed + min(named * weights.message_named, 1.0)
    if term.others:
        strength *= weights.message_official
    return strength * (weights.message_asked if term.is_asked else 1.0)
