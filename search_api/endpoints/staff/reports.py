"""`/staff`: rows to send back, what is unclassified, what nobody finds, a year's figures."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from catalog.classifications import MISSING
from engines.port import EngineQuery
from queries.request import SearchRequest
from queries.tree import Everything
from search_api.endpoints.dependencies import AnsweringDependency, ContextDependency, sheet_response
from search_api.endpoints.staff.dependencies import (
    Looking,
    UnfoundDependency,
)
from search_api.facets import TITLES
from search_api.pages.links import export_url, search_url
from search_api.pages.staff_page import (
    REASON_LABELS,
    render_staff,
)
from search_api.site import record_path
from staff.audit import Action
from staff.rejected import count_reasons, list_runs, read_run
from staff.statistics import LATEST, count_year, list_figures
from staff.unfound import DAYS_SHOWN
from staff.working_days import TERM

_FIELDS = {**TITLES, "published_on": "发布日期", "issued_on": "成文日期", "title": "标题"}
_REJECTED_HEADS = ("发布机构", "文件", "行", "要改的一栏", "原因", "标题", "文号或索引号")
_UNCLASSIFIED = ("topic", "category", "audience", "life_event", "genre")
router = APIRouter(prefix="/staff", include_in_schema=False, default_response_class=HTMLResponse)


@router.get("/rejected")
async def rejected(
    request: Request,
    context: ContextDependency,
    acting: Looking,
    run: Annotated[str, Query(max_length=40)] = "",
) -> HTMLResponse:
    """Rows of one ingest that were refused, by agency and reason."""
    folder = request.app.state.installation.settings.data_dir
    runs = list_runs(folder)
    chosen = run if run in runs else next(iter(runs), "")
    acting.note(Action.VIEWED, f"rejected {chosen}")
    return HTMLResponse(
        render_staff(
            "rejected.html",
            context,
            acting.session,
            runs=runs,
            run=chosen,
            reasons=count_reasons(read_run(folder, chosen)),
            labels=REASON_LABELS,
            fields=_FIELDS,
        )
    )


@router.get("/rejected.csv")
async def export_rejected(
    request: Request,
    acting: Looking,
    run: Annotated[str, Query(max_length=40)] = "",
    publisher: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """The rows to send back, of one agency or of all."""
    folder = request.app.state.installation.settings.data_dir
    rows = [
        [
            each.publisher,
            each.source,
            each.line,
            _FIELDS.get(each.field, each.field),
            REASON_LABELS.get(each.reason, each.reason),
            each.title,
            each.number,
        ]
        for each in read_run(folder, run)
        if not publisher or each.publisher == publisher
    ]
    acting.note(Action.EXPORTED, f"rejected {run}")
    return sheet_response(
        "rejected", ("发布机构", "文件", "行", "要改的一栏", "原因", "标题", "文号或索引号"), rows
    )


@router.get("/unclassified")
async def unclassified(
    context: ContextDependency, acting: Looking, answering: AnsweringDependency
) -> HTMLResponse:
    """How many records each classification lacks, and where to list them."""
    rows = []
    for name in _UNCLASSIFIED:
        request = SearchRequest(chosen={name: (MISSING,)}, size=1, facets=())
        found = await answering.search(request)
        rows.append(
            {
                "title": TITLES[name],
                "count": found.total,
                "href": search_url(request),
                "export": export_url(request, "csv"),
            }
        )
    return HTMLResponse(render_staff("unclassified.html", context, acting.session, rows=rows))


@router.get("/searches")
async def searches(
    context: ContextDependency, acting: Looking, unfound: UnfoundDependency
) -> HTMLResponse:
    """Words that found nothing on several days."""
    acting.note(Action.VIEWED, "searches without results")
    rows = unfound.list()
    return HTMLResponse(
        render_staff("searches.html", context, acting.session, rows=rows, days_shown=DAYS_SHOWN)
    )


@router.get("/statistics")
async def statistics(
    request: Request,
    context: ContextDependency,
    acting: Looking,
    answering: AnsweringDependency,
    year: Annotated[int | None, Query(ge=1900, le=2100)] = None,
) -> HTMLResponse:
    """The figures of one year."""
    engine, tables = request.app.state.engine, request.app.state.installation.tables
    result = await engine.search(EngineQuery(Everything(), facets=("year",), limit=0))
    years = sorted(result.facets["year"], reverse=True)
    chosen = year or int(next(iter(years), answering.today().year))
    counted = await count_year(engine, tables, chosen)
    groups = (
        ("发布机构", counted.by_publisher.most_common()),
        ("月份", sorted(counted.by_month.items())),
        ("主题分类", counted.by_topic.most_common()),
        ("组配分类", counted.by_category.most_common()),
        ("体裁", counted.by_genre.most_common()),
        ("公开方式", counted.by_disclosure.most_common()),
    )
    return HTMLResponse(
        render_staff(
            "statistics.html",
            context,
            acting.session,
            counted=counted,
            years=years,
            groups=groups,
            term=TERM,
            most=LATEST,
            path=record_path,
        )
    )


@router.get("/statistics.csv")
async def export_statistics(
    request: Request,
    acting: Looking,
    year: Annotated[int, Query(ge=1900, le=2100)],
) -> Response:
    """The same figures as `gongkai stats --csv`."""
    state = request.app.state
    counted = await count_year(state.engine, state.installation.tables, year)
    acting.note(Action.EXPORTED, f"statistics {year}")
    return sheet_response("statistics", ("figure", "value", "number"), list(list_figures(counted)))
