"""Turns validated parameters into a SearchRequest, with the checks that concern several of them."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from fastapi import Request

from gongkai.catalog.classifications import DEPTH_LIMIT, split_path
from gongkai.catalog.dates import PartialDate, parse_date
from gongkai.catalog.fields import CLASSIFIED, FACETS
from gongkai.errors import BadRequestError, RefusedValueError
from gongkai.query.request import DATED, FILTER_LIMIT, PAGE_WINDOW, SearchRequest
from search_api.http.parameters import ListParameters, SearchParameters


class InvertedRangeError(BadRequestError):
    """A date range ends before it starts."""

    def __init__(self, parameter: str = "published_from") -> None:
        super().__init__(parameter, "起始日期晚于截止日期")


def read_list(parameters: ListParameters) -> SearchRequest:
    """Returns the search request of a list. Raises BadRequestError with the parameter's name."""
    return SearchRequest(
        text=parameters.q,
        chosen=_chosen(parameters),
        document_number=parameters.document_number.strip() or None,
        **_read_ranges(parameters),
        in_force=parameters.in_force,
        scope=parameters.scope,
        unit=parameters.unit.strip() or None,
        sort=parameters.sort,
        expand=parameters.expand,
        correct=parameters.correct,
        dates=parameters.dates,
        relax=parameters.relax,
        semantic=parameters.semantic,
    )


def read_request(parameters: SearchParameters) -> SearchRequest:
    """Returns the search request of a page. Raises BadRequestError with the parameter's name."""
    if parameters.page * parameters.size > PAGE_WINDOW and not parameters.cursor:
        raise BadRequestError("page", f"按页码只能翻到第 {PAGE_WINDOW} 条，之后请使用 cursor 参数")
    return replace(
        read_list(parameters),
        page=parameters.page,
        size=parameters.size,
        cursor=parameters.cursor or None,
        facets=tuple(_facets(parameters.facets)),
        facet_size=parameters.facet_size,
        highlight=parameters.highlight,
        fold=parameters.fold,
    )


def refuse_unknown(request: Request, known: Iterable[str]) -> None:
    """Raises BadRequestError for an unknown parameter, so that a typo is reported."""
    unknown = sorted(set(request.query_params) - set(known))
    if unknown:
        raise BadRequestError(unknown[0], "没有这个参数")


def _chosen(parameters: ListParameters) -> Mapping[str, tuple[str, ...]]:
    values: dict[str, list[Any]] = {name: getattr(parameters, name) for name in FACETS}
    chosen = {name: tuple(v for v in each if v.strip()) for name, each in values.items()}
    for name in CLASSIFIED:
        if any(len(split_path(value)) > DEPTH_LIMIT for value in chosen[name]):
            raise BadRequestError(name, f"分类层级不能超过 {DEPTH_LIMIT} 级")
    if sum(map(len, chosen.values())) > FILTER_LIMIT:
        raise BadRequestError("category", f"筛选条件不能超过 {FILTER_LIMIT} 个")
    return {name: each for name, each in chosen.items() if each}


def _read_ranges(parameters: ListParameters) -> dict[str, Any]:
    ranges: dict[str, PartialDate | None] = {}
    for name in DATED:
        start, end = f"{name}_from", f"{name}_to"
        ranges[start] = first = _date(getattr(parameters, start), start)
        ranges[end] = last = _date(getattr(parameters, end), end)
        if first and last and first.first_day > last.last_day:
            raise InvertedRangeError(start)
    return ranges


def _date(text: str, parameter: str) -> PartialDate | None:
    if not text.strip():
        return None
    try:
        return parse_date(text.strip(), field=parameter)
    except RefusedValueError:
        raise BadRequestError(
            parameter, "日期无法识别，请写成 2009-02-20、2009-02 或 2009"
        ) from None


def _facets(names: list[str]) -> Iterable[str]:
    for name in dict.fromkeys(part for each in names for part in each.split(",") if part):
        if name not in FACETS:
            raise BadRequestError("facets", "没有这个分类字段")
        yield name
