"""`/staff/records/{id}/versions`: what a corrected record said before, compared with it now."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from gongkai.catalog.dates import PartialDate
from gongkai.catalog.disclosure import Disclosure
from gongkai.catalog.fields import COLUMNS
from gongkai.catalog.record import Record
from gongkai.catalog.stored_record import StoredRecord, decode_record
from gongkai.duplicates.revision import compare_versions
from gongkai.engines.earlier_versions import EarlierVersion
from gongkai.staff.audit import Action
from gongkai.staff.roles import Scope
from search_api.http.dependencies import ContextDependency, RecordId
from search_api.http.errors import UnknownPageError
from search_api.http.state import services_of
from search_api.staff.page import render_staff
from search_api.staff.staff_dependencies import ClerkActing, ClerkLooking
from search_api.web.comparison_page import build_comparison
from search_api.web.site import record_path, versions_path

router = APIRouter(prefix="/staff", include_in_schema=False, default_response_class=HTMLResponse)
_COLUMNS = tuple(each for each in COLUMNS if each.exported or each.key == "attachments")


@dataclass(frozen=True, slots=True)
class ReadVersion:
    """An earlier version; `until` is the time of the correction, ISO UTC."""

    sequence: int
    until: str
    record: StoredRecord


@dataclass(frozen=True, slots=True)
class ChangedColumn:
    """A column of the catalog entry that has another value now."""

    label: str
    before: str
    after: str


@router.get("/records/{record_id:path}/versions")
async def versions(
    record_id: RecordId,
    request: Request,
    context: ContextDependency,
    acting: ClerkLooking,
    of: Annotated[int, Query(ge=0, le=2**62)] = 0,
) -> HTMLResponse:
    """Shows the earlier versions of a public record, one of them compared with it."""
    record, found = await _read(request, record_id, acting.scope)
    chosen = next((each for each in found if each.sequence == of or not of), None)
    if of and chosen is None:
        raise UnknownPageError

    def draw() -> str:
        compared = _compare(request, context.base, record, chosen) if chosen else None
        return render_staff(
            "versions.html",
            context,
            acting.session,
            record=record,
            href=record_path(record_id),
            path=versions_path(record_id),
            versions=found,
            chosen=chosen,
            compared=compared,
            columns=list(_list_changed(chosen.record, record)) if chosen else [],
        )

    return HTMLResponse(await asyncio.to_thread(draw))


@router.post("/records/versions/erase")
async def erase_versions(
    request: Request,
    acting: ClerkActing,
    record_id: Annotated[str, Form(alias="id", max_length=200)] = "",
) -> Response:
    """Erases the earlier versions of a record."""
    await _read(request, record_id, acting.scope)
    await asyncio.to_thread(_erase, request, record_id)
    await asyncio.to_thread(acting.note, Action.VERSIONS_ERASED, record_id)
    return RedirectResponse(versions_path(record_id), status_code=303)


async def _read(
    request: Request, record_id: str, scope: Scope
) -> tuple[StoredRecord, list[ReadVersion]]:
    """Returns a public record and its versions. Raises UnknownPageError outside the scope."""
    stored = await services_of(request).engine.fetch(record_id)
    if stored is None:
        raise UnknownPageError
    record = await asyncio.to_thread(decode_record, stored)
    if not scope.covers(record.publisher):
        raise UnknownPageError
    found = await asyncio.to_thread(find_versions, request, record_id, stored, scope)
    return record, found if record.disclosure is Disclosure.PUBLIC else []


def find_versions(
    request: Request, record_id: str, stored: bytes, scope: Scope
) -> list[ReadVersion]:
    """Returns the versions that differ from what is public now, latest first."""
    with closing(services_of(request).installation.open_store()) as store:
        found = store.earlier_versions(record_id)
    read = (_decode(each) for each in found if each.stored != stored)
    return [each for each in read if each and scope.covers(each.record.publisher)]


def _decode(version: EarlierVersion) -> ReadVersion | None:
    """Returns the version, None for one that another schema has stored."""
    try:
        record = decode_record(version.stored)
    except (KeyError, TypeError, ValueError):
        return None
    return ReadVersion(version.sequence, version.until, record)


def _erase(request: Request, record_id: str) -> None:
    with closing(services_of(request).installation.open_store()) as store:
        store.erase_versions(record_id)


def _compare(request: Request, base: str, record: StoredRecord, version: ReadVersion) -> object:
    articles = compare_versions(version.record.body, record.body)
    views = services_of(request).search.views
    return build_comparison(views.comparison(version.record, record, articles), base)


def _list_changed(before: Record, after: Record) -> Iterator[ChangedColumn]:
    for column in _COLUMNS:
        old, new = (_spell(getattr(each, column.key)) for each in (before, after))
        if old != new:
            yield ChangedColumn(column.label or "附件", old or "（空）", new or "（空）")


def _spell(value: object) -> str:
    if isinstance(value, PartialDate):
        return value.iso
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "；".join(str(getattr(each, "name", each)) for each in value)
    return str(value or "")
