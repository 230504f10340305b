"""The response types that the JSON API and the pages share.

They are plain dataclasses: a response has hundreds of values that were validated at intake, so
Pydantic only describes them. They have no slots, because orjson serializes a `__dict__` six times
as fast.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated

from pydantic import BaseModel, Field

from gongkai.semantic.semantic_search import SemanticOutcome

Html = Annotated[str, Field(description="转义后的 HTML，只含 <mark> 标签。")]
PartialIso = Annotated[str, Field(examples=["2009-02-20", "2008-05", "2008"])]


@dataclass(kw_only=True)
class PublisherView:
    """An agency (发布机构): its code in the city's table, or its name where it has none."""

    code: Annotated[str, Field(description="机构代码；没有代码的为名称。")]
    name: Annotated[str, Field(description="机构名称。")]


@dataclass(kw_only=True)
class DateView:
    """A date choice that was read in the words; `dates=false` takes it off."""

    label: Annotated[str, Field(description="可以直接显示的中文说明。", examples=["2008年"])]
    published_from: Annotated[PartialIso | None, Field(description="起点。")]
    published_to: Annotated[PartialIso | None, Field(description="终点（含）。")]


@dataclass(kw_only=True)
class QueryView:
    """What was read in the words."""

    text: Annotated[str, Field(description="实际检索的文字。")]
    terms: Annotated[list[str], Field(description="实际检索的词。")]
    corrected_from: Annotated[
        str | None,
        Field(description="纠正前的检索词，没有结果；`correct=false` 按原样检索。"),
    ] = None
    did_you_mean: Annotated[str | None, Field(description="结果多得多的检索词，仅供选择。")] = None
    relaxed: Annotated[
        bool,
        Field(description="含有全部检索词的信息不多，列表中还有含有部分检索词的。"),
    ] = False
    complete: Annotated[int, Field(description="列表中含有全部检索词的条数。")] = 0
    missing: Annotated[
        list[str],
        Field(description="任何信息都不含的词（没有信息含有全部检索词时）。"),
    ] = field(default_factory=list)
    emphasized: Annotated[
        list[str],
        Field(description="中文引号内的部分；含有的信息排在前面，不要求必须含有。"),
    ] = field(default_factory=list)
    loosened: Annotated[
        str | None,
        Field(
            description="没有信息含有英文引号内的短语时，去掉引号的检索词，仅供选择。",
        ),
    ] = None
    newest: Annotated[
        bool,
        Field(
            description="检索词要求最新信息（如“最新政策”），按发布时间由新到旧排列；"
            "`dates=false` 按相关度排列。",
        ),
    ] = False
    cut: Annotated[bool, Field(description="检索词过多，省略了一部分。")] = False
    expanded: Annotated[
        dict[str, list[str]],
        Field(
            description="输入的词 → 同时检索的规范用语；`expand=false` 不扩展。",
        ),
    ] = field(default_factory=dict)
    date: Annotated[
        DateView | None, Field(description="从检索词中识别的时间；`dates=false` 不识别。")
    ] = None
    related: Annotated[
        int,
        Field(
            description="列表中仅按意思找到的条数，`total` 和分类条数均已计入；"
            "`semantic=false` 只按词检索。",
        ),
    ] = 0
    semantic: Annotated[
        SemanticOutcome | None,
        Field(description="语义检索的结果；只按词检索时为 null。"),
    ] = None
    unit: Annotated[
        PublisherView | None, Field(description="只检索这个单位及其下级单位的信息时，是哪个单位。")
    ] = None


@dataclass(kw_only=True)
class ArticleView:
    """An article (条) of a law or rule."""

    number: Annotated[
        str, Field(description="条的序号；120-1 是第一百二十条之一。", examples=["32", "120-1"])
    ]
    label: Annotated[str, Field(description="条的名称。", examples=["第三十二条"])]
    anchor: Annotated[str, Field(description="信息页网址中的片段标识。", examples=["article-32"])]


