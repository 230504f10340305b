"""`gongkai duplicates`: finds clusters of duplicate records in the whole index."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from gettext import gettext as _
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.table import Table

from gongkai.catalog.stored_record import decode_record
from gongkai.command_line import AsJson, open_configured, open_progress, print_json
from gongkai.duplicates.clusters import Cluster
from gongkai.duplicates.comparable_text import Subject
from gongkai.duplicates.comparison import NEAR
from gongkai.duplicates.decisions import Decisions
from gongkai.duplicates.evidence import spell_evidence
from gongkai.duplicates.pair_scan import scan
from gongkai.duplicates.scan_store import ScanStore
from gongkai.engines.installation import Installation
from gongkai.engines.scan import fetch_hits
from gongkai.files.spreadsheets import write_sheet

_SHOWN = ("title", "document_number", "index_number", "publisher", "issued_on", "published_on")
_CSV_HEADS = ("cluster", "kind", "score", "id", *_SHOWN)


def duplicates(
    threshold: Annotated[
        float, typer.Option(min=0.5, max=1.0, help="Minimum similarity of near-duplicate texts.")
    ] = NEAR,
    as_json: AsJson = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV, one row per record.")] = False,
) -> None:
    """List clusters of duplicate records, without those that staff have decided."""
    clusters, records = asyncio.run(_find(open_configured(), threshold))
    if as_json:
        listed = [_describe(cluster, records) for cluster in clusters]
        print_json({"clusters": listed})
    elif as_csv:
        print(write_sheet(_CSV_HEADS, _csv_rows(clusters, records)), end="")
    else:
        _print_table(clusters, records)


async def _find(
    installation: Installation, threshold: float
) -> tuple[list[Cluster], Mapping[str, Subject]]:
    engine = installation.open_engine()
    folder = installation.settings.data_dir
    register = ScanStore(folder, Decisions(folder))
    columns = (TextColumn(_("comparing")), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    try:
        version, live = await engine.version(), await engine.live()
        with open_progress(*columns) as bar:
            task = bar.add_task("", total=None)
            pairs = await scan(
                engine,
                installation.places.is_name,
                threshold,
                on_total=lambda total: bar.update(task, total=total),
                on_pair=lambda count: bar.advance(task, count),
            )
        register.keep(pairs, version, live.name, threshold)
        clusters = register.open_clusters()
        names = [member for cluster in clusters for member in cluster.members]
        hits = await fetch_hits(engine, names)
    finally:
        await engine.close()
    return clusters, {name: Subject.of(decode_record(hit.stored)) for name, hit in hits.items()}


def _describe(cluster: Cluster, records: Mapping[str, Subject]) -> dict[str, Any]:
    members = [records[name] for name in cluster.members if name in records]
    return {
        "id": cluster.id,
        "kind": cluster.kind,
        "score": round(cluster.score, 4),
        "records": [{key: getattr(each, key) for key in ("id", *_SHOWN)} for each in members],
        "pairs": [
            {
                "records": [pair.one, pair.other],
                "kind": pair.finding.kind,
                "score": round(pair.finding.score, 4),
                "evidence": [spell_evidence(each) for each in pair.finding.evidence],
            }
            for pair in cluster.pairs
        ],
    }


def _csv_rows(
    clusters: Sequence[Cluster], records: Mapping[str, Subject]
) -> Iterator[list[object]]:
    for cluster in clusters:
        for name in cluster.members:
            shown = [getattr(records.get(name), key, None) for key in _SHOWN]
            yield [cluster.id, cluster.kind.value, round(cluster.score, 4), name, *shown]


def _print_table(clusters: Sequence[Cluster], records: Mapping[str, Subject]) -> None:
    table = Table(box=None)
    for head in ("cluster", "kind", "score", "id"):
        table.add_column(head, no_wrap=True)
    for head in ("title", "number"):
        table.add_column(head, overflow="fold")
    for cluster in clusters:
        for at, name in enumerate(cluster.members):
            record = records.get(name)
            first = (cluster.id, cluster.kind, f"{cluster.score:.2f}") if at == 0 else ("", "", "")
            number = (record.document_number or record.index_number or "") if record else ""
            table.add_row(*first, name, record.title if record else "", number)
    Console().print(table)
    records_in = sum(len(cluster.members) for cluster in clusters)
    print(
        _("{count:,} clusters, {records_in:,} records").format(
            count=len(clusters), records_in=records_in
        )
    )
