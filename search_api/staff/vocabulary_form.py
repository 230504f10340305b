"""`/staff/vocabulary/new`: from a query to a synonym, a pinned record or a word, with a preview."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from analyzers.synonyms import BOTH_WAYS, ONE_WAY
from gongkai.errors import JudgementsError
from gongkai.query.request import SearchRequest
from gongkai.search.responses import HitView, RecordView
from gongkai.search.vocabulary_trial import (
    JudgedSet,
    Trial,
    contains_any,
    is_query,
    open_judged,
    try_vocabulary,
)
from gongkai.staff.audit import Action
from gongkai.staff.vocabulary import Entry, EntryKind, build_vocabulary
from search_api.http.dependencies import ContextDependency, SearchServiceDependency
from search_api.http.state import services_of
from search_api.staff.page import render_staff
from search_api.staff.staff_dependencies import ActingByForm, Looking
from search_api.staff.typed_id import read_record_id
from search_api.staff.vocabulary_entry import make_entry
from search_api.staff.vocabulary_rules import KIND_LABELS, TARGET_LIMIT, TERM_LIMIT, find_problem
from search_api.web.site import record_path

CANDIDATES = 10
"""Records that are offered for a pin."""
_NOT_PUBLIC = "没有这条公开的信息，请从列表中选择，或者粘贴公开页面的网址。"
router = APIRouter(prefix="/staff", include_in_schema=False, default_response_class=HTMLResponse)
_Term = Annotated[str, Query(max_length=TERM_LIMIT)]
_Target = Annotated[str, Query(max_length=TARGET_LIMIT)]
_Ways = Annotated[str, Query(pattern=f"^({ONE_WAY}|{BOTH_WAYS})$")]


@dataclass(frozen=True)
class EntryQuery:
    """An entry as typed so far; `find` are words to find a record for a pin."""

    kind: Annotated[EntryKind | None, Query()] = None
    term: _Term = ""
    target: _Target = ""
    direction: _Ways = ONE_WAY
    expires: Annotated[str, Query(max_length=10)] = ""
    find: Annotated[str, Query(max_length=TARGET_LIMIT)] = ""

    @property
    def entry(self) -> Entry | None:
        """Returns the entry, None where nothing was chosen yet."""
        if self.kind is None or not (self.target.strip() or self.kind is EntryKind.WORD):
            return None
        return make_entry(self.kind, self.term, self.target, self.direction, self.expires)


@dataclass(frozen=True)
class EntryForm:
    """An entry to save."""

    kind: Annotated[EntryKind, Form()] = EntryKind.SYNONYM
    term: Annotated[str, Form(max_length=TERM_LIMIT)] = ""
    target: Annotated[str, Form(max_length=TARGET_LIMIT)] = ""
    direction: Annotated[str, Form(pattern=f"^({ONE_WAY}|{BOTH_WAYS})$")] = ONE_WAY
    expires: Annotated[str, Form(max_length=10)] = ""


@router.get("/vocabulary/new")
async def entry_form(
    request: Request,
    context: ContextDependency,
    acting: Looking,
    service: SearchServiceDependency,
    typed: Annotated[EntryQuery, Depends()],
) -> HTMLResponse:
    """Shows what can be done for a query, or the preview of an entry."""
    entry = typed.entry
    if entry is None:
        hits = await _find_candidates(service, typed)
        return HTMLResponse(_render(context, acting, typed, hits=hits))
    problem, record = await _check(request, service, entry)
    if problem:
        hits = await _find_candidates(service, typed)
        return HTMLResponse(_render(context, acting, typed, hits=hits, problem=problem), 422)
    trial, fault = await _try(request, service, entry)
    words = services_of(request).installation.analyzer.tokenize(entry.term)
    page = _render(
        context, acting, typed, entry=entry, record=record, trial=trial, fault=fault, words=words
    )
    return HTMLResponse(page)


@router.post("/vocabulary")
async def save(
    request: Request,
    context: ContextDependency,
    acting: ActingByForm,
    service: SearchServiceDependency,
    form: Annotated[EntryForm, Depends()],
) -> Response:
    """Saves an entry; searches follow it at once in every process."""
    entry = make_entry(form.kind, form.term, form.target, form.direction, form.expires)
    problem, _ = await _check(request, service, entry)
    if problem:
        typed = EntryQuery(form.kind, form.term, form.target, form.direction, form.expires)
        hits = await _find_candidates(service, typed)
        return HTMLResponse(_render(context, acting, typed, hits=hits, problem=problem), 422)
    store = services_of(request).vocabulary
    await run_in_threadpool(store.add, [entry], acting.name)
    await run_in_threadpool(acting.note, Action.VOCABULARY_ADDED, entry.id)
    return RedirectResponse(f"/staff/vocabulary#e{entry.id}", status_code=303)


async def _check(
    request: Request, service: SearchServiceDependency, entry: Entry
) -> tuple[str, RecordView | None]:
    """Returns the fault of an entry, empty if none, and the public record that it pins."""
    states = await run_in_threadpool(services_of(request).vocabulary.states)
    if problem := find_problem(entry, states, service.today()):
        return problem, None
    if entry.kind is not EntryKind.PIN:
        return "", None
    record = await service.record(entry.target)
    return "" if record else _NOT_PUBLIC, record


async def _try(
    request: Request, service: SearchServiceDependency, entry: Entry
) -> tuple[Trial | None, str]:
    """Returns what an entry changes, None for a word, and the fault of the judged queries."""
    if entry.kind is EntryKind.WORD:
        return None, ""
    services = services_of(request)
    judged, fault = JudgedSet((), {}), ""
    try:
        folder = services.installation.settings.data_dir / "judged"
        judged = await run_in_threadpool(open_judged, folder)
    except JudgementsError as error:
        fault = str(error)
    others = [each for each in services.vocabulary.in_force() if each.id != entry.id]
    is_pin = entry.kind is EntryKind.PIN
    concerns = is_query(entry.term) if is_pin else contains_any((entry.term, entry.target))
    vocabulary = build_vocabulary([*others, entry])
    return await try_vocabulary(service, vocabulary, entry.term, concerns, judged), fault


async def _find_candidates(service: SearchServiceDependency, typed: EntryQuery) -> list[HitView]:
    text = typed.find.strip() or typed.term.strip()
    if not text or typed.kind not in (None, EntryKind.PIN):
        return []
    if record := await service.record(read_record_id(text)):
        text = record.title
    answer = await service.search(SearchRequest(text, size=CANDIDATES, facets=()))
    return list(answer.hits)


def _render(
    context: ContextDependency,
    acting: Looking,
    typed: EntryQuery,
    hits: Sequence[HitView] = (),
    **shown: object,
) -> str:
    return render_staff(
        "vocabulary_form.html",
        context,
        acting.session,
        typed=typed,
        hits=hits,
        kinds=KIND_LABELS,
        path=record_path,
        limits={"term": TERM_LIMIT, "target": TARGET_LIMIT},
        **{"entry": None, "problem": "", **shown},
    )
