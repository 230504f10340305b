"""Pairs of records in, clusters out. `gongkai.duplicates.scan` calls it."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from gongkai.duplicates.classify import LAYERS, Finding, Kind


@dataclass(frozen=True, slots=True)
class Pair:
    """Two duplicates; `one` comes before `other` in the order of ids."""

    one: str
    other: str
    finding: Finding


@dataclass(frozen=True, slots=True)
class Cluster:
    """Records that duplicate one another. `score`: of its weakest link; `kind`: of its surest."""

    id: str
    kind: Kind
    score: float
    members: tuple[str, ...]
    pairs: tuple[Pair, ...]


def build_clusters(pairs: Iterable[Pair]) -> list[Cluster]:
    """Joined by any chain of pairs, the surest evidence first."""
    listed = list(pairs)
    leaders = _join(listed)
    groups: defaultdict[str, list[Pair]] = defaultdict(list)
    for pair in listed:
        groups[_lead(leaders, pair.one)].append(pair)
    clusters = [_build(group) for group in groups.values()]
    return sorted(clusters, key=lambda c: (LAYERS.index(c.kind), -c.score, c.id))


def name_cluster(members: Iterable[str]) -> str:
    """Names just these members: with one more it is another cluster, to be decided anew."""
    text = "\n".join(sorted(members))
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def _build(pairs: list[Pair]) -> Cluster:
    members = tuple(sorted({name for pair in pairs for name in (pair.one, pair.other)}))
    return Cluster(
        id=name_cluster(members),
        kind=min((pair.finding.kind for pair in pairs), key=LAYERS.index),
        score=min(pair.finding.score for pair in pairs),
        members=members,
        pairs=tuple(pairs),
    )


def _join(pairs: Iterable[Pair]) -> dict[str, str]:
    leaders: dict[str, str] = {}
    for pair in pairs:
        one, other = _lead(leaders, pair.one), _lead(leaders, pair.other)
        if one != other:
            leaders[max(one, other)] = min(one, other)
    return leaders


def _lead(leaders: dict[str, str], name: str) -> str:
    while (leader := leaders.get(name, name)) != name:
        # Halves the path for the next that asks.
        leaders[name] = leaders.get(leader, leader)
        name = leader
    return name
