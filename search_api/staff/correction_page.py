"""`/staff/rejected/correct`: rejected rows as a table that can be corrected and taken in."""

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, islice
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData

from gongkai.catalog.headings import key_of
from gongkai.staff.audit import Action
from gongkai.staff.jobs import JobOptions, Stage
from gongkai.staff.reject_reasons import describe_reason, title_of
from gongkai.staff.reject_sheets import read_cell, spell_cell
from gongkai.staff.rejected import RejectedRun
from search_api.http.dependencies import ContextDependency
from search_api.http.errors import UnknownPageError
from search_api.staff.job_start import NewJob, start_job
from search_api.staff.page import render_staff
from search_api.staff.reports import open_own_run
from search_api.staff.staff_dependencies import (
    Acting,
    ClerkActing,
    ClerkLooking,
    get_job_runner,
)

ROWS_SHOWN, CELLS_SHOWN = 20, 800
"""At most of a page; a form has up to a thousand fields."""
LONGEST_SHOWN = 2_000
"""Longer cells are corrected in the downloaded sheet."""
_FILE = "更正的行.jsonl"
_UNCHANGED = "没有改动。请先修改，再导入。"
Run = Annotated[str, Query(max_length=40)]
router = APIRouter(prefix="/staff", include_in_schema=False, default_response_class=HTMLResponse)


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a row; `name` is that of its form field, empty for one too long to show."""

    name: str
    heading: str
    text: str
    is_wrong: bool

    @property
    def label(self) -> str:
        """Returns the heading, in Chinese for a key of the catalog."""
        return title_of(self.heading)


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """One rejected row: its place among the rejects, its line, why, and its cells."""

    number: int
    line: int
    title: str
    reason: str
    row: Mapping[str, Any]
    cells: Sequence[Cell]

    @property
    def wrong(self) -> Sequence[Cell]:
        return [each for each in self.cells if each.is_wrong]

    @property
    def others(self) -> Sequence[Cell]:
        return [each for each in self.cells if not each.is_wrong]


@router.get("/rejected/correct")
def correct_form(
    request: Request,
    context: ContextDependency,
    acting: ClerkLooking,
    run: Run = "",
    after: Annotated[int, Query(ge=0, le=2**62)] = 0,
) -> HTMLResponse:
    """Shows rejected rows whose text is kept, without those that were corrected already."""
    opened = open_own_run(request, run, acting.scope)
    done = get_job_runner(request).jobs.read_corrected(run)
    found = list(islice(_read_rows(opened, done, after), ROWS_SHOWN + 1)) if opened else []
    count = _count_fitting(found)
    page = _render(
        context,
        acting,
        run,
        found[:count],
        after=found[count - 1].number if len(found) > count else 0,
        done=len(done) if acting.scope.is_whole else 0,
    )
    return HTMLResponse(page)


@router.post("/rejected/correct")
async def correct(
    request: Request,
    context: ContextDependency,
    acting: ClerkActing,
    run: Annotated[str, Form(max_length=40)] = "",
    source: Annotated[str, Form(max_length=40, pattern=r"^[\w.-]*$")] = "",
) -> Response:
    """Takes in the rows that were changed in the table; the others stay as they are."""
    form = await request.form()
    runner = get_job_runner(request)
    opened = open_own_run(request, run, acting.scope)
    if opened is None:
        raise UnknownPageError
    wanted = set(map(str, form.getlist("row")))

    def collect() -> tuple[list[RejectedRow], list[tuple[int, dict[str, Any]]]]:
        done = runner.jobs.read_corrected(run)
        rows = [each for each in _read_rows(opened, done) if str(each.number) in wanted][
            :ROWS_SHOWN
        ]
        changed = [(each.number, row) for each in rows if (row := _apply(each, form)) is not None]
        return rows, changed

    rows, changed = await run_in_threadpool(collect)
    if not changed:
        return HTMLResponse(_render(context, acting, run, rows, problem=_UNCHANGED), 422)

    def start() -> int:
        lines = b"".join(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for _, row in changed)
        new = NewJob(Stage.INDEX, _FILE, io.BytesIO(lines), JobOptions(source), Action.CORRECTED)
        numbers = [number for number, _ in changed]
        return start_job(
            acting, runner, new, lambda job: runner.jobs.note_corrected(job, run, numbers)
        )

    job_id = await run_in_threadpool(start)
    return RedirectResponse(f"/staff/jobs/{job_id}", status_code=303)


def _count_fitting(rows: Sequence[RejectedRow]) -> int:
    """Returns how many of the rows fit on one page."""
    cells = accumulate(len(each.cells) for each in rows[:ROWS_SHOWN])
    return max(sum(total <= CELLS_SHOWN for total in cells), 1)


def _read_rows(opened: RejectedRun, done: frozenset[int], after: int = 0) -> Iterator[RejectedRow]:
    """Yields the rows after this place whose text is kept, without those in `done`."""
    for number, entry in opened.numbered():
        if number > after and number not in done and isinstance(entry["row"], Mapping):
            yield _lay_out(number, entry)


def _lay_out(number: int, entry: Mapping[str, Any]) -> RejectedRow:
    row, field = entry["row"], str(entry["field"])
    cells = [
        _make_cell(f"c{number}.{at}", heading, value, key_of(heading) == field)
        for at, (heading, value) in enumerate(row.items())
    ]
    if field and not any(each.is_wrong for each in cells):
        title = title_of(field)
        heading = title if key_of(title) == field else field
        cells.insert(0, Cell(f"n{number}", heading, "", is_wrong=True))
    title = next((each.text for each in cells if key_of(each.heading) == "title"), "")
    return RejectedRow(
        number, entry["line"], title, describe_reason(field, str(entry["reason"])), row, cells
    )


def _make_cell(name: str, heading: str, value: object, is_wrong: bool) -> Cell:
    text = str(spell_cell(heading, value))
    is_long = len(text) > LONGEST_SHOWN
    shown = f"（{len(text):,} 字，请下载后修改）" if is_long else text
    return Cell("" if is_long else name, heading, shown, is_wrong)


def _apply(rejected: RejectedRow, form: FormData) -> dict[str, Any] | None:
    """Returns the row with the typed cells, None where nothing was changed."""
    row = dict(rejected.row)
    is_changed = False
    for cell in rejected.cells:
        typed = form.get(cell.name) if cell.name else None
        if isinstance(typed, str) and _even_lines(typed) != _even_lines(cell.text):
            row[cell.heading] = read_cell(typed.strip())
            is_changed = True
    return row if is_changed else None


def _even_lines(text: str) -> str:
    """Returns a text as a browser gives it back, whatever its line ends."""
    return "\n".join(text.splitlines()).strip()


def _render(
    context: ContextDependency,
    acting: Acting,
    run: str,
    rows: Sequence[RejectedRow],
    **shown: object,
) -> str:
    return render_staff(
        "correct.html",
        context,
        acting.session,
        run=run,
        rows=rows,
        is_whole=acting.scope.is_whole,
        **{"problem": "", "after": 0, "done": 0, **shown},
    )
