"""Checks a draft for duplicates: one query for candidates, then a comparison with each."""

from dataclasses import dataclass

from analyzers.text_analyzer import TextAnalyzer
from gongkai.catalog.stored_record import decode_record
from gongkai.duplicates.candidates import CANDIDATES, find_candidates
from gongkai.duplicates.classify import Finding, classify
from gongkai.duplicates.comparable_text import Subject
from gongkai.duplicates.comparison import NEAR
from gongkai.duplicates.evidence import LAYERS
from gongkai.duplicates.titles import IsPlace
from gongkai.engines.port import EngineQuery, SearchEngine


@dataclass(frozen=True, slots=True)
class Match:
    """A public record, and its relation to the draft."""

    record: Subject
    finding: Finding


async def check_draft(
    draft: Subject,
    engine: SearchEngine,
    analyzer: TextAnalyzer,
    is_place: IsPlace,
    threshold: float = NEAR,
) -> list[Match]:
    """Returns the matches of a draft, strongest layer first, then by score.

    A record with the draft's own id is not included.
    """
    query = EngineQuery(find_candidates(draft, analyzer), limit=CANDIDATES)
    hits = (await engine.search(query)).hits
    records = [Subject.of(decode_record(hit.stored)) for hit in hits if hit.id != draft.id]
    judged = ((record, classify(draft, record, is_place, threshold)) for record in records)
    matches = [Match(record, finding) for record, finding in judged if finding]
    return sorted(matches, key=lambda m: (LAYERS.index(m.finding.kind), -m.finding.score))
