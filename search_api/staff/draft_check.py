"""`/staff/check`: checks whether a draft is already published. Form and file are not stored."""

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path as FilePath
from typing import Annotated, Any

from fastapi import APIRouter, File, Request, UploadFile
from fastapi.responses import HTMLResponse
from starlette.concurrency import run_in_threadpool

from gongkai.catalog.personal_data import holds_personal_number
from gongkai.catalog.recipients import holds_recipient
from gongkai.catalog.record import AttachmentText
from gongkai.duplicates.comparable_text import Subject
from gongkai.duplicates.draft_check import Match
from gongkai.files.attachment_text import read_open_file
from gongkai.files.documents import SUFFIXES
from gongkai.search.duplicates import read_draft
from gongkai.staff.audit import Action
from gongkai.staff.audit_subjects import MatchCount
from search_api.http.dependencies import ContextDependency
from search_api.http.state import services_of
from search_api.staff.api import BODY_LIMIT, find_passages
from search_api.staff.page import KIND_LABELS, label_evidence, render_staff
from search_api.staff.staff_dependencies import (
    ClerkActing,
    ClerkLooking,
    DuplicateServiceDependency,
)
from search_api.web.site import record_path

FILE_LIMIT = 16 * 1024 * 1024
_PERSONAL = (
    "文中有身份证号、银行卡号，或者个人姓名连同手机号码、家庭住址，这样的信息导入时不会公开。"
    "请隐去后再发布。"
)
_NAMES = ("title", "document_number", "index_number", "body")
router = APIRouter(prefix="/staff", include_in_schema=False, default_response_class=HTMLResponse)


@router.get("/check")
async def check_form(context: ContextDependency, acting: ClerkLooking) -> HTMLResponse:
    """Shows the form for a draft."""
    return HTMLResponse(_render_check(context, acting, {}))


@router.post("/check")
async def check(
    request: Request,
    context: ContextDependency,
    acting: ClerkActing,
    duplicate_service: DuplicateServiceDependency,
    file: Annotated[UploadFile | None, File()] = None,
) -> HTMLResponse:
    """Shows the records that the draft duplicates. Form and file are not stored."""
    form = await request.form()
    typed = {name: str(form.get(name) or "") for name in _NAMES}
    problem = ""
    if file is not None and file.filename:
        typed["body"], problem = await _read_upload(file)
    if len(typed["body"]) > BODY_LIMIT:
        problem = "正文过长。"
    draft = read_draft(typed, services_of(request).installation)
    if not problem and not any(typed.values()):
        problem = "请至少填写一项，或者选择文件。"
    if problem:
        return HTMLResponse(_render_check(context, acting, typed, problem=problem), 422)
    matches = await duplicate_service.check(draft)
    acting.note(Action.CHECKED, MatchCount(len(matches)))
    described = await run_in_threadpool(lambda: [_label_match(draft, match) for match in matches])
    return HTMLResponse(_render_check(context, acting, typed, described))


def _render_check(
    context: ContextDependency,
    acting: ClerkLooking,
    typed: Mapping[str, Any],
    matches: Sequence[Mapping[str, Any]] | None = None,
    problem: str = "",
) -> str:
    groups = (
        ("重复", [each for each in matches or () if each["is_duplicate"]]),
        ("相关，但不是重复", [each for each in matches or () if not each["is_duplicate"]]),
    )
    return render_staff(
        "check.html",
        context,
        acting.session,
        draft={name: typed.get(name) or "" for name in _NAMES},
        matches=matches,
        groups=groups,
        problem=problem,
        warning=_PERSONAL if _holds_personal_data(typed) else "",
    )


def _holds_personal_data(typed: Mapping[str, Any]) -> bool:
    text = "\n文\n".join(str(each) for each in typed.values())
    return holds_personal_number(text) or holds_recipient(text)


def _label_match(draft: Subject, match: Match) -> dict[str, Any]:
    kind = match.finding.kind
    return {
        "record": match.record,
        "href": record_path(match.record.id),
        "label": KIND_LABELS[kind],
        "is_duplicate": kind.is_duplicate,
        "score": match.finding.score,
        "evidence": label_evidence(match.finding.evidence),
        "passages": find_passages(draft, match),
    }


async def _read_upload(file: UploadFile) -> tuple[str, str]:
    """Returns the text of a file, and an error message for staff."""
    suffix = FilePath(file.filename or "").suffix.lower()
    if suffix not in SUFFIXES:
        return "", "只能读取 Word、WPS、PDF、OFD、表格、演示文稿、RTF、TXT 和 ZIP 文件。"
    content = await file.read(FILE_LIMIT + 1)
    if len(content) > FILE_LIMIT:
        return "", "文件超过 16 MB。"
    text, state = await run_in_threadpool(_read_content, content, suffix)
    if state is AttachmentText.NO_TEXT_LAYER:
        return "", "这个文件是扫描件或者图片，没有可以核对的文字。"
    if state is AttachmentText.TOO_COSTLY:
        return "", "文件结构过于复杂，无法在限定时间内读取。"
    return (text, "") if text else ("", "文件无法读取，可能已损坏或者有密码。")


def _read_content(content: bytes, suffix: str) -> tuple[str, AttachmentText]:
    # The file has no name and is deleted with its descriptor.
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.flush()
        return read_open_file(file, suffix)
