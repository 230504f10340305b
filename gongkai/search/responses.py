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

Html = Annotated[str, Field(description="Escaped HTML; <mark> is its only tag.")]
PartialIso = Annotated[str, Field(examples=["2009-02-20", "2008-05", "2008"])]


@dataclass(kw_only=True)
class PublisherView:
    """An agency (发布机构): its code in the city's table, or its name where it has none."""

    code: str
    name: str


@dataclass(kw_only=True)
class DateView:
    """A date choice that was read in the words; `dates=false` takes it off."""

    label: Annotated[str, Field(description="In Chinese, fit to be shown.", examples=["2008年"])]
    published_from: PartialIso | None
    published_to: PartialIso | None


@dataclass(kw_only=True)
class QueryView:
    """What was read in the words."""

    text: str
    terms: Annotated[list[str], Field(description="Words looked for.")]
    corrected_from: Annotated[
        str | None,
        Field(description="The words as typed; they find nothing. `correct=false` asks for them."),
    ] = None
    did_you_mean: Annotated[
        str | None, Field(description="Words that find far more; only offered.")
    ] = None
    relaxed: Annotated[
        bool,
        Field(description="Few records have every word; the list holds others with some of them."),
    ] = False
    complete: Annotated[int, Field(description="Records of the list with every word.")] = 0
    missing: Annotated[
        list[str],
        Field(description="Words that are in no record, where no record has every word."),
    ] = field(default_factory=list)
    emphasized: Annotated[
        list[str],
        Field(description="Parts in Chinese quotation marks; they lift records, none is required."),
    ] = field(default_factory=list)
    loosened: Annotated[
        str | None,
        Field(
            description="The words without straight quotation marks, where no record has the "
            "phrase; only offered."
        ),
    ] = None
    newest: Annotated[
        bool,
        Field(
            description="The newest records come first because the words ask for them (最新政策). "
            "`dates=false` orders by relevance."
        ),
    ] = False
    cut: Annotated[
        bool, Field(description="There are more words than are asked for; some were left out.")
    ] = False
    expanded: Annotated[
        dict[str, list[str]],
        Field(
            description="Typed -> official words asked for as well. `expand=false` does without."
        ),
    ] = field(default_factory=dict)
    date: DateView | None = None
    related: Annotated[
        int,
        Field(
            description="Records in the list that are only near in meaning; `total` and facets do "
            "not count them. `semantic=false` asks for the words alone."
        ),
    ] = 0
    semantic: Annotated[
        SemanticOutcome | None,
        Field(description="How asking by meaning ended; null where only words were asked."),
    ] = None


@dataclass(kw_only=True)
class ArticleView:
    """An article (条) of a law or rule."""

    number: Annotated[
        str, Field(description="32; 120-1 is 第一百二十条之一.", examples=["32", "120-1"])
    ]
    label: Annotated[str, Field(examples=["第三十二条"])]
    anchor: Annotated[
        str, Field(description="Fragment of the record page's address.", examples=["article-32"])
    ]


@dataclass(kw_only=True)
class HitView:
    """One record in a result list."""

    id: str
    score: float
    title: str
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
    related: Annotated[
        bool, Field(description="Near in meaning (相关), without the words as they were asked.")
    ] = False
    article: Annotated[
        ArticleView | None,
        Field(description="The article that the passage is from, where the text has articles."),
    ] = None


@dataclass(kw_only=True)
class FacetValueView:
    """One value of a facet, how many records have it, and the values below it in a tree."""

    value: str
    label: str
    count: int
    selected: bool = False
    children: list["FacetValueView"] = field(default_factory=list)


@dataclass(kw_only=True)
class SearchAnswer:
    """The answer to one question; facet counts leave out their own field's filter."""

    query: QueryView
    total: int
    took_ms: float
    page: int
    size: int
    next_cursor: str | None
    hits: list[HitView]
    facets: Mapping[str, Sequence[FacetValueView]]
    more: Annotated[
        Mapping[str, int],
        Field(
            description="Values that a facet has beyond its `facet_size` most frequent ones; "
            "facets with all of their values are left out.",
            examples=[{"publisher": 112}],
        ),
    ]


@dataclass(kw_only=True)
class AttachmentView:
    """A file that belongs to a record (附件)."""

    name: str
    url: str | None = None
    text: Annotated[str, Field(description="What was read out of the file; it is searched.")] = ""
    text_state: Annotated[
        str,
        Field(
            description=(
                "`read`; `no_text_layer`: a PDF of pictures; `machine_read`: recognised "
                "from a scan or an image, with possible errors; `too_costly`: reading it takes too "
                "much time or memory; `unreadable`: damaged, encrypted or too large; `absent`: no "
                "file lay beside the record, or not of a format that is read."
            ),
            examples=["read", "no_text_layer", "machine_read", "unreadable", "absent"],
        ),
    ] = "absent"


@dataclass(kw_only=True)
class CitedDocument:
    """A document that another one repeals, as it is cited; `id` where it is a public record."""

    title: str | None
    document_number: str | None
    id: str | None = None


@dataclass(kw_only=True)
class RecordView:
    """One whole record as it is published."""

    id: str
    index_number: str | None
    title: str
    document_number: str | None
    document_number_original: str | None
    publisher: PublisherView
    publisher_name: Annotated[
        str, Field(description="As published; the agency may be called otherwise now.")
    ]
    issued_on: PartialIso | None
    issued_on_original: str | None
    published_on: PartialIso
    category: str | None
    topic: list[str]
    audience: list[str]
    life_event: list[str]
    genre: str | None
    genre_inferred: Annotated[bool, Field(description="Read from the title's ending, not stated.")]
    format: str | None
    disclosure: str
    validity: str | None
    keywords: list[str]
    summary: str
    body: str
    url: str | None
    attachments: list[AttachmentView]
    extra: dict[str, object]
    repeals: Annotated[
        list[CitedDocument], Field(description="What its text says that it repeals (废止).")
    ]
    repealed_by: Annotated[
        list[CitedDocument],
        Field(description="Public records whose text says that they repeal this one."),
    ]


@dataclass(kw_only=True)
class SimilarAnswer:
    """Records about the same matter, the most similar first; may be empty."""

    hits: Annotated[
        list[HitView], Field(description="At most `size`; `score` is no measure by itself.")
    ]


@dataclass(kw_only=True)
class ClassificationsAnswer:
    """The classification trees with counts; values without a record are there with 0."""

    trees: Mapping[str, Sequence[FacetValueView]]


class Problem(BaseModel):
    """An error by RFC 9457; `parameter` is the one at fault."""

    type: str = "about:blank"
    title: str = Field(description="In Chinese, fit to be shown.")
    status: int
    detail: str | None = None
    parameter: str | None = None
