"""`/staff/records`: find a record, see what happened to it, withdraw it and give it back.

For a clerk, a record of another unit, or of none that is known, does not exist here.
"""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from gongkai.engines.database import Database
from gongkai.engines.port import STAFF
from gongkai.engines.withdrawals import Withdrawal
from gongkai.errors import AnotherWriterError
from gongkai.query.request import SearchRequest
from gongkai.search.responses import HitView, RecordView
from gongkai.staff.audit import Action, Audit
from gongkai.staff.record_actions import REASON_LIMIT, RecordAction, RecordActions, RecordEntry
from gongkai.staff.record_history import EventKind, RecordEvent, RecordLogs, list_events
from gongkai.staff.roles import Scope
from gongkai.staff.staff_database import open_ledger
from search_api.http.dependencies import ContextDependency, SearchServiceDependency
from search_api.http.errors import UnknownPageError
from search_api.http.state import services_of
from search_api.staff.page import render_staff
from search_api.staff.staff_dependencies import (
    Acting,
    ClerkActing,
    ClerkLooking,
    get_job_runner,
)
from search_api.staff.typed_id import read_record_id
from search_api.web.site import record_path, versions_path

ID_LIMIT, SHOWN = 200, 20
EVENT_WORDS = {
    EventKind.PUBLISHED: "公开",
    EventKind.CHANGED: "内容变更",
    EventKind.UNLISTED: "不再公开",
    EventKind.CORRECTED: "更正公开的内容",
    EventKind.ERASED: "删除早先的文本",
    EventKind.WITHDRAWN: "撤下",
    EventKind.CLOSED: "因来源不再公开而撤下",
    EventKind.RESTORED: "撤销撤下",
}
_BUSY = "正在导入或者重建索引，现在不能撤销撤下，请稍后再试。"
router = APIRouter(prefix="/staff", include_in_schema=False, default_response_class=HTMLResponse)


@dataclass(frozen=True)
class ReasonForm:
    """The record, and why it is withdrawn or given back."""

    id: Annotated[str, Form(max_length=ID_LIMIT)] = ""
    reason: Annotated[str, Form(max_length=REASON_LIMIT)] = ""


@dataclass(frozen=True, slots=True)
class RecordState:
    """A record as staff see it; `record` is None unless it is public now."""

    id: str
    record: RecordView | None
    withdrawal: Withdrawal | None
    actions: Sequence[RecordEntry]
    events: Sequence[RecordEvent] = ()

    @property
    def publisher(self) -> str:
        """Returns the agency's code, empty where nothing tells it."""
        if self.record:
            return self.record.publisher.code
        return next((each.publisher for each in self.actions), "")

    @property
    def is_withdrawn(self) -> bool:
        return self.withdrawal is not None and self.withdrawal.is_closed

    @property
    def is_known(self) -> bool:
        return bool(self.record or self.withdrawal or self.actions)


@router.get("/records")
async def records(
    request: Request,
    context: ContextDependency,
    acting: ClerkLooking,
    service: SearchServiceDependency,
    q: Annotated[str, Query(max_length=ID_LIMIT)] = "",
) -> HTMLResponse:
    """Shows the record with this id or address, or the records that the words find."""
    found = await _read_state(request, service, read_record_id(q)) if q.strip() else None
    if found and found.is_known and acting.scope.covers(found.publisher):
        return HTMLResponse(_render(context, acting, q, found))
    hits = await _find(service, q, acting.scope) if q.strip() else []
    return HTMLResponse(_render(context, acting, q, None, hits=hits))


@router.post("/records/withdraw")
async def withdraw(
    request: Request,
    context: ContextDependency,
    acting: ClerkActing,
    service: SearchServiceDependency,
    form: Annotated[ReasonForm, Depends()],
) -> Response:
    """Withdraws a public record at once from every generation."""
    found = await _read_state(request, service, form.id)
    if found.record is None or not acting.scope.covers(found.publisher):
        raise UnknownPageError
    if not form.reason.strip():
        page = _render(context, acting, form.id, found, problem="请填写撤下的原因。")
        return HTMLResponse(page, 422)
    await run_in_threadpool(_withdraw, request, found.id)
    await run_in_threadpool(_note, request, acting, found, RecordAction.WITHDRAWN, form.reason)
    return _back_to(found.id)


