"""Static rank: what a record is worth whatever the words, as boosts of a query."""

from collections.abc import Sequence
from datetime import date

from gongkai.catalog.legal_rank import LegalRank
from gongkai.catalog.stored_record import StoredRecord
from gongkai.query.relevance import Weights
from gongkai.query.tree import (
    And,
    Boost,
    ConstantScore,
    MatchAll,
    Query,
    Range,
    Term,
    Terms,
    without_scores,
)

REPEALED = ("废止", "失效")
"""Values of validity (有效性) that rank lower."""
GUIDE = "指南"
"""The genre (体裁) that tells how something is done."""
_RECENT_YEARS = 2
_DECADE = 10


def build_static_rank(
    weights: Weights, count: int, deciding: Sequence[Query], today: date, *, asks_how: bool = False
) -> list[Query]:
    """Returns the boosts of records that are valid, of high legal rank, recent, or guides.

    Guides rank higher for a text that asks how something is done.

    They grow with `count`, the terms that decide, up to a limit, because their scores add up.
    `deciding` are the queries of these terms.
    """
    counted = min(count, weights.static_rank_most)
    unit = weights.static_rank_base + weights.static_rank_term * counted
    valid = And((MatchAll(),), exclude=match_ended(today))
    years = tuple(str(today.year - back) for back in range(_RECENT_YEARS))
    since = date(today.year - _DECADE, 1, 1).toordinal()
    named = (
        ("static_rank.valid", valid, weights.static_rank_valid),
        (
            "static_rank.interpretation",
            Term("authority", LegalRank.INTERPRETATION),
            weights.static_rank_interpretation,
        ),
        ("static_rank.recent", Terms("year", years), weights.static_rank_recent),
        ("static_rank.decade", Range("published_first", since), weights.static_rank_decade),
        ("static_rank.guide", Term("genre", GUIDE), weights.static_rank_guide if asks_how else 0.0),
    )
    boosts: list[Query] = [
        ConstantScore(query, unit * share, name) for name, query, share in named if share
    ]
    if weights.static_rank_law:
        law = _rank_law(weights.static_rank_matched, deciding)
        boosts.append(Boost(law, unit * weights.static_rank_law, "static_rank.law"))
    return boosts


def match_ended(today: date) -> tuple[Query, Query]:
    """Returns queries for the records that are repealed, and whose stated term has passed."""
    return Terms("validity", REPEALED), Range("expires", upper=today.toordinal() - 1)


def is_ended(record: StoredRecord, today: date) -> bool:
    """Whether a record is repealed or its stated term has passed."""
    return record.validity in REPEALED or record.period.is_passed(today)


def _rank_law(matched: float, deciding: Sequence[Query]) -> Query:
    """Scores a law by the terms that it has: 1 for half of them."""
    law = ConstantScore(Term("authority", LegalRank.LAW), 1 - matched)
    share = 2 * matched / max(len(deciding), 1)
    return And((law,), tuple(ConstantScore(without_scores(term), share) for term in deciding))
