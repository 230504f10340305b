"""`/api/v1/duplicates`: clusters, decisions and checks of drafts for API clients of staff.

The endpoints require a token and are not part of the public OpenAPI document.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from gongkai.catalog.record import Record
from gongkai.duplicates.clusters import Cluster
from gongkai.duplicates.comparable_text import Subject
from gongkai.duplicates.decisions import Decision, Verdict
from gongkai.duplicates.differences import Passage, list_passages
from gongkai.duplicates.draft_check import Match
from gongkai.duplicates.evidence import Kind, spell_evidence
from gongkai.errors import BadRequestError
from gongkai.search.duplicates import DuplicateService, cluster_of, read_draft
from gongkai.staff.audit import Action, Audit
from gongkai.staff.audit_subjects import MatchCount, Ruling
from search_api.http.errors import UnknownRecordError
from search_api.http.search_requests import refuse_unknown
from search_api.http.state import services_of
from search_api.staff.auth import StaffDependency, require_token
from search_api.staff.staff_dependencies import (
    AuditDependency,
    ClusterId,
    DuplicateServiceDependency,
)

BODY_LIMIT = 5_000_000
"""Maximum number of characters of a draft's text."""
PASSAGES = 50
NOTE_LIMIT = 500
_FACTS = ("id", "title", "document_number", "index_number", "issued_on", "published_on")
_COMPARED = {*(kind for kind in Kind if kind.is_duplicate), Kind.REVISION, Kind.SAME_FORM}

router = APIRouter(
    prefix="/api/v1/duplicates", include_in_schema=False, dependencies=[Depends(require_token)]
)


class DecisionBody(BaseModel):
    """A decision on a cluster. `keep` is the id of the record that stays or is the latest."""

    model_config = ConfigDict(extra="forbid")

    decision: Decision
    keep: str | None = Field(None, max_length=200)
    note: str = Field("", max_length=NOTE_LIMIT)


class ClusterQuery(BaseModel):
    """The state and kind of clusters, and the page of the list."""

    model_config = ConfigDict(extra="forbid")

    state: str = Field("open", pattern="^(open|duplicate|distinct|version)$")
    kind: Kind | None = None
    page: int = Field(1, ge=1, le=100_000)
    size: int = Field(20, ge=1, le=100)


@router.get("")
async def clusters(
    parameters: Annotated[ClusterQuery, Query()], duplicate_service: DuplicateServiceDependency
) -> Mapping[str, Any]:
    """Returns clusters that need a decision, or those with the given decision."""
    latest, is_current, found = await duplicate_service.open_clusters()
    verdicts: Mapping[str, Verdict] = {}
    if parameters.state != "open":
        settled = duplicate_service.settled(Decision(parameters.state))
        verdicts = {each.cluster: each for each in settled}
        found = [cluster_of(each) for each in settled]
    if parameters.kind:
        found = [each for each in found if each.kind is parameters.kind]
    first = (parameters.page - 1) * parameters.size
    shown = found[first : first + parameters.size]
    return {
        "generation": latest.generation,
        "scanned_at": latest.scanned_at,
        "is_current": is_current,
        "threshold": latest.threshold,
        "total": len(found),
        "page": parameters.page,
        "size": parameters.size,
        "clusters": [
            describe_cluster(
                each, await duplicate_service.read(each.members), verdicts.get(each.id)
            )
            for each in shown
        ],
    }


@router.post("/check")
async def check(
    request: Request,
    draft: Annotated[dict[str, Any], Body()],
    duplicate_service: DuplicateServiceDependency,
    staff: StaffDependency,
    audit: AuditDependency,
) -> Mapping[str, Any]:
    """Checks a draft record before publication; returns duplicates and related records."""
    refuse_unknown(request, ())
    subject = read_draft(draft, services_of(request).installation)
    if len(subject.body) > BODY_LIMIT:
        raise BadRequestError("body", "正文过长")
    if not any((subject.title, subject.document_number, subject.index_number, subject.body)):
        raise BadRequestError("title", "请至少填写标题、文号、索引号、正文中的一项")
    matches = await duplicate_service.check(subject)
    audit.add(staff.name, Action.CHECKED, MatchCount(len(matches)))
    described = await run_in_threadpool(lambda: [describe_match(subject, m) for m in matches])
    return {
        "duplicates": [each for each in described if Kind(each["kind"]).is_duplicate],
        "related": [each for each in described if not Kind(each["kind"]).is_duplicate],
    }


