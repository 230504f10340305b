"""Two lists of one question in, one order out: what has its words, and what is near in meaning."""

from collections.abc import Mapping

from catalog.authority import Authority, read_authority
from queries.relevance import Weights
from queries.scoring import REPEALED
from semantics.nearest import Neighbour

NEARNESS_WEIGHT = 0.55
"""Of the nearness, beside the words' score; each is put between 0 and 1 over its own list first.

Between 0.5 and 0.65 the figures of docs/relevance.md differ by 0.002.
"""
STANDING_SHARE = 0.6
"""Of the spread of a model's cosines, for each point of standing in relevance.toml.

A law is as near to a question as the rules that repeat it; what it is by itself has to tell here as
it does among the words. From 0.5 on the figures stay the same within 0.002.
"""


def lift(neighbour: Neighbour, spread: float, weights: Weights) -> float:
    """How near a record is, with what it is by itself: its rank, and whether it is in force."""
    authority = read_authority(str(neighbour.stored["title"]))
    standing = 0.0 if neighbour.stored["validity"] in REPEALED else weights.standing_valid
    if authority is Authority.LAW:
        standing += weights.standing_law
    elif authority is Authority.INTERPRETATION:
        standing += weights.standing_interpretation
    return neighbour.cosine + STANDING_SHARE * spread * standing


def fuse(scores: Mapping[str, float], nearness: Mapping[str, float]) -> list[str]:
    """Ids of both lists, the best first; of equals, the one that comes first in `scores`.

    `scores`: what has the words, the best first; `nearness`: what `lift` gives of the nearest.
    """
    worded, near = _scale(scores), _scale(nearness)
    ids = dict.fromkeys((*scores, *nearness))
    weight = NEARNESS_WEIGHT
    total = {i: (1 - weight) * worded.get(i, 0.0) + weight * near.get(i, 0.0) for i in ids}
    return sorted(ids, key=total.__getitem__, reverse=True)


def _scale(values: Mapping[str, float]) -> Mapping[str, float]:
    if not values:
        return {}
    low, high = min(values.values()), max(values.values())
    return {key: (each - low) / (high - low) if high > low else 1.0 for key, each in values.items()}
