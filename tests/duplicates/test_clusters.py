"""Pairs to clusters, and what staff decide about them."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from gongkai.duplicates.classify import Finding
from gongkai.duplicates.clusters import Pair, build_clusters, name_cluster
from gongkai.duplicates.decisions import Decision, Decisions, Verdict
from gongkai.duplicates.evidence import Kind
from gongkai.duplicates.scan_store import ScanStore


def kept_for(decisions: Decisions, record_id: str) -> str | None:
    """The record that this one was finally merged into."""
    return next(iter(decisions.kept_path(record_id)), None)


def pair(one: str, other: str, kind: Kind = Kind.SAME_TEXT, score: float = 1.0) -> Pair:
    return Pair(one, other, Finding(kind, score, score, score, (kind,)))


def verdict(*members: str, kept: str | None = None) -> Verdict:
    decision = Decision.DUPLICATE if kept else Decision.DISTINCT
    name = name_cluster(members)
    at = "2026-01-05T08:00:00+00:00"
    return Verdict(name, decision, members, Kind.NEAR_TEXT, 0.97, kept, "工号07", at)


def test_a_chain_is_one_cluster_named_by_its_members() -> None:
    pairs = [pair("b", "c", Kind.NEAR_TEXT, 0.96), pair("x", "y"), pair("a", "b")]
    clusters = build_clusters(pairs)
    assert [each.members for each in clusters] == [("x", "y"), ("a", "b", "c")]
    assert clusters[1].kind is Kind.SAME_TEXT
    assert clusters[1].score == 0.96
    assert clusters[1].id == name_cluster(["c", "a", "b"]) != clusters[0].id


@pytest.fixture
def decisions(tmp_path: Path) -> Decisions:
    return Decisions(tmp_path)


def test_a_merged_record_leads_to_the_one_kept_until_that_is_undone(decisions: Decisions) -> None:
    assert kept_for(decisions, "a") is None
    made = verdict("a", "b", "c", kept="b")
    decisions.decide(made)
    assert [kept_for(decisions, each) for each in "abc"] == ["b", None, "b"]
    assert decisions.undo(made.cluster, by="工号08")
    assert kept_for(decisions, "a") is None
    assert not decisions.undo(made.cluster, by="工号08")
    history = decisions.history(made.cluster)
    assert [(each.decision, each.decided_by) for each in history] == [
        ("duplicate", "工号07"),
        ("undone", "工号08"),
    ]


def test_mergers_are_followed_to_their_end_and_a_ring_leads_nowhere(decisions: Decisions) -> None:
    decisions.decide(verdict("a", "b", kept="b"))
    decisions.decide(verdict("b", "c", kept="c"))
    assert kept_for(decisions, "a") == kept_for(decisions, "b") == "c"
    decisions.decide(verdict("a", "c", kept="a"))
    assert [kept_for(decisions, each) for each in "abc"] == [None, None, None]


def test_another_process_sees_a_decision_at_once(tmp_path: Path) -> None:
    one, other = Decisions(tmp_path), Decisions(tmp_path)
    assert kept_for(other, "a") is None
    before = other.stamp()
    one.decide(verdict("a", "b", kept="b"))
    assert kept_for(other, "a") == "b"
    assert other.stamp() != before


def test_what_was_decided_is_never_changed(tmp_path: Path, decisions: Decisions) -> None:
    decisions.decide(verdict("a", "b"))
    with closing(sqlite3.connect(tmp_path / "decisions.sqlite3")) as connection:
        for statement in ("UPDATE decisions SET kept = 'x'", "DELETE FROM decisions"):
            with pytest.raises(sqlite3.IntegrityError, match="only added"):
                connection.execute(statement)


def test_the_file_is_its_owners_alone(tmp_path: Path, decisions: Decisions) -> None:
    decisions.decide(verdict("a", "b"))
    assert (tmp_path / "decisions.sqlite3").stat().st_mode & 0o077 == 0


def test_settled_clusters_are_not_listed_again_until_a_record_joins(
    tmp_path: Path, decisions: Decisions
) -> None:
    register = ScanStore(tmp_path, decisions)
    assert register.open_clusters() == []
    register.keep([pair("a", "b"), pair("c", "d")], "v1", "g1", 0.95)
    assert [each.members for each in register.open_clusters()] == [("a", "b"), ("c", "d")]
    decisions.decide(verdict("a", "b", kept="a"))
    decisions.decide(verdict("c", "d"))
    assert register.open_clusters() == []
    register.keep([pair("a", "b"), pair("b", "e"), pair("c", "d")], "v2", "g2", 0.95)
    again = ScanStore(tmp_path, decisions)
    assert [each.members for each in again.open_clusters()] == [("b", "e")]
    latest = again.latest()
    assert latest is not None
    assert (latest.version, latest.generation, latest.threshold) == ("v2", "g2", 0.95)
    assert latest.pairs[1] == pair("b", "e")
