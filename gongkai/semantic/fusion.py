"""Rank fusion: the keyword list and the semantic list become one, by a weighted sum of scores.

>>> fuse({"a": 9.0, "b": 3.0}, {"b": 0.8, "c": 0.6}, 0.55)  # b is in both lists
{'b': 0.55, 'a': 0.44999999999999996, 'c': 0.0}
"""

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np

from gongkai.catalog.legal_rank import LegalRank, read_legal_rank
from gongkai.query.relevance import Weights
from gongkai.query.static_rank import is_ended
from gongkai.semantic.knn import Neighbour
from gongkai.semantic.model_port import Vectors


def add_static_rank(neighbour: Neighbour, spread: float, weights: Weights, today: date) -> float:
    """Returns the cosine of a record plus its static rank: legal rank and validity."""
    authority = read_legal_rank(neighbour.record.title)
    static_rank = 0.0 if is_ended(neighbour.record, today) else weights.static_rank_valid
    if authority is LegalRank.LAW:
        static_rank += weights.static_rank_law
    elif authority is LegalRank.INTERPRETATION:
        static_rank += weights.static_rank_interpretation
    return neighbour.cosine + weights.hybrid_static_rank * spread * static_rank


def fuse(
    scores: Mapping[str, float], nearness: Mapping[str, float], weight: float
) -> dict[str, float]:
    """Returns each id of either list with its fused score, best first; ties keep keyword order.

    `scores` are the keyword hits, best first; `nearness` are results of `add_static_rank`, which
    have `weight`, between 0 and 1.
    """
    keyword_scores, semantic_scores = _scale(scores), _scale(nearness)
    ids = dict.fromkeys((*scores, *nearness))
    total = {
        i: (1 - weight) * keyword_scores.get(i, 0.0) + weight * semantic_scores.get(i, 0.0)
        for i in ids
    }
    return {each: total[each] for each in sorted(ids, key=total.__getitem__, reverse=True)}


def regularize_scores(
    scores: Sequence[float], vectors: Vectors, floor: float, weights: Weights
) -> list[float]:
    """Returns the scores with those of similar records drawn towards each other.

    Relevant records tend to be similar, and a record that resembles no other one is more often
    there by chance (score regularization, Diaz 2005). `vectors` has shape (len(scores),
    dimensions), with a row of zeros for a record without a vector. Cosines up to `floor` do not
    count. A record without similar ones keeps its score.
    """
    if not scores:
        return []
    own = np.array(scores)
    likeness = (
        np.clip((vectors @ vectors.T - floor) / (1 - floor), 0, 1) ** weights.hybrid_likeness_power
    )
    np.fill_diagonal(likeness, 0)
    whole = likeness.sum(axis=1)
    theirs = np.divide(likeness @ own, whole, out=own.copy(), where=whole > 0)
    weight = weights.hybrid_likeness
    mixed: list[float] = ((1 - weight) * own + weight * theirs).tolist()
    return mixed


def _scale(values: Mapping[str, float]) -> Mapping[str, float]:
    if not values:
        return {}
    low, high = min(values.values()), max(values.values())
    return {key: (each - low) / (high - low) if high > low else 1.0 for key, each in values.items()}
