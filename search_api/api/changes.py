"""`/api/v1/changes`: what was published, changed and withdrawn, for programs that keep a copy."""

from dataclasses import dataclass
from typing import Annotated

import orjson
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from gongkai.engines.changes import (
    Change,
    ChangeKind,
    check_position,
    read_position,
    write_position,
)
from search_api.http.errors import UnknownPageError, describe_problems
from search_api.http.state import services_of
from search_api.web.site import record_path, site_of

CURSOR_LIMIT = 200
PAGE_LIMIT = 1_000
router = APIRouter(prefix="/api/v1", tags=["下载和订阅"])


class ChangesParameters(BaseModel):
    """Parameters of the list of changes."""

    model_config = ConfigDict(extra="forbid")

    since: str = Field(
        "", max_length=CURSOR_LIMIT, description="上一页的 next 或者 latest；不填从头读取。"
    )
    size: int = Field(100, ge=1, le=PAGE_LIMIT, description="最多返回几条。")


@dataclass(kw_only=True)
class ChangeView:
    """The last change of one record; a withdrawn one has no address."""

    id: Annotated[str, Field(description="信息的编号。")]
    at: Annotated[str, Field(description="变动时间（UTC）。")]
    change: Annotated[
        ChangeKind,
        Field(description="变动：published 公布，changed 更新，withdrawn 撤下。"),
    ]
    record: Annotated[str | None, Field(description="这条信息在本接口的地址；已撤下的没有。")] = (
        None
    )


@dataclass(kw_only=True)
class ChangesAnswer:
    """One page of changes, oldest first."""

    changes: Annotated[
        list[ChangeView],
        Field(description="变动，由早到晚；一条信息只列最近一次变动。"),
    ]
    next: Annotated[str, Field(description="下一页的 since，读完后也从这里继续。")]
    latest: Annotated[str, Field(description="目前最后一条变动的位置。")]
    more: Annotated[bool, Field(description="之后是否还有。")]


@router.get(
    "/changes",
    summary="变动",
    description="公布、更新和撤下的信息，由早到晚。保存 next，下次作为 since 接着读取，"
    "不重复，不遗漏。撤下的信息只有编号和时间。",
    response_model=ChangesAnswer,
    responses=describe_problems(404, 422, 503),
)
async def changes(parameters: Annotated[ChangesParameters, Query()], request: Request) -> Response:
    """What was published, changed and withdrawn since a cursor, in order.

    The journal does not say whose records they were, so an agency's own site has no list.
    """
    if site_of(request).unit:
        raise UnknownPageError
    journal, after = read_position(parameters.since)
    page = await services_of(request).engine.changes(after, parameters.size)
    check_position(journal, after, page)
    reached = page.changes[-1].sequence if page.changes else after
    answer = ChangesAnswer(
        changes=[_view(each) for each in page.changes],
        next=write_position(page.journal, reached),
        latest=write_position(page.journal, page.last),
        more=reached < page.last,
    )
    return Response(orjson.dumps(answer), media_type="application/json")


def _view(change: Change) -> ChangeView:
    is_public = change.kind is not ChangeKind.WITHDRAWN
    address = f"/api/v1{record_path(change.id)}" if is_public else None
    return ChangeView(id=change.id, at=change.at, change=change.kind, record=address)
