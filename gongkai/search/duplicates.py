"""Duplicate detection for staff: open clusters of the current index, draft checks, decisions."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from gettext import gettext as _

from gongkai.catalog.dates import parse_date
from gongkai.catalog.document_number import parse_document_number
from gongkai.catalog.headings import gather_by_key
from gongkai.catalog.index_number import parse_index_number
from gongkai.catalog.plain_text import reduce_markup
from gongkai.catalog.row_reader import RowReader
from gongkai.catalog.stored_record import StoredRecord, decode_record
from gongkai.duplicates.clusters import Cluster
from gongkai.duplicates.comparable_text import Subject
from gongkai.duplicates.comparison import NEAR
from gongkai.duplicates.decisions import Decision, Decisions, Verdict, now
from gongkai.duplicates.draft_check import Match, check_draft
from gongkai.duplicates.pair_scan import scan
from gongkai.duplicates.scan_store import Scan, ScanStore
from gongkai.engines.installation import Installation
from gongkai.engines.port import SearchEngine
from gongkai.engines.scan import fetch_hits
from gongkai.errors import EngineUnavailableError
from gongkai.query.tree import Terms
from gongkai.search.background import start_in_background

WAIT_SECONDS = 15.0
"""How long a request waits for a scan; the first scan of 100,000 records takes longer."""


class ScanRunningError(EngineUnavailableError):
    """The first scan of the index has not finished yet."""

    def __init__(self) -> None:
        super().__init__(_("The index is being scanned for duplicates; try again in a minute."))


@dataclass(frozen=True, slots=True)
class Listed:
    """A cluster with its decision, if any, and those of its records that are still public."""

    cluster: Cluster
    verdict: Verdict | None
    records: Sequence[StoredRecord]


class DuplicateService:
    """Duplicate detection over one installation and engine; one instance serves all requests."""

    def __init__(self, installation: Installation, engine: SearchEngine) -> None:
        folder = installation.settings.data_dir
        self._installation = installation
        self._engine = engine
        self.decisions = Decisions(folder)
        self._register = ScanStore(folder, self.decisions)
        self._running: asyncio.Task[None] | None = None

    async def check(self, draft: Subject) -> list[Match]:
        """Returns public records that a draft duplicates or resembles."""
        analyzer, places = self._installation.analyzer, self._installation.places
        return await check_draft(draft, self._engine, analyzer, places.is_name)

    async def open_clusters(
        self, patience: float = WAIT_SECONDS
    ) -> tuple[Scan, bool, list[Cluster]]:
        """Returns the last scan, whether it is of the current index, and the clusters to decide.

        Raises ScanRunningError where there is no scan yet and a new one takes longer than
        `patience` seconds.
        """
        latest, is_current = await self._current_scan(patience)
        return latest, is_current, self._register.open_clusters()

    def settled(self, decision: Decision) -> list[Verdict]:
        """Returns the decisions in force of one kind, latest first."""
        verdicts = self.decisions.current().values()
        return [each for each in verdicts if each.decision is decision]

    async def find_cluster(self, cluster_id: str) -> Listed | None:
        """Returns an open or already decided cluster, or None."""
        _, _, clusters = await self.open_clusters()
        cluster = next((each for each in clusters if each.id == cluster_id), None)
        verdict = self.decisions.current().get(cluster_id)
        if cluster is None and verdict is not None:
            cluster = cluster_of(verdict)
        if cluster is None:
            return None
        return Listed(cluster, verdict, await self.read(cluster.members))

    async def read(self, members: Sequence[str]) -> list[StoredRecord]:
        """Returns the public records among these ids, the suggested one to keep first.

        Records with a document number come first, then by date of publication.
        """
        hits = await fetch_hits(self._engine, list(members))
        return sorted((decode_record(hit.stored) for hit in hits.values()), key=_rank)

    async def find_public(self, ids: Sequence[str]) -> frozenset[str]:
        """Returns the ids that public records have."""
        return frozenset(await fetch_hits(self._engine, list(ids)))

    async def within(
        self, clusters: Sequence[Cluster], publishers: frozenset[str]
    ) -> list[Cluster]:
        """Returns the clusters whose public records all have one of these publishers."""
        ids = [member for each in clusters for member in each.members]
        wanted = {"publisher": Terms("publisher", tuple(sorted(publishers)))}
        own = (await fetch_hits(self._engine, ids, wanted)).keys()
        near = [each for each in clusters if own & set(each.members)]
        public = await self.find_public([member for each in near for member in each.members])
        return [each for each in near if public & set(each.members) <= own]

    def decide(
        self, cluster: Cluster, decision: Decision, kept: str | None, by: str, note: str = ""
    ) -> Verdict:
        """Stores a decision; the index does not change."""
        verdict = Verdict(
            cluster=cluster.id,
            decision=decision,
            members=cluster.members,
            kind=cluster.kind,
            score=cluster.score,
            kept=kept,
            decided_by=by,
            decided_at=now(),
            note=note,
        )
        self.decisions.decide(verdict)
        return verdict

    async def _current_scan(self, patience: float) -> tuple[Scan, bool]:
        version = await self._engine.version()
        latest = self._register.latest()
        if latest and latest.version == version:
            return latest, True
        if self._running is None:
            self._running = start_in_background(self._scan(version))
        await asyncio.wait([self._running], timeout=patience)
        if self._running is not None and self._running.done():
            task, self._running = self._running, None
            task.result()
        scanned = self._register.latest()
        if scanned is None:
            raise ScanRunningError
        return scanned, scanned.version == version

    async def _scan(self, version: str) -> None:
        # Comparing takes long on the processor. A thread of its own keeps the event loop free.
        await asyncio.to_thread(lambda: asyncio.run(self._scan_apart(version)))

    async def _scan_apart(self, version: str) -> None:
        engine = self._installation.open_engine()
        try:
            live = await engine.live()
            pairs = await scan(engine, self._installation.places.is_name)
        finally:
            await engine.close()
        self._register.keep(pairs, version, live.name, NEAR)


def cluster_of(verdict: Verdict) -> Cluster:
    """Returns the cluster of a decision, with the fields that the decision stores."""
    return Cluster(verdict.cluster, verdict.kind, verdict.score, verdict.members, ())


def read_draft(content: Mapping[str, object], installation: Installation) -> Subject:
    """Reads a draft given under the catalog's headings or keys; unreadable numbers are left out."""
    cells = RowReader(gather_by_key(content)[0])
    publisher, index_number = cells.line("publisher"), cells.line("index_number")
    agency = installation.tables.agencies.find(publisher)
    number = cells.attempt("document_number", cells.line("document_number"), parse_document_number)
    index = cells.attempt("index_number", index_number, parse_index_number)
    issued = cells.attempt("issued_on", cells.line("issued_on"), parse_date)
    published = cells.attempt("published_on", cells.line("published_on"), parse_date)
    return Subject(
        id=cells.line("id"),
        title=cells.line("title"),
        document_number=number.canonical if number else None,
        index_number=index.canonical if index else index_number or None,
        publisher=agency.code if agency else publisher,
        issued_on=issued.iso if issued else None,
        published_on=published.iso if published else None,
        body=reduce_markup("\n".join(cells.texts("body"))),
    )


def _rank(record: StoredRecord) -> tuple[bool, str, str]:
    return not record.document_number, record.published_on.iso, record.id
