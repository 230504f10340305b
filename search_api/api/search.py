"""`/api/v1`: search, autocomplete, classifications, records."""

from typing import Annotated

import orjson
from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from gongkai.errors import BadRequestError
from gongkai.search.citation_service import CitationsAnswer
from gongkai.search.responses import (
    ClassificationsAnswer,
    ComparisonAnswer,
    RecordView,
    SearchAnswer,
    SimilarAnswer,
)
from gongkai.search.service import SearchService
from gongkai.search.suggest import SuggestAnswer
from search_api.http.dependencies import (
    CitationsDependency,
    RecordId,
    SearchServiceDependency,
    cache_headers,
    find_record,
    find_unit_services,
    missing_record_error,
    refuse_merged,
    zero_result_task,
)
from search_api.http.errors import GoneError, describe_problems
from search_api.http.parameters import (
    CitationsParameters,
    ComparisonParameters,
    SimilarParameters,
    read_search,
    read_suggest,
)
from search_api.http.search_requests import read_request, refuse_unknown
from search_api.http.state import services_of

router = APIRouter(prefix="/api/v1", tags=["检索和信息"], responses=describe_problems(422, 503))
_MISSING = {
    **describe_problems(404, 410),
    308: {"description": "已经并入另一条信息，见 Location。"},
}


@router.get(
    "/search",
    summary="检索",
    description="全文检索，附各分类字段的准确条数。",
    response_model=SearchAnswer,
    openapi_extra=read_search.described,
)
async def search(request: Request) -> Response:
    """Full-text search with exact facet counts."""
    # Each dependency would cost as much as reading the parameters.
    asked = read_request(await read_search(request))
    answer = await services_of(request).search.search(asked)
    response = _as_json(answer)
    response.headers.update(cache_headers(answer))
    response.background = zero_result_task(request, asked, answer)
    return response


@router.get(
    "/suggest",
    summary="输入提示",
    description="根据已经输入的汉字、全拼、首字母或者它们的混合给出补全。",
    response_model=SuggestAnswer,
    openapi_extra=read_suggest.described,
)
async def suggest(request: Request) -> Response:
    """Suggestions while typing: Chinese, full pinyin, initials, or a mix."""
    parameters = await read_suggest(request)
    unit = parameters.unit
    services = find_unit_services(request, unit) if unit else services_of(request)
    return _as_json(await services.suggester.suggest(parameters.q, parameters.size))


@router.get(
    "/classifications",
    summary="分类和条数",
    description="各分类、发布机构及其信息条数。",
    response_model=ClassificationsAnswer,
)
async def classifications(request: Request, service: SearchServiceDependency) -> Response:
    """The classification trees and agencies with record counts."""
    refuse_unknown(request, ())
    return _as_json(await service.classifications())


@router.get(
    "/records/{record_id:path}/similar",
    summary="相关信息",
    description="同一事项的其他信息，最相近的在前；可能没有。",
    response_model=SimilarAnswer,
    responses=_MISSING,
    dependencies=[Depends(refuse_merged)],
)
async def similar(
    record_id: RecordId,
    parameters: Annotated[SimilarParameters, Query()],
    service: SearchServiceDependency,
) -> Response:
    """Records about the same matter."""
    record = await service.fetch(record_id)
    found = await service.similar(record, parameters.size) if record else None
    return await _answer_about(found, record_id, "similar", service)


@router.get(
    "/records/{record_id:path}/comparison",
    summary="修订对照",
    description="本文件与修订前或者修订后的文本逐条对照；两条信息须为同一文件的不同文本。",
    response_model=ComparisonAnswer,
    responses=_MISSING,
    dependencies=[Depends(refuse_merged)],
)
async def comparison(
    record_id: RecordId,
    parameters: Annotated[ComparisonParameters, Query()],
    service: SearchServiceDependency,
) -> Response:
    """The differences by article between two versions of a document."""
    if not parameters.other:
        # An id may itself end in `/comparison`.
        whole_id = f"{record_id}/comparison"
        record = await service.record(whole_id)
        if record is not None:
            return _as_json(record)
        if await service.is_withdrawn(whole_id):
            raise GoneError
        raise BadRequestError("with", "请写明另一文本的信息编号")
    found = await service.comparison(record_id, parameters.other)
    if found is None:
        raise await missing_record_error(record_id, service)
    return _as_json(found)


@router.get(
    "/records/{record_id:path}/citations",
    summary="引用和被引用",
    description="正文引用的公开信息，以及引用本信息的公开信息；按文号或者标题关联，指向不明的不列。",
    response_model=CitationsAnswer,
    responses=_MISSING,
    dependencies=[Depends(refuse_merged)],
)
async def citations(
    record_id: RecordId,
    parameters: Annotated[CitationsParameters, Query()],
    citing: CitationsDependency,
    service: SearchServiceDependency,
) -> Response:
    """The public records that a record cites, and those that cite it."""
    found = await citing.answer(record_id, parameters.page, parameters.size)
    return await _answer_about(found, record_id, "citations", service)


@router.get(
    "/records/{record_id:path}",
    summary="一条信息",
    description="一条信息公布的全部内容。",
    response_model=RecordView,
    responses=_MISSING,
    dependencies=[Depends(refuse_merged)],
)
async def record(
    record_id: RecordId, request: Request, service: SearchServiceDependency
) -> Response:
    """One complete record as published."""
    refuse_unknown(request, ())
    return _as_json(await find_record(record_id, service))


async def _answer_about(
    found: object, record_id: str, ending: str, service: SearchService
) -> Response:
    """Answers what belongs to a record, or the record whose id itself ends like the address."""
    found = found or await service.record(f"{record_id}/{ending}")
    if found is None:
        raise await missing_record_error(record_id, service)
    return _as_json(found)


def _as_json(answer: object) -> Response:
    return Response(orjson.dumps(answer), media_type="application/json")
