"""`/staff/jobs`: upload an export, look at what is recognised, take it in, follow the jobs."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, File, Form, Path, Request, UploadFile
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from gongkai.catalog.disclosure import Disclosure
from gongkai.catalog.identity import SOURCE_NAME
from gongkai.staff.audit import Action
from gongkai.staff.jobs import REPEATABLE, Job, JobOptions, JobState, Stage
from search_api.http.dependencies import ContextDependency
from search_api.http.errors import UnknownPageError
from search_api.http.state import services_of
from search_api.staff.job_files import NAME_LIMIT, clean_name
from search_api.staff.job_report import describe_inspection, describe_run, describe_state
from search_api.staff.job_runner import KEPT_HOURS, JobRunner
from search_api.staff.job_start import NewJob, start_job
from search_api.staff.page import render_staff
from search_api.staff.staff_dependencies import (
    Acting,
    ClerkActing,
    ClerkLooking,
    JobRunnerDependency,
    get_job_runner,
)

REFRESH_SECONDS = 2
MOST_OPEN = 20
"""Uploads of one token that are kept at a time."""
JobId = Annotated[int, Path(ge=1, le=2**62)]
router = APIRouter(prefix="/staff", include_in_schema=False, default_response_class=HTMLResponse)


@dataclass(frozen=True)
class UploadForm:
    """How the rows of an upload are read; `source` is part of their ids."""

    source: Annotated[str, Form(max_length=40)] = ""
    disclosure: Annotated[str, Form(pattern=f"^(|{Disclosure.PUBLIC.value})$")] = ""


@router.get("/jobs")
def jobs(request: Request, context: ContextDependency, acting: ClerkLooking) -> HTMLResponse:
    """Shows the form for a file, and the latest jobs."""
    return HTMLResponse(_render_list(request, context, acting))


@router.post("/jobs")
async def upload(
    request: Request,
    context: ContextDependency,
    acting: ClerkActing,
    form: Annotated[UploadForm, Depends()],
    file: Annotated[UploadFile | None, File()] = None,
) -> Response:
    """Stores a file and starts its inspection; nothing is indexed yet."""
    runner = get_job_runner(request)
    source = form.source.strip()
    problem = await run_in_threadpool(_find_problem, acting, runner, file, source)
    if problem or file is None:
        page = _render_list(request, context, acting, problem)
        return HTMLResponse(page, 422)
    options = JobOptions(source, form.disclosure)
    job_id = await run_in_threadpool(_store, acting, runner, file, options)
    return _show(job_id)


@router.get("/jobs/{job_id}")
def job(
    job_id: JobId, context: ContextDependency, acting: ClerkLooking, runner: JobRunnerDependency
) -> HTMLResponse:
    """Shows a job: progress, what is recognised in its file, the report of its run."""
    found = find_own(runner, acting, job_id)
    runner.wake()
    files = runner.files_of(job_id)
    page = render_staff(
        "job.html",
        context,
        acting.session,
        job=found,
        state=describe_state(found),
        inspected=describe_inspection(found.inspection),
        ran=describe_run(found.report),
        progress=files.read_progress() if found.state is JobState.RUNNING else {},
        refresh=REFRESH_SECONDS,
        hours=KEPT_HOURS,
    )
    return HTMLResponse(page)


@router.post("/jobs/{job_id}/take")
def take(job_id: JobId, acting: ClerkActing, runner: JobRunnerDependency) -> Response:
    """Indexes an inspected file."""
    found = find_own(runner, acting, job_id)
    if not found.can_be_taken or not runner.jobs.enqueue(job_id, Stage.INDEX, (JobState.DONE,)):
        raise UnknownPageError
    return _note(runner, acting, job_id, Action.TAKEN_IN)


@router.post("/jobs/{job_id}/stop")
def stop(job_id: JobId, acting: ClerkActing, runner: JobRunnerDependency) -> Response:
    """Stops a job. What it has indexed already stays."""
    find_own(runner, acting, job_id)
    if not runner.jobs.ask_to_stop(job_id):
        raise UnknownPageError
    return _note(runner, acting, job_id, Action.JOB_STOPPED)


@router.post("/jobs/{job_id}/repeat")
def repeat(job_id: JobId, acting: ClerkActing, runner: JobRunnerDependency) -> Response:
    """Runs a stage again that was interrupted or has failed."""
    found = find_own(runner, acting, job_id)
    if not runner.jobs.enqueue(job_id, found.stage, REPEATABLE):
        raise UnknownPageError
    return _note(runner, acting, job_id, Action.JOB_REPEATED)


@router.post("/jobs/{job_id}/discard")
def discard(job_id: JobId, acting: ClerkActing, runner: JobRunnerDependency) -> Response:
    """Deletes the file of a job that does not run."""
    found = find_own(runner, acting, job_id)
    if found.state.is_open or not found.is_kept:
        raise UnknownPageError
    runner.discard(found)
    return _note(runner, acting, job_id, Action.JOB_DISCARDED)


def find_own(runner: JobRunner, acting: Acting, job_id: int) -> Job:
    """Returns a job that the member of staff may see. Raises UnknownPageError."""
    found = runner.jobs.get(job_id)
    if found is None or not found.is_of(acting.scope):
        raise UnknownPageError
    return found


def _find_problem(acting: Acting, runner: JobRunner, file: UploadFile | None, source: str) -> str:
    runner.discard_old()
    if file is None or not file.filename:
        return "请选择文件。"
    if source and not SOURCE_NAME.fullmatch(source):
        return "来源名称只能有文字、数字、点、连字符和下划线，最多 40 个字。"
    own = [each for each in runner.jobs.latest() if each.token == acting.session.token.id]
    if sum(each.is_kept for each in own) >= MOST_OPEN:
        return f"已有 {MOST_OPEN} 个上传的文件没有处理，请先导入或者删除。"
    return ""


def _store(acting: Acting, runner: JobRunner, file: UploadFile, options: JobOptions) -> int:
    name = clean_name(file.filename or "")
    started = NewJob(Stage.INSPECT, name, file.file, options, Action.UPLOADED)
    return start_job(acting, runner, started)


def _note(runner: JobRunner, acting: Acting, job_id: int, action: Action) -> Response:
    acting.note(action, str(job_id))
    runner.wake()
    return _show(job_id)


def _show(job_id: int) -> Response:
    return RedirectResponse(f"/staff/jobs/{job_id}", status_code=303)


def _render_list(
    request: Request,
    context: ContextDependency,
    acting: Acting,
    problem: str = "",
) -> str:
    services = services_of(request)
    latest = get_job_runner(request).jobs.latest()
    shown = [(each, describe_state(each)) for each in latest if each.is_of(acting.scope)]
    unit = acting.session.token.unit
    return render_staff(
        "jobs.html",
        context,
        acting.session,
        jobs=shown,
        unit=services.installation.tables.agencies.label_of(unit) if unit else "",
        megabytes=services.installation.settings.upload_limit_mb,
        public=Disclosure.PUBLIC.value,
        hours=KEPT_HOURS,
        limit=NAME_LIMIT,
        problem=problem,
    )
