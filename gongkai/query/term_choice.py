"""Chooses the terms that decide which records a query finds, by what tells documents apart."""

from collections.abc import Sequence
from dataclasses import dataclass

from gongkai.query.clauses import ReadTerm
from gongkai.query.relevance import Weights
from gongkai.query.word_counts import WordCounts


@dataclass(frozen=True, slots=True)
class TermChoice:
    """The terms of a query: `deciding` ones find records, `further` ones only rank them.

    `is_message` is true for a long text: its further terms tell a story and hardly count.
    """

    deciding: tuple[ReadTerm, ...]
    further: tuple[ReadTerm, ...] = ()
    is_message: bool = False


def choose_terms(terms: Sequence[ReadTerm], counts: WordCounts, weights: Weights) -> TermChoice:
    """Returns the choice; every term decides where no count is known or no record has any."""
    if len(terms) > weights.message_words:
        return _choose_of_message(terms, counts, weights)
    return _divide(terms, [_inform(term, counts) for term in terms], weights.relaxation_telling)


def _choose_of_message(
    terms: Sequence[ReadTerm], counts: WordCounts, weights: Weights
) -> TermChoice:
    strengths = [_weigh(term, counts, weights) for term in terms]
    choice = _divide(terms, strengths, weights.message_telling, int(weights.message_deciding))
    return TermChoice(choice.deciding, choice.further, is_message=True)


def _divide(
    terms: Sequence[ReadTerm], strengths: Sequence[float], share: float, most: int | None = None
) -> TermChoice:
    least = max(strengths, default=0.0) * share
    ranked = sorted(range(len(terms)), key=lambda at: -strengths[at])[:most]
    deciding = {at for at in ranked if strengths[at] >= least and (strengths[at] or not least)}
    return TermChoice(
        tuple(term for at, term in enumerate(terms) if at in deciding),
        tuple(term for at, term in enumerate(terms) if at not in deciding),
    )


def _inform(term: ReadTerm, counts: WordCounts) -> float:
    """Returns the inverse document frequency of a term: of its rarest word that a record has."""
    return max(map(counts.information, term.words), default=0.0)


def _weigh(term: ReadTerm, counts: WordCounts, weights: Weights) -> float:
    """Returns how likely a term of a message is what the message is about."""
    named = max(map(counts.named_share, term.words), default=0.0)
    strength = max(_inform(term, counts), *map(counts.information, term.others), 0.0)
    strength *= weights.message_unnamed + min(named * weights.message_named, 1.0)
    if term.others:
        strength *= weights.message_official
    return strength * (weights.message_asked if term.is_asked else 1.0)