@router.get("/{cluster_id}")
async def cluster(
    cluster_id: ClusterId, request: Request, duplicate_service: DuplicateServiceDependency
) -> Mapping[str, Any]:
    """Returns one cluster with the history of its decisions."""
    refuse_unknown(request, ())
    found = await duplicate_service.find_cluster(cluster_id)
    if found is None:
        raise UnknownRecordError
    history = duplicate_service.decisions.history(cluster_id)
    described = describe_cluster(found.cluster, found.records, found.verdict)
    return {**described, "history": history}


@router.put("/{cluster_id}/decision")
async def decide(
    cluster_id: ClusterId,
    body: DecisionBody,
    duplicate_service: DuplicateServiceDependency,
    staff: StaffDependency,
    audit: AuditDependency,
) -> Mapping[str, Any]:
    """Stores a decision. Earlier decisions on the same cluster stay in its history."""
    return describe_verdict(await settle(cluster_id, body, duplicate_service, staff.name, audit))


@router.delete("/{cluster_id}/decision", status_code=204)
async def undo(
    cluster_id: ClusterId,
    duplicate_service: DuplicateServiceDependency,
    staff: StaffDependency,
    audit: AuditDependency,
) -> None:
    """Withdraws a decision."""
    if not duplicate_service.decisions.undo(cluster_id, by=staff.name):
        raise UnknownRecordError
    audit.add(staff.name, Action.UNDONE, cluster_id)


async def settle(
    cluster_id: str, body: DecisionBody, duplicate_service: DuplicateService, by: str, audit: Audit
) -> Verdict:
    """Stores a decision and returns it.

    Raises UnknownRecordError for an unknown cluster, BadRequestError for a record outside it.
    """
    found = await duplicate_service.find_cluster(cluster_id)
    if found is None:
        raise UnknownRecordError
    kept = None
    if body.decision is not Decision.DISTINCT:
        kept = body.keep or next((each.id for each in found.records), None)
        if kept not in found.cluster.members:
            raise BadRequestError("keep", "保留的信息不在这一组中")
    verdict = duplicate_service.decide(found.cluster, body.decision, kept, by, body.note)
    audit.add(by, Action.DECIDED, Ruling(cluster_id, body.decision))
    return verdict


def describe_cluster(
    cluster: Cluster, records: Sequence[Record], verdict: Verdict | None
) -> dict[str, Any]:
    """Returns a cluster as JSON, without records that are no longer public."""
    return {
        "id": cluster.id,
        "kind": cluster.kind,
        "score": round(cluster.score, 4),
        "records": [
            {**_describe_facts(Subject.of(each)), "publisher": each.publisher_name}
            for each in records
        ],
        "pairs": [
            {
                "records": [pair.one, pair.other],
                "kind": pair.finding.kind,
                "score": round(pair.finding.score, 4),
                "jaccard": pair.finding.jaccard,
                "containment": pair.finding.containment,
                "evidence": [spell_evidence(each) for each in pair.finding.evidence],
            }
            for pair in cluster.pairs
        ],
        "decision": describe_verdict(verdict) if verdict else None,
    }


def describe_verdict(verdict: Verdict) -> dict[str, Any]:
    """Returns a decision as JSON."""
    return {
        "cluster": verdict.cluster,
        "decision": verdict.decision,
        "kept": verdict.kept,
        "records": verdict.members,
        "decided_by": verdict.decided_by,
        "decided_at": verdict.decided_at,
        "note": verdict.note,
    }


def describe_match(draft: Subject, match: Match) -> dict[str, Any]:
    """Returns a match of a draft as JSON, with the passages that differ."""
    finding, record = match.finding, match.record
    return {
        "id": record.id,
        "record": {**_describe_facts(record), "publisher": record.publisher},
        "kind": finding.kind,
        "score": round(finding.score, 4),
        "jaccard": finding.jaccard,
        "containment": finding.containment,
        "evidence": [spell_evidence(each) for each in finding.evidence],
        "passages": [
            {"before": p.before, "draft": p.one, "record": p.other, "after": p.after}
            for p in find_passages(draft, match)
        ],
    }


def _describe_facts(subject: Subject) -> dict[str, object]:
    return {key: getattr(subject, key) for key in _FACTS}


def find_passages(draft: Subject, match: Match) -> list[Passage]:
    """Returns the differing passages. It is empty if the two are not versions of one text."""
    is_compared = match.finding.kind in _COMPARED and draft.body and match.record.body
    return list_passages(draft.body, match.record.body, PASSAGES) if is_compared else []
