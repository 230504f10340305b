"""`/staff/vocabulary`: the entries of staff, their history, export and import."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, File, Path, Request, UploadFile
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from gongkai.catalog.stored_record import decode_record
from gongkai.engines.scan import fetch_hits
from gongkai.staff.audit import Action
from gongkai.staff.audit_subjects import ListName, StaffList
from gongkai.staff.vocabulary import EntryKind, EntryState
from search_api.http.dependencies import ContextDependency, SearchServiceDependency, sheet_response
from search_api.http.errors import UnknownPageError
from search_api.http.state import services_of
from search_api.staff.page import render_staff
from search_api.staff.staff_dependencies import Acting, ActingByForm, Looking
from search_api.staff.vocabulary_rules import KIND_LABELS, describe_state
from search_api.staff.vocabulary_sheet import (
    HEADS,
    Changes,
    FaultySheetError,
    list_rows,
    list_words,
    read_changes,
)
from search_api.web.site import record_path

SHEET_LIMIT = 2 << 20
HISTORY_SHOWN = 50
EntryId = Annotated[str, Path(pattern="^[0-9a-f]{16}$")]
router = APIRouter(prefix="/staff", include_in_schema=False, default_response_class=HTMLResponse)


@dataclass(frozen=True, slots=True)
class EntryRow:
    """An entry as it is shown; `title` is that of the pinned record, empty if it is not public."""

    state: EntryState
    title: str
    condition: str


@router.get("/vocabulary")
async def vocabulary(
    request: Request, context: ContextDependency, acting: Looking, service: SearchServiceDependency
) -> HTMLResponse:
    """Shows every entry with its state, latest first."""
    acting.note(Action.VIEWED, StaffList(ListName.VOCABULARY))
    return HTMLResponse(await _render(request, context, acting, service))


@router.post("/vocabulary/{entry_id}/remove")
def remove(entry_id: EntryId, request: Request, acting: ActingByForm) -> Response:
    """Takes an entry out of force."""
    if not services_of(request).vocabulary.remove(entry_id, acting.name):
        raise UnknownPageError
    acting.note(Action.VOCABULARY_REMOVED, entry_id)
    return _show(entry_id)


@router.post("/vocabulary/{entry_id}/restore")
def restore(entry_id: EntryId, request: Request, acting: ActingByForm) -> Response:
    """Puts a removed entry back."""
    if not services_of(request).vocabulary.restore(entry_id, acting.name):
        raise UnknownPageError
    acting.note(Action.VOCABULARY_RESTORED, entry_id)
    return _show(entry_id)


@router.get("/vocabulary.csv")
async def export(request: Request, acting: Looking, service: SearchServiceDependency) -> Response:
    """Returns every entry as a table that can be reviewed, corrected and imported."""
    acting.note(Action.EXPORTED, StaffList(ListName.VOCABULARY))
    states = await run_in_threadpool(services_of(request).vocabulary.states)
    titles = await _read_titles(request, states)
    rows = list_rows(states, titles, service.today().isoformat())
    return sheet_response("vocabulary", HEADS, rows)


@router.get("/vocabulary/government.csv")
def export_words(request: Request, acting: Looking) -> Response:
    """Returns the dictionary of the installation with the words in force added."""
    acting.note(Action.EXPORTED, StaffList(ListName.VOCABULARY, "government.csv"))
    services = services_of(request)
    words = [e.term for e in services.vocabulary.in_force() if e.kind is EntryKind.WORD]
    rows = list_words(services.installation.settings.dictionary_dir, words)
    return sheet_response("government", ("word", "frequency", "kind"), rows)


@router.post("/vocabulary/import")
async def import_sheet(
    request: Request,
    context: ContextDependency,
    acting: ActingByForm,
    service: SearchServiceDependency,
    file: Annotated[UploadFile | None, File()] = None,
) -> HTMLResponse:
    """Takes in a table of entries, all of it or, if a row is wrong, nothing."""
    content = await file.read(SHEET_LIMIT + 1) if file and file.filename else b""
    store = services_of(request).vocabulary
    try:
        states = await run_in_threadpool(store.states)
        changes = await run_in_threadpool(read_changes, content, states, service.today())
        await _check_pins(request, changes)
    except FaultySheetError as error:
        page = await _render(request, context, acting, service, problems=error.problems)
        return HTMLResponse(page, 422)
    await run_in_threadpool(store.replace, changes.added, changes.removed, acting.name)
    acting.note(Action.VOCABULARY_IMPORTED, f"+{len(changes.added)} -{len(changes.removed)}")
    page = await _render(request, context, acting, service, changes=changes)
    return HTMLResponse(page)


async def _check_pins(request: Request, changes: Changes) -> None:
    """Raises FaultySheetError unless every record to be pinned is public."""
    pins = {each.target for each in changes.added if each.kind is EntryKind.PIN}
    found = await fetch_hits(services_of(request).engine, list(pins))
    if missing := sorted(pins - set(found)):
        raise FaultySheetError([f"没有这条公开的信息：{each}" for each in missing])


async def _render(
    request: Request,
    context: ContextDependency,
    acting: Acting,
    service: SearchServiceDependency,
    **shown: object,
) -> str:
    store = services_of(request).vocabulary
    states = await run_in_threadpool(store.states)
    titles = await _read_titles(request, states)
    today = service.today().isoformat()
    is_word = services_of(request).installation.analyzer.is_word

    def describe(state: EntryState) -> EntryRow:
        title = titles.get(state.entry.target, "")
        return EntryRow(state, title, describe_state(state, title, today, is_word))

    return render_staff(
        "vocabulary.html",
        context,
        acting.session,
        rows=[describe(each) for each in states],
        history=store.history(HISTORY_SHOWN),
        kinds=KIND_LABELS,
        path=record_path,
        **{"problems": (), "changes": None, **shown},
    )


async def _read_titles(request: Request, states: Sequence[EntryState]) -> Mapping[str, str]:
    """Returns the title of each pinned record that is public."""
    ids = [e.entry.target for e in states if e.entry.kind is EntryKind.PIN]
    hits = await fetch_hits(services_of(request).engine, list(dict.fromkeys(ids)))
    return {each: decode_record(hit.stored).title for each, hit in hits.items()}


def _show(entry_id: str) -> Response:
    return RedirectResponse(f"/staff/vocabulary#e{entry_id}", status_code=303)
