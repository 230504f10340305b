"""Query parameters of lists and of autocomplete. API and pages share them.

Every parameter is declared once, here, for validation, the OpenAPI document and the pages' links.
"""

from typing import Annotated, Any

from fastapi import Depends, Query
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    create_model,
    field_validator,
)

from gongkai.catalog.classifications import PATH_LIMIT
from gongkai.catalog.fields import FACETS, TITLES, TREES
from gongkai.query.request import (
    FACET_SIZE,
    FACET_SIZE_LIMIT,
    FILTER_LIMIT,
    PAGE_WINDOW,
    SIZE_LIMIT,
    TEXT_LIMIT,
    Scope,
    Sort,
)
from gongkai.search.export import ExportFormat
from search_api.http.query_reader import QueryReader, Read

TYPED_LIMIT = 100
"""Maximum number of characters for autocomplete."""
SUGGESTIONS_LIMIT = 20
CITATIONS_PAGE_LIMIT = 100
"""Pages of at most SIZE_LIMIT records, to the 10,000th as in other lists."""
PAGE_FACET_SIZE = 200
"""Values of each facet on a page: what its panels show, with the classes below."""
CURSOR_LIMIT = 6_000
"""Characters. With Elasticsearch a cursor grows by about 250 characters per shard."""
_Value = Annotated[str, StringConstraints(max_length=PATH_LIMIT)]


def _with_facets(model: type[Read]) -> type[Read]:
    """Returns the model with a list of chosen values for each facet."""
    facets: dict[str, Any] = {name: (list[_Value], _values(name)) for name in FACETS}
    return create_model(model.__name__, __base__=model, **facets)


def _values(name: str) -> Any:
    below = "，包括下级，上下级用 / 分隔" if name in TREES else ""
    if name == "publisher":
        below = "，包括下级机构；机构代码后加“/本级”的只含该机构自身"
    return Field(
        default_factory=list,
        max_length=FILTER_LIMIT,
        description=f"{TITLES[name]}{below}；可以重复，重复的取值之间是“或”的关系。",
    )


@_with_facets
class _Filters(BaseModel):
    model_config = ConfigDict(extra="forbid")

    q: str = Field(
        "",
        max_length=TEXT_LIMIT,
        description='检索词；"短语" 要求完整匹配，-词语 表示排除；可以为空。',
        examples=["公积金提取"],
    )


class ListParameters(_Filters):
    """Parameters of a list. Repeat a classification for OR; fields combine by AND."""

    published_from: str = Field(
        "", max_length=40, description="发布日期的起点：年、月或者日。", examples=["2020"]
    )
    published_to: str = Field(
        "", max_length=40, description="发布日期的终点（含）：年、月或者日。", examples=["2021-06"]
    )
    document_number: str = Field(
        "", max_length=200, description="文号，写法不限。", examples=["宜政办秘〔2008〕8号"]
    )
    issued_from: str = Field(
        "", max_length=40, description="成文日期的起点：年、月或者日。", examples=["2020"]
    )
    issued_to: str = Field(
        "", max_length=40, description="成文日期的终点（含）：年、月或者日。", examples=["2021-06"]
    )
    effective_from: str = Field(
        "", max_length=40, description="正文写明的施行日期的起点：年、月或者日。"
    )
    effective_to: str = Field(
        "", max_length=40, description="正文写明的施行日期的终点（含）：年、月或者日。"
    )
    in_force: bool = Field(
        False, description="不列出已经废止、失效的，以及正文写明的有效期已经届满的信息。"
    )
    scope: Scope = Field(Scope.ALL, description="检索范围：all 全文，title 只在标题中检索。")
    unit: str = Field(
        "",
        max_length=200,
        description="单位代码或者全称：只检索这个单位及其下级单位的信息。",
        examples=["340822-zf"],
    )
    sort: Sort = Field(
        Sort.RELEVANCE, description="排序：relevance 相关度，newest 最新发布，oldest 最早发布。"
    )
    expand: bool = Field(True, description="同时检索日常说法对应的规范用语。")
    correct: bool = Field(True, description="没有结果时纠正错别字，把字母当作拼音。")
    dates: bool = Field(True, description="把检索词中的时间（如“2008年的”）作为筛选条件。")
    relax: bool = Field(True, description="含有全部检索词的信息不多时，列出含有部分检索词的。")
    semantic: bool = Field(True, description="启用语义检索（已安装时）；不能与 cursor 同时使用。")

    @field_validator("year")
    @classmethod
    def _check_year(cls, years: list[str]) -> list[str]:
        if any(not (y == "_missing" or (y.isascii() and y.isdigit())) for y in years if y):
            raise ValueError("a year is written in digits")
        return years