@router.post("/records/restore")
async def restore(
    request: Request,
    context: ContextDependency,
    acting: ClerkActing,
    service: SearchServiceDependency,
    form: Annotated[ReasonForm, Depends()],
) -> Response:
    """Allows a withdrawn record to be indexed again."""
    found = await _read_state(request, service, form.id)
    if not found.is_withdrawn or not acting.scope.covers(found.publisher):
        raise UnknownPageError
    if not form.reason.strip():
        page = _render(context, acting, form.id, found, problem="请填写撤销撤下的原因。")
        return HTMLResponse(page, 422)
    try:
        await run_in_threadpool(_restore, request, found.id)
    except AnotherWriterError:
        return HTMLResponse(_render(context, acting, form.id, found, problem=_BUSY), 409)
    await run_in_threadpool(_note, request, acting, found, RecordAction.RESTORED, form.reason)
    return _back_to(found.id)


async def _read_state(
    request: Request, service: SearchServiceDependency, record_id: str
) -> RecordState:
    record = await service.record(record_id)
    return await run_in_threadpool(_collect, request, record_id, record)


def _collect(request: Request, record_id: str, record: RecordView | None) -> RecordState:
    with closing(services_of(request).installation.open_store()) as store:
        withdrawal = store.withdrawals().get(record_id)
        change = store.find_change(record_id)
        versions = store.earlier_versions(record_id) if record else []
    actions = _open_actions(request).history(record_id)
    erasures = Audit(_open_ledger(request)).about(record_id, Action.VERSIONS_ERASED)
    logs = RecordLogs(actions, withdrawal, change, versions, erasures)
    events = list_events(logs, get_job_runner(request).jobs.find_moment)
    return RecordState(record_id, record, withdrawal, actions, events)


async def _find(service: SearchServiceDependency, text: str, scope: Scope) -> list[HitView]:
    chosen = {"publisher": tuple(sorted(scope.publishers))} if scope.publishers else {}
    answer = await service.search(
        SearchRequest(
            text=text.strip(), chosen=chosen, size=SHOWN, facets=(), semantic=False, fold=False
        )
    )
    return [hit for hit in answer.hits if scope.covers(hit.publisher.code)]


def _open_actions(request: Request) -> RecordActions:
    return RecordActions(_open_ledger(request))


def _open_ledger(request: Request) -> Database:
    return open_ledger(services_of(request).installation.settings.data_dir)


def _withdraw(request: Request, record_id: str) -> None:
    with closing(services_of(request).installation.open_store()) as store:
        store.withdraw([record_id], cause=STAFF)


def _restore(request: Request, record_id: str) -> None:
    with closing(services_of(request).installation.open_store()) as store:
        store.restore([record_id])


def _note(
    request: Request, acting: Acting, found: RecordState, action: RecordAction, reason: str
) -> None:
    _open_actions(request).add(found.id, action, found.publisher, acting.name, reason.strip())
    is_withdrawn = action is RecordAction.WITHDRAWN
    acting.note(Action.RECORD_WITHDRAWN if is_withdrawn else Action.RECORD_RESTORED, found.id)


def _back_to(record_id: str) -> Response:
    return RedirectResponse(f"/staff/records?{urlencode({'q': record_id})}", status_code=303)


def _render(
    context: ContextDependency,
    acting: Acting,
    typed: str,
    found: RecordState | None,
    **shown: object,
) -> str:
    return render_staff(
        "records.html",
        context,
        acting.session,
        typed=typed,
        found=found,
        words=EVENT_WORDS,
        path=record_path,
        versions_path=versions_path,
        limit=REASON_LIMIT,
        **{"hits": [], "problem": "", **shown},
    )
