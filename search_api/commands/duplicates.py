"""`gongkai duplicates`: finds clusters of duplicate records in the whole index."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from gettext import gettext as _
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

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
from gongkai.language import translate_code

_SHOWN = ("title", "document_number", "index_number", "publisher", "issued_on", "published_on")
_CSV_HEADS = ("cluster", "kind", "score", "id", *_SHOWN)


def duplicates(
    threshold: Annotated[
        float, typer.Option(min=0.5, max=1.0, help="Minimum similarity of near-duplicate texts.")
    ] = NEAR,
    as_json: AsJson = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV, one row per record.")] = False,
    as_lines: Annotated[
        bool, typer.Option("--jsonl", help="Print JSON Lines, one cluster per line.")
    ] = False,
) -> None:
    """List clusters of duplicate records, without those that staff have decided."""
    installation = open_configured()
    clusters, records = asyncio.run(_find(installation, threshold))
    if as_json:
        listed = [_describe(cluster, records) for cluster in clusters]
        print_json({"clusters": listed})
    elif as_lines:
        for cluster in clusters:
            print(orjson.dumps(_describe(cluster, records), default=list).decode())
    elif as_csv:
        print(write_sheet(_CSV_HEADS, _csv_rows(clusters, records)), end="")
    else:
        _print_clusters(clusters, records, installation.tables.agencies.label_of)


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


def _print_clusters(
    clusters: Sequence[Cluster], records: Mapping[str, Subject], name_agency: Callable[[str], str]
) -> None:
    """Prints a heading for each cluster, and its records below, in any width of terminal."""
    console = Console(highlight=False, markup=False)
    for cluster in clusters:
        console.print(
            f"{cluster.id}  {translate_code(cluster.kind)}  {cluster.score:.2f}", style="bold"
        )
        table = Table(box=None, show_header=False, padding=(0, 0, 0, 2))
        table.add_column(overflow="fold", max_width=console.width // 3)
        table.add_column(overflow="fold")
        for name in cluster.members:
            lines = _lines(records[name], name_agency) if name in records else ()
            table.add_row(Text(name), Text("\n".join(lines)))
        console.print(table)
    records_in = sum(len(cluster.members) for cluster in clusters)
    print(
        _("{count:,} clusters, {records_in:,} records").format(
            count=len(clusters), records_in=records_in
        )
    )


def _lines(record: Subject, name_agency: Callable[[str], str]) -> Iterator[str]:
    """Yields the title of a record, and its number, agency and day."""
    yield record.title
    number = record.document_number or record.index_number
    yield "  ".join(filter(None, (number, name_agency(record.publisher), record.published_on)))
