"""Stores the last scan of the index for duplicates, and combines it with the decisions."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import orjson

from gongkai.duplicates.classify import Finding
from gongkai.duplicates.clusters import Cluster, Pair, build_clusters
from gongkai.duplicates.decisions import Decisions, now
from gongkai.duplicates.evidence import Kind, read_evidence, spell_evidence
from gongkai.files.durable import read_json, replace_file, signature


@dataclass(frozen=True, slots=True)
class Scan:
    """All pairs found in one version of the index; `scanned_at` is ISO UTC."""

    version: str
    generation: str
    threshold: float
    scanned_at: str
    pairs: tuple[Pair, ...]


class ScanStore:
    """The last scan of one installation, read again whenever its file changes."""

    def __init__(self, folder: Path, decisions: Decisions) -> None:
        self._path = folder / "duplicates.json"
        self._decisions = decisions
        self._seen: object = None
        self._scan: Scan | None = None

    def latest(self) -> Scan | None:
        """Returns the last scan, or None before the first."""
        seen = signature(self._path)
        if seen != self._seen:
            self._scan = _read(read_json(self._path)) if seen else None
            self._seen = seen
        return self._scan

    def keep(self, pairs: Sequence[Pair], version: str, generation: str, threshold: float) -> Scan:
        """Replaces the last scan."""
        scan = Scan(version, generation, threshold, now(), tuple(pairs))
        replace_file(self._path, orjson.dumps(_write(scan)))
        return scan

    def open_clusters(self) -> list[Cluster]:
        """Returns the clusters of the last scan that need a decision.

        Two records decided as distinct are not joined by their own pair again, and a merged cluster
        disappears. Together with a later record it is a new cluster.
        """
        scan = self.latest()
        if scan is None:
            return []
        settled = self._decisions.settled_pairs()
        return build_clusters(p for p in scan.pairs if (p.one, p.other) not in settled)


def _write(scan: Scan) -> dict[str, Any]:
    pairs = [[pair.one, pair.other, _write_finding(pair.finding)] for pair in scan.pairs]
    return {**{name: getattr(scan, name) for name in _PLAIN}, "pairs": pairs}


def _write_finding(finding: Finding) -> dict[str, Any]:
    return {**asdict(finding), "evidence": [spell_evidence(each) for each in finding.evidence]}


def _read(content: Mapping[str, Any]) -> Scan:
    pairs = tuple(Pair(one, other, _read_finding(each)) for one, other, each in content["pairs"])
    return Scan(**{name: content[name] for name in _PLAIN}, pairs=pairs)


def _read_finding(content: Mapping[str, Any]) -> Finding:
    kind, evidence = Kind(content["kind"]), tuple(map(read_evidence, content["evidence"]))
    return Finding(**{**content, "kind": kind, "evidence": evidence})


_PLAIN = ("version", "generation", "threshold", "scanned_at")
