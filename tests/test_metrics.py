"""Figures of a ranking: against values worked out by hand, and their laws."""

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.errors import JudgementsError
from gongkai.evaluation.metrics import measure, read_judgements, read_queries

GRADES = {"a": 2, "b": 1, "c": 0}


def test_figures_by_hand() -> None:
    figures = measure([(["x", "a", "b"], GRADES)])
    ideal = 2 + 1 / math.log2(3)
    assert figures.ndcg == pytest.approx((2 / math.log2(3) + 1 / 2) / ideal)
    assert figures.reciprocal_rank == 0.5
    assert figures.recall == 1.0


def test_means_leave_out_queries_without_an_answer() -> None:
    figures = measure([(["a", "b"], GRADES), (["z"], GRADES), (["z"], {})])
    assert figures.queries == 2
    assert figures.ndcg == 0.5
    assert figures.recall == 0.5
    assert measure([]).queries == 0


@given(st.lists(st.sampled_from("abcxyz"), unique=True))
def test_every_figure_lies_between_nothing_and_all(ranked: list[str]) -> None:
    figures = measure([(ranked, GRADES)])
    for figure in (figures.ndcg, figures.reciprocal_rank, figures.recall):
        assert 0 <= figure <= 1 + 1e-9
    assert figures.ndcg <= measure([(["a", "b"], GRADES)]).ndcg


def test_files_are_read(tmp_path: Path) -> None:
    queries = tmp_path / "queries.jsonl"
    queries.write_text('{"id": 7, "text": "低保", "keywords": null}\n\n', encoding="utf-8")
    qrels = tmp_path / "qrels.tsv"
    qrels.write_text("7\t0\trecord-1\t1\n", encoding="utf-8")
    (query,) = read_queries(queries)
    assert (query.id, dict(query.texts)) == ("7", {"text": "低保"})
    assert read_judgements(qrels) == {"7": {"record-1": 1}}


@pytest.mark.parametrize("line", ["7 record 1", "7\t0\trecord\tgood", "nonsense"])
def test_a_line_that_judges_nothing_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "file"
    path.write_text(f"{line}\n", encoding="utf-8")
    with pytest.raises(JudgementsError, match=":1"):
        read_judgements(path)


@pytest.mark.parametrize("line", ["{}", "[1]", "no json", '"text"'])
def test_a_line_that_asks_nothing_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "file"
    path.write_text(f"{line}\n", encoding="utf-8")
    with pytest.raises(JudgementsError, match=":1"):
        read_queries(path)
    with pytest.raises(JudgementsError):
        read_queries(tmp_path / "missing")