@dataclass(kw_only=True)
class CopyView:
    """A public record with the same text as another one."""

    id: Annotated[str, Field(description="信息的编号。")]
    title: Annotated[str, Field(description="标题。")]
    document_number: Annotated[str | None, Field(description="文号。")]
    publisher: Annotated[PublisherView, Field(description="发布机构。")]
    published_on: Annotated[PartialIso, Field(description="发布日期。")]


@dataclass(kw_only=True)
class CitedView(CopyView):
    """A public record that cites another one or is cited by it."""

    validity: Annotated[str | None, Field(description="有效性。")]
    basis: Annotated[bool, Field(description="正文写明以被引用的信息为依据（根据……制定）。")]


@dataclass(kw_only=True)
class HitView:
    """One record in a result list."""

    id: Annotated[str, Field(description="信息的编号。")]
    score: Annotated[float, Field(description="相关度，只用于同一列表内排序。")]
    title: Annotated[str, Field(description="标题。")]
    title_html: Html
    snippet_html: Html
    document_number: str | None
    index_number: str | None
    publisher: PublisherView
    published_on: PartialIso
    issued_on: PartialIso | None
    category: str | None
    topic: list[str]
    audience: list[str]
    life_event: list[str]
    genre: str | None
    format: str | None
    disclosure: str
    validity: str | None
    url: str | None
    effective_on: Annotated[
        PartialIso | None, Field(description="正文写明的施行日期。", examples=["2021-10-01"])
    ]
    expires_on: Annotated[PartialIso | None, Field(description="正文写明的有效期的最后一天。")]
    term_passed: Annotated[
        bool,
        Field(description="正文写明的有效期在今天（北京时间）之前已经届满；与 `validity` 无关。"),
    ]
    publisher_inferred: Annotated[
        bool, Field(description="发布机构由文号或者标题推定，原目录没有标注。")
    ]
    related: Annotated[bool, Field(description="仅按意思找到（相关），不含检索词。")] = False
    pinned: Annotated[
        bool, Field(description="工作人员为这个检索词置顶；只在按相关度排列时置顶。")
    ] = False
    article: Annotated[
        ArticleView | None,
        Field(description="摘录所在的条；正文分条时才有。"),
    ] = None
    folded: Annotated[
        list[CopyView],
        Field(
            description="`fold=true` 时，列表中正文与本条相同、不再单独列出的信息；"
            "`total` 和分类条数均已计入。"
        ),
    ] = field(default_factory=list)


@dataclass(kw_only=True)
class FacetValueView:
    """One value of a facet, how many records have it, and the values below it in a tree."""

    value: Annotated[str, Field(description="取值，用作筛选参数。")]
    label: Annotated[str, Field(description="显示的名称。")]
    count: Annotated[int, Field(description="条数。")]
    selected: Annotated[bool, Field(description="是否已选。")] = False
    children: Annotated[
        Sequence["FacetValueView"], Field(description="下级取值；没有下级的不含这一项。")
    ] = ()

    def __init__(
        self,
        value: str,
        label: str,
        count: int,
        selected: bool = False,
        children: Sequence["FacetValueView"] = (),
    ) -> None:
        """Leaves empty `children` to the class, so that orjson does not write them."""
        self.value, self.label, self.count, self.selected = value, label, count, selected
        if children:
            self.children = children


@dataclass(kw_only=True)
class PassageView:
    """The passage of one record that answers a question, unchanged, with its source."""

    id: Annotated[str, Field(description="出处的 id。")]
    title: Annotated[str, Field(description="出处的标题。")]
    document_number: Annotated[str | None, Field(description="文号。")]
    publisher: Annotated[PublisherView, Field(description="发布机构。")]
    published_on: Annotated[PartialIso, Field(description="发布日期。")]
    disclosure: Annotated[str, Field(description="公开方式。")]
    validity: Annotated[str | None, Field(description="有效性。")]
    term_passed: Annotated[bool, Field(description="正文写明的有效期已经届满。")]
    text: Annotated[str, Field(description="原文，未作改动。")]
    article: Annotated[
        ArticleView | None, Field(description="原文所在的条；没有分条的为 null。")
    ] = None


