"""`gongkai evaluate`: measures the ranking with judged queries."""

import asyncio
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from gettext import gettext as _
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from gongkai.command_line import AsJson, open_configured, print_json
from gongkai.engines.installation import Installation
from gongkai.engines.port import SearchEngine
from gongkai.engines.scan import fetch_hits
from gongkai.evaluation.metrics import (
    DEPTH,
    Figures,
    JudgedQuery,
    Judgements,
    measure,
    read_judgements,
    read_queries,
)
from gongkai.query.relevance import profiles
from gongkai.query.request import SearchRequest
from gongkai.search.service import SearchService
from gongkai.semantic.model_files import is_semantic_on
from gongkai.services import open_services

_SHOWN = 5
Row = tuple[str, str, Figures]
"""Profile, wording, figures."""


def evaluate(
    queries: Annotated[Path, typer.Option(help='JSON Lines: {"id", "text"}, optional "keywords".')],
    qrels: Annotated[Path, typer.Option(help="TREC lines: query, 0, record, grade.")],
    profile: Annotated[
        list[str] | None, typer.Option(help="Ranking profiles of relevance.toml (default: all).")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Print nDCG@10, MRR@10 and Recall@100 of judged queries for each ranking profile."""
    judged, judgements = read_queries(queries), read_judgements(qrels)
    installation = open_configured()
    rows = asyncio.run(_evaluate(installation, judged, judgements, profile or profiles()))
    if as_json:
        listed = [{"profile": p, "wording": w, **asdict(figures)} for p, w, figures in rows]
        print_json(listed)
    else:
        Console().print(_draw(rows))


async def rank(
    service: SearchService,
    judged: Sequence[JudgedQuery],
    wording: str,
    judgements: Judgements,
    *,
    semantic: bool = True,
) -> list[tuple[list[str], dict[str, int]]]:
    """Returns the ranked ids and the grades of each query that has this wording."""
    ranked: list[tuple[list[str], dict[str, int]]] = []
    for query in judged:
        if text := query.texts.get(wording):
            request = SearchRequest(
                text, size=DEPTH, facets=(), highlight=False, semantic=semantic, fold=False
            )
            answer = await service.search(request)
            ranked.append(([hit.id for hit in answer.hits], dict(judgements.get(query.id, {}))))
    return ranked


async def _evaluate(
    installation: Installation,
    judged: Sequence[JudgedQuery],
    judgements: Judgements,
    names: Sequence[str],
) -> list[Row]:
    """Returns a row per profile and wording, with and without semantic search if it is enabled."""
    rows: list[Row] = []
    ways = (False, True) if is_semantic_on(installation.settings) else (False,)
    for at, name in enumerate(names):
        async with open_services(installation, name) as services:
            if at == 0:
                await _warn_of_missing(services.engine, judged, judgements)
            for wording in _wordings(judged):
                for semantic in ways:
                    ranked = await rank(
                        services.search, judged, wording, judgements, semantic=semantic
                    )
                    label = f"{name} + semantic" if semantic else name
                    rows.append((label, wording, measure(ranked)))
    return rows


async def _warn_of_missing(
    engine: SearchEngine, judged: Sequence[JudgedQuery], judgements: Judgements
) -> None:
    """Warns of relevant records that the index lacks: no ranking can find them."""
    grades = [judgements.get(query.id, {}) for query in judged]
    relevant = list(dict.fromkeys(key for each in grades for key, grade in each.items() if grade))
    found = await fetch_hits(engine, relevant)
    if missing := [each for each in relevant if each not in found]:
        print(
            _("{missing:,} of {total:,} relevant records are not in the index: {ids}").format(
                missing=len(missing), total=len(relevant), ids=", ".join(missing[:_SHOWN])
            ),
            file=sys.stderr,
        )


def _wordings(judged: Sequence[JudgedQuery]) -> Iterator[str]:
    yield from dict.fromkeys(name for query in judged for name in query.texts)


def _draw(rows: Sequence[Row]) -> Table:
    table = Table(_("profile"), _("wording"), _("queries"), "nDCG@10", "MRR@10", "Recall@100")
    for profile, wording, figures in rows:
        shares = (figures.ndcg, figures.reciprocal_rank, figures.recall)
        table.add_row(profile, wording, f"{figures.queries:,}", *(f"{x:.4f}" for x in shares))
    return table
