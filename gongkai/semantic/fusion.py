"""Rank fusion: the keyword list and the semantic list become one, by a learned weighted sum.

The weights are fitted to judged questions; docs/semantic-search.md describes how.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from gongkai.catalog.legal_rank import LegalRank, read_legal_rank
from gongkai.catalog.stored_record import StoredRecord
from gongkai.query.relevance import Weights
from gongkai.query.static_rank import GUIDE, is_ended
from gongkai.semantic.model_port import Vectors


@dataclass(frozen=True, slots=True)
class Features:
    """What is known about a record of either list.

    `keyword_score` is None for a record that the keyword list lacks. `nearness` is the cosine with
    static rank, in deviations of chance. `coverage` is the share of the query's words, 0 to 1.
    """

    keyword_score: float | None
    nearness: float
    coverage: float


@dataclass(frozen=True, slots=True)
class FusionWeights:
    """The weights of the three features."""

    keywords: float
    nearness: float
    coverage: float


def measure_static_rank(
    record: StoredRecord, weights: Weights, today: date, *, asks_how: bool
) -> float:
    """Returns the static rank of a record in deviations of chance.

    It is made up of validity and legal rank, or of being a guide where the query asks how something
    is done: a law seldom says that.
    """
    static_rank = 0.0 if is_ended(record, today) else weights.static_rank_valid
    if asks_how:
        static_rank += weights.static_rank_guide if record.genre == GUIDE else 0.0
    else:
        static_rank += _measure_legal_rank(record.title, weights)
    return weights.hybrid_static_rank * static_rank


def choose_weights(
    weights: Weights, static_share: float = 0.0, estimated_share: float = 0.0
) -> FusionWeights:
    """Returns the weights for a list, by the shares of records whose nearness says less.

    That of a static vector says less than the model's, and one that was estimated still less.
    """
    by_model = weights.fusion_keywords, weights.fusion_nearness
    lost = static_share * (weights.fusion_static_nearness - by_model[1])
    lost += estimated_share * (weights.fusion_estimated_nearness - by_model[1])
    gained = estimated_share * (weights.fusion_estimated_keywords - by_model[0])
    nearness = max(by_model[1] + lost, weights.fusion_estimated_nearness)
    return FusionWeights(by_model[0] + gained, nearness, weights.fusion_coverage)


def fuse(features: Mapping[str, Features], weights: FusionWeights) -> dict[str, float]:
    """Returns the fused score of each id, from 0 to 1, best first; equal scores keep their order.

    >>> weights = FusionWeights(keywords=1.7, nearness=2.0, coverage=2.6)
    >>> both, words = Features(9.0, 7.5, 1.0), Features(9.0, 5.0, 1.0)
    >>> list(fuse({"words": words, "both": both}, weights))
    ['both', 'words']
    """
    found = {
        i: each.keyword_score for i, each in features.items() if each.keyword_score is not None
    }
    keyword_scores = _scale(found)
    total = {
        i: weights.keywords * keyword_scores.get(i, 0.0)
        + weights.nearness * each.nearness
        + weights.coverage * each.coverage
        for i, each in features.items()
    }
    scaled = _scale(total)
    return {each: scaled[each] for each in sorted(scaled, key=scaled.__getitem__, reverse=True)}


def raise_similar(
    scores: Sequence[float], vectors: Vectors, floor: float, weights: Weights
) -> list[float]:
    """Returns the scores, each raised by the best similar record.

    Relevant records tend to be similar, and a record that resembles no other one is more often
    there by chance (cluster hypothesis; score regularization, Diaz 2005). `vectors` has shape
    (len(scores), dimensions), with a row of zeros for a record without a vector. Cosines up to
    `floor` do not count. Two records that resemble only each other keep their order.
    """
    if not scores:
        return []
    own = np.array(scores)
    likeness = np.clip((vectors @ vectors.T - floor) / (1 - floor), 0, 1)
    likeness **= weights.hybrid_likeness_power
    np.fill_diagonal(likeness, 0)
    raised: list[float] = (own + weights.hybrid_likeness * (likeness * own).max(axis=1)).tolist()
    return raised


def _measure_legal_rank(title: str, weights: Weights) -> float:
    authority = read_legal_rank(title)
    if authority is LegalRank.LAW:
        return weights.static_rank_law
    if authority is LegalRank.INTERPRETATION:
        return weights.static_rank_interpretation
    return 0.0


def _scale(values: Mapping[str, float]) -> dict[str, float]:
    if not values:
        return {}
    low, high = min(values.values()), max(values.values())
    return {key: (each - low) / (high - low) if high > low else 1.0 for key, each in values.items()}