class SearchParameters(ListParameters):
    """Parameters of a list with paging, facets and highlighting."""

    page: int = Field(1, ge=1, le=PAGE_WINDOW, description="页码，从 1 开始。")
    size: int = Field(10, ge=1, le=SIZE_LIMIT, description="每页条数。")
    cursor: str = Field(
        "", max_length=CURSOR_LIMIT, description="翻页标记，取自上一次结果的 next_cursor。"
    )
    facets: list[_Value] = Field(
        default_factory=lambda: list(FACETS),
        max_length=FILTER_LIMIT,
        description="需要统计条数的分类字段；为空则不统计。",
    )
    fold: bool = Field(
        False,
        description="为 true 时，正文相同的信息合并为一条，其余的列在这一条的 folded 中，"
        "total 不变，因此一页可能不足 size 条；使用 cursor 时不合并。",
    )
    facet_size: int = Field(
        FACET_SIZE,
        ge=1,
        le=FACET_SIZE_LIMIT,
        description="每个分类字段列出几个取值：条数最多的，年份取最近的；"
        "已选的取值总是列出，没有列出的个数见 more。",
    )
    highlight: bool = Field(True, description="标出检索词。")


class PageParameters(SearchParameters):
    """Search parameters for pages, which fold copies.

    Unknown ones are ignored: shared links carry tracking parameters.
    """

    model_config = ConfigDict(extra="ignore")

    facet_size: int = Field(PAGE_FACET_SIZE, ge=1, le=FACET_SIZE_LIMIT)
    fold: bool = True


class ExportParameters(ListParameters):
    """Parameters of an export: a whole list as a file, sorted by date."""

    format: list[_Value] = Field(
        default_factory=list,
        max_length=FILTER_LIMIT,
        description="文件格式：csv（默认）或者 jsonl；其他取值按信息格式筛选。",
    )

    def split_format(self) -> tuple[ExportFormat, "ExportParameters"]:
        """Returns the file format, and the parameters with `format` as a classification only."""
        named = [ExportFormat(each) for each in self.format if each in set(ExportFormat)]
        values = [each for each in self.format if each not in set(ExportFormat)]
        file_format = named[-1] if named else ExportFormat.CSV
        return file_format, self.model_copy(update={"format": values})


class SuggestParameters(BaseModel):
    """Parameters of autocomplete."""

    model_config = ConfigDict(extra="forbid")

    q: str = Field(
        "", max_length=TYPED_LIMIT, description="已经输入的文字或者拼音。", examples=["gjj"]
    )
    size: int = Field(8, ge=1, le=SUGGESTIONS_LIMIT, description="最多返回几条。")
    unit: str = Field(
        "", max_length=200, description="单位代码：只根据这个单位及其下级单位的信息补全。"
    )


class SimilarParameters(BaseModel):
    """Parameters of related records."""

    model_config = ConfigDict(extra="forbid")

    size: int = Field(5, ge=1, le=SUGGESTIONS_LIMIT, description="最多返回几条。")


class ComparisonParameters(BaseModel):
    """Parameters of a comparison of two versions."""

    model_config = ConfigDict(extra="forbid")

    other: str = Field(
        "",
        alias="with",
        max_length=200,
        description="另一文本的信息编号，见信息的 versions，必填。",
    )


class CitationsParameters(BaseModel):
    """Parameters of the citations of a record."""

    model_config = ConfigDict(extra="forbid")

    page: int = Field(1, ge=1, le=CITATIONS_PAGE_LIMIT, description="`cited_by` 的页码。")
    size: int = Field(10, ge=1, le=SIZE_LIMIT, description="`cited_by` 每页的条数。")


read_search = QueryReader(SearchParameters)
read_page = QueryReader(PageParameters)
read_suggest = QueryReader(SuggestParameters)
ListQuery = Annotated[ListParameters, Query()]
ExportQuery = Annotated[ExportParameters, Query()]
PageQuery = Annotated[PageParameters, Depends(read_page)]
PARAMETERS: frozenset[str] = frozenset(SearchParameters.model_fields)
