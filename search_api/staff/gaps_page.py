"""`/staff/gaps`: document numbers that are missing in the series of each agency."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from gongkai.search.number_series import LEAST, Gaps, find_gaps
from gongkai.staff.audit import Action
from gongkai.staff.audit_subjects import ListName, StaffList
from search_api.http.dependencies import ContextDependency, sheet_response
from search_api.http.state import services_of
from search_api.staff.page import render_staff
from search_api.staff.staff_dependencies import Looking

SHOWN = 200
"""Series on the page; the CSV has all."""
router = APIRouter(prefix="/staff", include_in_schema=False, default_response_class=HTMLResponse)
Least = Annotated[int, Query(ge=2, le=1_000)]


@router.get("/gaps")
async def gaps(
    request: Request, context: ContextDependency, acting: Looking, least: Least = LEAST
) -> HTMLResponse:
    """Shows the gaps of each dense series, latest years first."""
    acting.note(Action.VIEWED, StaffList(ListName.GAPS))
    found = await _find(request, least)
    label = services_of(request).installation.tables.agencies.label_of
    rows = [(each, label(each.publisher), spell_runs(each.missing)) for each in found[:SHOWN]]
    page = render_staff(
        "gaps.html",
        context,
        acting.session,
        rows=rows,
        series=len(found),
        missing=sum(len(each.missing) for each in found),
        least=least,
        shown=SHOWN,
    )
    return HTMLResponse(page)


@router.get("/gaps.csv")
async def export_gaps(request: Request, acting: Looking, least: Least = LEAST) -> Response:
    """Returns one row for each missing number."""
    acting.note(Action.EXPORTED, StaffList(ListName.GAPS))
    label = services_of(request).installation.tables.agencies.label_of
    rows = [
        (each.prefix, each.year, number, label(each.publisher), "未公开或未收录")
        for each in await _find(request, least)
        for number in each.missing
    ]
    return sheet_response("gaps", ("机关代字", "年份", "序号", "发布机构", "情况"), rows)


def spell_runs(numbers: Sequence[int]) -> str:
    """Returns numbers with runs shortened: 3, 5, 6, 7 gives 3、5-7."""
    return "、".join(_runs(numbers))


def _runs(numbers: Sequence[int]) -> Iterator[str]:
    for _, group in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0]):
        run = [number for _, number in group]
        yield str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}"


async def _find(request: Request, least: int) -> list[Gaps]:
    return find_gaps(await services_of(request).number_series.read(), least)