@dataclass(kw_only=True)
class SearchAnswer:
    """The answer to one question; facet counts leave out their own field's filter."""

    query: Annotated[QueryView, Field(description="检索词是怎样理解的。")]
    total: Annotated[int, Field(description="条数。")]
    took_ms: Annotated[float, Field(description="用时，毫秒。")]
    page: Annotated[int, Field(description="页码。")]
    size: Annotated[int, Field(description="每页条数。")]
    next_cursor: Annotated[
        str | None, Field(description="下一页的 `cursor`；没有下一页时为 null。")
    ]
    hits: Annotated[list[HitView], Field(description="本页的信息。")]
    facets: Annotated[
        Mapping[str, Sequence[FacetValueView]],
        Field(description="各分类字段的取值和条数，不计该字段自身的筛选。"),
    ]
    more: Annotated[
        Mapping[str, int],
        Field(
            description="分类字段没有列出的取值个数（超过 `facet_size` 的部分）；"
            "全部列出的字段不在其中。",
            examples=[{"publisher": 112}],
        ),
    ]
    answer: Annotated[
        PassageView | None,
        Field(description="第一页上直接回答问题的原文；没有把握时为 null。"),
    ] = None

    @property
    def keyword_total(self) -> int:
        """Returns the number of records that the keywords find."""
        return self.total - self.query.related


@dataclass(kw_only=True)
class AttachmentView:
    """A file that belongs to a record (附件)."""

    name: Annotated[str, Field(description="附件名称。")]
    url: Annotated[str | None, Field(description="附件的网址。")] = None
    text: Annotated[str, Field(description="从文件中提取的文字，可以检索。")] = ""
    text_state: Annotated[
        str,
        Field(
            description=(
                "`read` 已提取；`no_text_layer` 扫描的 PDF；`machine_read` 由机器识别，可能有误；"
                "`too_costly` 过于复杂；`unreadable` 损坏、加密或者过大；"
                "`absent` 没有文件或者格式不支持。"
            ),
            examples=["read", "no_text_layer", "machine_read", "unreadable", "absent"],
        ),
    ] = "absent"


@dataclass(kw_only=True)
class CitedDocument:
    """A document that another one names, as it is cited; `id` where it is a public record."""

    title: Annotated[str | None, Field(description="引用的标题。")]
    document_number: Annotated[str | None, Field(description="引用的文号。")]
    id: Annotated[str | None, Field(description="信息的编号；不是公开信息时为 null。")] = None


