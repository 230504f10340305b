"""Downloads: a whole list as a file, a saved search as a feed, the replica stream.

The router is mounted twice: under `/api/v1`, and at the paths that pages link to.
"""

from collections.abc import AsyncIterator
from dataclasses import replace

from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse

from gongkai.errors import BadRequestError
from gongkai.query.request import SearchRequest, Sort
from gongkai.search.export import MEDIA_TYPES, ExportFormat, write_csv, write_json_lines
from gongkai.search.replica import stream_replica
from gongkai.search.responses import RecordView
from search_api.http.dependencies import SearchServiceDependency, SiteDependency
from search_api.http.errors import describe_problems
from search_api.http.parameters import ExportQuery, ListQuery
from search_api.http.search_requests import read_list, refuse_unknown
from search_api.http.state import services_of
from search_api.web.feeds import Feed, write_feed
from search_api.web.site import record_path
from search_api.web.urls import absolute, feed_url, search_url

FEED_ENTRIES = 50
_JSON_LINES = MEDIA_TYPES[ExportFormat.JSONL]
router = APIRouter(tags=["下载和订阅"])
_PROBLEMS = describe_problems(422, 503)
_UNKNOWN_FORMAT = f"没有这种导出格式，可用的有 {'、'.join(ExportFormat)}"


class _ExportResponse(StreamingResponse):
    media_type = MEDIA_TYPES[ExportFormat.CSV]


class _ReplicaResponse(StreamingResponse):
    media_type = _JSON_LINES


class _FeedResponse(Response):
    media_type = "application/atom+xml"


@router.get(
    "/search/export",
    summary="下载检索结果",
    description="整个检索结果，CSV 或者 JSON Lines 格式。",
    response_class=_ExportResponse,
    responses={
        200: {
            "description": "列表中的全部信息，不含正文，按发布时间由新到旧排列。",
            "content": {name: {"schema": {"type": "string"}} for name in MEDIA_TYPES.values()},
        },
        **_PROBLEMS,
    },
)
async def export(
    parameters: ExportQuery,
    service: SearchServiceDependency,
    site: SiteDependency,
    request: Request,
) -> Response:
    """The whole result list, streamed as CSV or JSON Lines."""
    file_format, listed = parameters.split_format()
    for value in listed.format:
        if value.strip() and not await service.is_format(value):
            raise BadRequestError("format", _UNKNOWN_FORMAT)
    base = site.base(request)
    records = await _begin(service.every(read_list(listed)))

    def address(record_id: str) -> str:
        return base + record_path(record_id)

    write = write_csv if file_format is ExportFormat.CSV else write_json_lines
    name = f"gongkai.{file_format}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return _ExportResponse(
        write(records, address), headers=headers, media_type=MEDIA_TYPES[file_format]
    )


@router.get(
    "/replica",
    summary="下载全部公开信息",
    description="全部公开信息，供离线运行的设备使用。",
    response_class=_ReplicaResponse,
    responses={
        200: {
            "description": "JSON Lines：首行为说明，随后每行一条公开信息，末行为条数；"
            "由 `gongkai replica pull` 读取。",
            "content": {_JSON_LINES: {"schema": {"type": "string"}}},
        },
        **_PROBLEMS,
    },
)
async def replica(request: Request) -> Response:
    """The whole public index, for a machine that works offline."""
    refuse_unknown(request, ())
    lines = stream_replica(services_of(request).engine)
    head = await anext(lines)
    return _ReplicaResponse(_after(head, lines))


async def _after(head: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield head
    async for each in rest:
        yield each


@router.get(
    "/feed.atom",
    summary="订阅检索结果",
    description="检索结果中最新的信息，Atom 格式。",
    response_class=_FeedResponse,
    responses=_PROBLEMS,
)
async def feed(
    parameters: ListQuery, service: SearchServiceDependency, site: SiteDependency, request: Request
) -> Response:
    """The newest records of a search as an Atom feed."""
    asked = replace(read_list(parameters), sort=Sort.NEWEST)
    entries_only = replace(asked, size=FEED_ENTRIES, facets=(), highlight=False, fold=False)
    answer = await service.search(entries_only)
    base = site.base(request)
    described = Feed(
        title=_title(asked, site.name),
        address=absolute(base, feed_url(asked)),
        page=absolute(base, search_url(asked)),
        site=site.name,
    )
    entries = [(hit, base + record_path(hit.id)) for hit in answer.hits]
    return _FeedResponse(write_feed(described, entries))


def _title(request: SearchRequest, name: str) -> str:
    return f"{request.text.strip()} - {name}" if request.text.strip() else f"最新信息 - {name}"


async def _begin(records: AsyncIterator[RecordView]) -> AsyncIterator[RecordView]:
    """Reads the first record before the status is sent, so that an error still gets its status."""
    first = await anext(records, None)

    async def whole() -> AsyncIterator[RecordView]:
        if first is not None:
            yield first
            async for record in records:
                yield record

    return whole()
