"""Two lists of one question in, one order out: what has its words, and what is near in meaning."""

from collections.abc import Mapping

NEARNESS_WEIGHT = 0.5
"""Of the nearness, beside the words' score; each is put between 0 and 1 over its own list first."""


def fuse(scores: Mapping[str, float], nearness: Mapping[str, float]) -> list[str]:
    """Ids of both lists, the best first; of equals, the one that comes first in `scores`.

    `scores`: what has the words, the best first; `nearness`: cosines of the nearest.
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
