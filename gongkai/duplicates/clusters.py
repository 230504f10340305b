"""Groups pairs of duplicates into clusters."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from gongkai.duplicates.classify import Finding
from gongkai.duplicates.evidence import LAYERS, Kind


@dataclass(frozen=True, slots=True)
class Pair:
    """Two duplicates; `one` sorts before `other` by id."""

    one: str
    other: str
    finding: Finding


@dataclass(frozen=True, slots=True)
class Cluster:
    """Records that duplicate one another, with the lowest score and strongest kind of a pair."""

    id: str
    kind: Kind
    score: float
    members: tuple[str, ...]
    pairs: tuple[Pair, ...]


def build_clusters(pairs: Iterable[Pair]) -> list[Cluster]:
    """Returns clusters of records connected by pairs, strongest evidence first."""
    listed = list(pairs)
    leaders = _join(listed)
    groups: defaultdict[str, list[Pair]] = defaultdict(list)
    for pair in listed:
        groups[_lead(leaders, pair.one)].append(pair)
    clusters = [_build(group) for group in groups.values()]
    return sorted(clusters, key=lambda c: (LAYERS.index(c.kind), -c.score, c.id))


def name_cluster(members: Iterable[str]) -> str:
    """Returns an id of exactly these members; one more member makes another cluster."""
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
        # Path halving speeds up later lookups.
        leaders[name] = leaders.get(leader, leader)
        name = leader
    return name
