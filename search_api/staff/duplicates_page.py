"""`/staff/duplicates`: clusters, side-by-side comparison, decisions."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from gongkai.catalog.fields import TITLES
from gongkai.catalog.record import Record
from gongkai.duplicates.clusters import Cluster
from gongkai.duplicates.decisions import Decision, Verdict
from gongkai.duplicates.scan_store import Scan
from gongkai.search.duplicates import DuplicateService, Listed, cluster_of
from gongkai.staff.audit import Action
from gongkai.staff.audit_subjects import ListName, StaffList
from gongkai.staff.roles import Scope
from search_api.http.dependencies import ContextDependency, sheet_response
from search_api.http.errors import UnknownPageError, UnknownRecordError
from search_api.staff.api import DecisionBody, settle
from search_api.staff.auth import NotAllowedError
from search_api.staff.page import KIND_LABELS, STATES, describe_verdict, face, render_staff
from search_api.staff.staff_dependencies import (
    ClerkActing,
    ClerkLooking,
    ClusterId,
    DuplicateServiceDependency,
)

PAGE_SIZE = 20
_HEADS = (
    *("组", "依据", "相似度", "编号", TITLES["title"], TITLES["document_number"]),
    *(TITLES["index_number"], TITLES["publisher"], TITLES["issued_on"], TITLES["published_on"]),
    "保留",
)
State = Annotated[str, Query(pattern="^(open|duplicate|distinct|version)$")]
router = APIRouter(prefix="/staff", include_in_schema=False, default_response_class=HTMLResponse)


@router.get("/duplicates")
async def clusters(
    context: ContextDependency,
    acting: ClerkLooking,
    duplicate_service: DuplicateServiceDependency,
    state: State = "open",
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
) -> HTMLResponse:
    """Shows one page of clusters."""
    scan, is_current, listed = await _list_clusters(duplicate_service, state, acting.scope)
    shown = listed[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    rows = [Listed(c, v, await duplicate_service.read(c.members)) for c, v in shown]
    return HTMLResponse(
        render_staff(
            "clusters.html",
            context,
            acting.session,
            rows=rows,
            labels=KIND_LABELS,
            describe=describe_verdict,
            states=STATES.items(),
            state=state,
            scan=scan,
            is_current=is_current,
            total=len(listed),
            number=page,
            pages=max(1, -(-len(listed) // PAGE_SIZE)),
        )
    )


@router.get("/duplicates.csv")
async def export_clusters(
    acting: ClerkLooking,
    duplicate_service: DuplicateServiceDependency,
    state: State = "open",
) -> Response:
    """Returns all clusters of one state as CSV, one row per record."""
    _, _, listed = await _list_clusters(duplicate_service, state, acting.scope)
    rows = [
        [c.id, KIND_LABELS[c.kind], round(c.score, 4), *_cells(record), v.kept if v else ""]
        for c, v in listed
        for record in await duplicate_service.read(c.members)
    ]
    acting.note(Action.EXPORTED, StaffList(ListName.DUPLICATES, state))
    return sheet_response("duplicates", _HEADS, rows)


@router.get("/duplicates/{cluster_id}")
async def cluster(
    cluster_id: ClusterId,
    context: ContextDependency,
    acting: ClerkLooking,
    duplicate_service: DuplicateServiceDependency,
) -> HTMLResponse:
    """Shows the records of one cluster side by side, with the decision form."""
    found = await _check_own(duplicate_service, cluster_id, acting.scope)
    if found is None:
        raise UnknownPageError
    facing = await run_in_threadpool(face, found.cluster, found.records)
    return HTMLResponse(
        render_staff(
            "cluster.html",
            context,
            acting.session,
            cluster=found.cluster,
            facing=facing,
            labels=KIND_LABELS,
            verdict=found.verdict,
            verdict_text=describe_verdict(found.verdict) if found.verdict else "",
            history=duplicate_service.decisions.history(cluster_id),
            next=await _next_open(duplicate_service, cluster_id, acting.scope),
        )
    )


@dataclass(frozen=True)
class DecisionForm:
    """The fields of the decision form."""

    decision: Annotated[Decision, Form()]
    keep: Annotated[str, Form(max_length=200)] = ""
    note: Annotated[str, Form(max_length=200)] = ""


@router.post("/duplicates/{cluster_id}")
async def decide(
    cluster_id: ClusterId,
    acting: ClerkActing,
    duplicate_service: DuplicateServiceDependency,
    form: Annotated[DecisionForm, Depends()],
) -> Response:
    """Stores the decision and goes on to the next cluster."""
    await _check_own(duplicate_service, cluster_id, acting.scope)
    after = await _next_open(duplicate_service, cluster_id, acting.scope)
    body = DecisionBody(decision=form.decision, keep=form.keep or None, note=form.note)
    await settle(cluster_id, body, duplicate_service, acting.name, acting.audit)
    place = f"/staff/duplicates/{after}" if after else "/staff/duplicates"
    return RedirectResponse(place, status_code=303)


@router.post("/duplicates/{cluster_id}/undo")
async def undo(
    cluster_id: ClusterId,
    acting: ClerkActing,
    duplicate_service: DuplicateServiceDependency,
) -> Response:
    """Withdraws the decision and reopens the cluster."""
    await _check_own(duplicate_service, cluster_id, acting.scope)
    if not duplicate_service.decisions.undo(cluster_id, by=acting.name):
        raise UnknownRecordError
    acting.note(Action.UNDONE, cluster_id)
    return RedirectResponse(f"/staff/duplicates/{cluster_id}", status_code=303)


async def _list_clusters(
    duplicate_service: DuplicateService, state: str, scope: Scope
) -> tuple[Scan, bool, list[tuple[Cluster, Verdict | None]]]:
    scan, is_current, found = await duplicate_service.open_clusters()
    verdicts: dict[str, Verdict] = {}
    if state != "open":
        settled = duplicate_service.settled(Decision(state))
        verdicts = {each.cluster: each for each in settled}
        found = [cluster_of(each) for each in settled]
    found = await _keep_own(duplicate_service, found, scope)
    return scan, is_current, [(each, verdicts.get(each.id)) for each in found]


async def _keep_own(
    duplicate_service: DuplicateService, clusters: list[Cluster], scope: Scope
) -> list[Cluster]:
    if scope.publishers is None:
        return clusters
    return await duplicate_service.within(clusters, scope.publishers)


async def _check_own(
    duplicate_service: DuplicateService, cluster_id: str, scope: Scope
) -> Listed | None:
    """Returns a cluster, or None. Raises NotAllowedError where it is another unit's."""
    found = await duplicate_service.find_cluster(cluster_id)
    if found and not await _keep_own(duplicate_service, [found.cluster], scope):
        raise NotAllowedError
    return found


async def count_own(duplicate_service: DuplicateService, scope: Scope, patience: float) -> int:
    """Returns the number of clusters to decide. Raises ScanRunningError."""
    _, _, found = await duplicate_service.open_clusters(patience)
    return len(await _keep_own(duplicate_service, found, scope))


async def _next_open(
    duplicate_service: DuplicateService, cluster_id: str, scope: Scope
) -> str | None:
    """Returns the next open cluster, or else the first other one."""
    _, _, found = await duplicate_service.open_clusters()
    names = [each.id for each in await _keep_own(duplicate_service, found, scope)]
    at = names.index(cluster_id) + 1 if cluster_id in names else 0
    return next((name for name in (*names[at:], *names[:at]) if name != cluster_id), None)


def _cells(record: Record) -> tuple[object, ...]:
    names = (record.id, record.title, record.document_number, record.index_number)
    return (*names, record.publisher_name, record.issued_on, record.published_on)