@dataclass(kw_only=True)
class RecordView:
    """One whole record as it is published."""

    id: Annotated[str, Field(description="信息的编号。")]
    index_number: str | None
    title: str
    document_number: str | None
    document_number_original: Annotated[str | None, Field(description="目录中原来写的文号。")]
    publisher: PublisherView
    publisher_name: Annotated[str, Field(description="发布时的机构名称，与现在的名称可能不同。")]
    publisher_inferred: Annotated[
        bool, Field(description="发布机构由文号或者标题推定，原目录没有标注。")
    ]
    issued_on: PartialIso | None
    issued_on_original: Annotated[str | None, Field(description="目录中原来写的成文日期。")]
    published_on: PartialIso
    category: str | None
    topic: list[str]
    audience: list[str]
    life_event: list[str]
    genre: str | None
    genre_inferred: Annotated[bool, Field(description="体裁由标题推断，原目录没有标注。")]
    format: str | None
    disclosure: str
    validity: str | None
    validity_inferred: Annotated[
        bool, Field(description="有效性由标题中的“已废止”“失效”等标记推断。")
    ]
    effective_on: Annotated[
        PartialIso | None, Field(description="正文写明的施行日期。", examples=["2021-10-01"])
    ]
    expires_on: Annotated[PartialIso | None, Field(description="正文写明的有效期的最后一天。")]
    term_passed: Annotated[
        bool,
        Field(description="正文写明的有效期在今天（北京时间）之前已经届满；与 `validity` 无关。"),
    ]
    term_passage: Annotated[str, Field(description="写明施行日期和有效期的原文；没有的为空。")]
    trial: Annotated[bool, Field(description="标题注明试行或者暂行。")]
    keywords: list[str]
    summary: str
    body: str
    url: str | None
    attachments: list[AttachmentView]
    extra: Annotated[dict[str, object], Field(description="目录中的其他栏目。")]
    repeals: Annotated[list[CitedDocument], Field(description="正文写明由本文件废止的文件。")]
    repealed_by: Annotated[
        list[CitedDocument],
        Field(description="正文写明废止本文件的公开信息。"),
    ]
    explains: Annotated[list[CitedDocument], Field(description="本信息解读的文件。")]
    explained_by: Annotated[list[CitedDocument], Field(description="解读本文件的公开信息。")]
    copies: Annotated[
        list[CopyView], Field(description="正文与本信息相同的其他公开信息，新发布的在前。")
    ]
    versions: Annotated[
        list[CopyView],
        Field(description="本文件修订前后的其他文本，较新的在前；逐条差异见 comparison。"),
    ]


@dataclass(kw_only=True)
class PieceView:
    """A piece of both texts: equal, or different (one may be empty)."""

    earlier: Annotated[str, Field(description="较早文本中的文字。")]
    later: Annotated[str, Field(description="较新文本中的文字。")]
    equal: Annotated[bool, Field(description="是否相同（不计标点、全半角和换行）。")]


@dataclass(kw_only=True)
class ArticleRevisionView:
    """An article (条), or a paragraph of a text without articles, in both versions."""

    kind: Annotated[
        str,
        Field(
            description="same 未作修改，changed 修改，added 新增，removed 删去。",
            examples=["same", "changed", "added", "removed"],
        ),
    ]
    earlier_label: Annotated[str, Field(description="较早文本中条的名称；没有的为空。")]
    later_label: Annotated[str, Field(description="较新文本中条的名称；没有的为空。")]
    moved: Annotated[bool, Field(description="前后次序是否调整。")]
    pieces: Annotated[list[PieceView], Field(description="依次连接即为两个文本的这一条。")]


@dataclass(kw_only=True)
class ComparisonAnswer:
    """The differences by article between two versions of a document (修订对照)."""

    earlier: Annotated[CopyView, Field(description="较早的文本。")]
    later: Annotated[CopyView, Field(description="较新的文本。")]
    counts: Annotated[Mapping[str, int], Field(description="各类条数，按 `kind`。")]
    articles: Annotated[list[ArticleRevisionView], Field(description="按较新文本的次序。")]


@dataclass(kw_only=True)
class SimilarAnswer:
    """Records about the same matter, the most similar first; may be empty."""

    hits: Annotated[list[HitView], Field(description="至多 `size` 条；`score` 不能单独比较。")]


@dataclass(kw_only=True)
class ClassificationsAnswer:
    """The classification trees with counts; values without a record are there with 0."""

    trees: Annotated[
        Mapping[str, Sequence[FacetValueView]],
        Field(description="各分类字段的全部取值；没有信息的取值条数为 0。"),
    ]


class Problem(BaseModel):
    """An error by RFC 9457; `parameter` is the one at fault."""

    type: str = Field("about:blank", description="错误的类型。")
    title: str = Field(description="可以直接显示的中文说明。")
    status: int = Field(description="HTTP 状态码。")
    detail: str | None = Field(None, description="详细说明。")
    parameter: str | None = Field(None, description="有误的参数。")
