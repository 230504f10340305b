"""The columns of a catalog entry, its facets, and the fields of the index: each described once.

Headings, labels, parameters, responses, exports and pages derive from these rows. A new column
also needs a member of `Record` and of the views in `gongkai.search.responses`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum

from gongkai.catalog.classifications import MISSING_LABEL


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the catalog entry.

    `headings` are the catalog's own, separated by spaces. `title` is the label on pages, by default
    the first heading. `several` columns hold several values. The values of `classified` ones are
    classes of the table of that name. A `general` heading (标题, 链接) is not only in catalogs.
    """

    key: str
    headings: str = ""
    title: str = ""
    several: bool = False
    classified: bool = False
    general: bool = False
    exported: bool = True

    @property
    def label(self) -> str:
        return self.title or self.headings.partition(" ")[0]

    @property
    def export_heading(self) -> str:
        """Returns the label if the intake knows it as a heading, else the first heading."""
        names = self.headings.split()
        return self.label if self.label in names else names[0]


COLUMNS = (
    Column("id", general=True, exported=False),
    Column("index_number", "索引号 信息索引号"),
    Column("title", "标题 信息名称 名称 信息标题", general=True),
    Column("document_number", "文号 发文字号 文件编号"),
    Column("publisher", "发布机构 发布单位 发文机关 公开责任部门"),
    Column("issued_on", "生成日期 成文日期 发文日期", "成文日期"),
    Column("published_on", "发布日期 发布时间 公开日期"),
    Column("category", "组配分类", classified=True),
    Column("topic", "主题分类", several=True, classified=True),
    Column("audience", "服务对象分类 服务对象", "服务对象", several=True, classified=True),
    Column("life_event", "生命周期分类", "生命周期", several=True, classified=True),
    Column("genre", "体裁分类 体裁", "体裁", classified=True),
    Column("format", "信息格式 信息格式分类", classified=True, general=True),
    Column("disclosure", "公开方式 公开属性 公开类别"),
    Column("validity", "有效性 时效性"),
    Column("keywords", "主题词 关键词", "关键词", several=True, general=True),
    Column("summary", "内容概述 内容概况 摘要", general=True),
    Column("body", "正文 内容 信息内容", general=True, exported=False),
    Column("url", "链接 网址", "原文网址", general=True),
    Column("attachments", "附件", general=True, exported=False),
    Column("extra", general=True, exported=False),
)
"""In the order of exports."""


@dataclass(frozen=True, slots=True)
class Facet:
    """How the values of a column are counted and chosen.

    Numbers are places: `panel` among the filters of a list, `shelf` on the pages for browsing,
    `tile` on the kiosk, with its label there, `home` on the start page; 0 where it is not shown.
    `tree` facets count a class with its descendants. Records without an `expected` value are listed
    for staff. `missing` labels records without a value.
    """

    name: str
    panel: int
    shelf: int = 0
    tile: int = 0
    tile_label: str = ""
    home: int = 0
    tree: bool = False
    expected: bool = False
    missing: str = MISSING_LABEL


_FACETS = (
    Facet("category", 7, 5, tree=True, expected=True),
    Facet("topic", 1, 1, 3, "按主题", home=2, tree=True, expected=True),
    Facet("audience", 5, 3, 1, "按服务对象", home=1, tree=True, expected=True),
    Facet("life_event", 6, 4, 2, "按生命周期", home=4, tree=True, expected=True),
    Facet("genre", 4, 6, expected=True),
    Facet("format", 10),
    Facet("publisher", 2, 2, 4, "按机构", home=3),
    Facet("year", 3, 7),
    Facet("validity", 8, 8, missing="未标注"),
    Facet("disclosure", 9),
)
"""In the order of the API. The year of publication is no column."""


def _sort(place: Callable[[Facet], int]) -> tuple[str, ...]:
    return tuple(each.name for each in sorted(_FACETS, key=place) if place(each))


FACETS = tuple(each.name for each in _FACETS)
TREES = tuple(each.name for each in _FACETS if each.tree)
EXPECTED = tuple(each.name for each in _FACETS if each.expected)
PANELS = _sort(lambda facet: facet.panel)
SHELVES = _sort(lambda facet: facet.shelf)
HOME = _sort(lambda facet: facet.home)
_LABELS = {each.name: each.tile_label for each in _FACETS}
TILES: Mapping[str, str] = {name: _LABELS[name] for name in _sort(lambda facet: facet.tile)}
MISSING_LABELS: Mapping[str, str] = {each.name: each.missing for each in _FACETS}
CLASSES = tuple(
    each for each in COLUMNS if each.key in FACETS and each.key not in ("publisher", "disclosure")
)
"""Columns that classify a record; publisher and disclosure have rules of their own."""
CLASSIFIED = tuple(each.key for each in COLUMNS if each.classified)
SEVERAL = frozenset(each.key for each in COLUMNS if each.several)
TELLING = frozenset(each.key for each in COLUMNS if not each.general)
TITLES: Mapping[str, str] = {**{each.key: each.label for each in COLUMNS}, "year": "年份"}
"""Labels of columns and facets on pages."""


class Kind(Enum):
    """How an engine indexes a field."""

    KEYWORD = "keyword"
    """Whole values, matched exactly."""
    WORDS = "words"
    """Words joined by spaces, with frequencies for ranking, without positions."""
    GRAMS = "grams"
    """Overlapping character bigrams joined by spaces, with positions, for literal runs."""
    CHARS = "chars"
    """Distinct characters joined by spaces; presence only."""
    INTEGER = "integer"
    """A 64-bit integer for range filters and sorting."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field.

    `tree` fields hold paths together with their ancestors. `term_dictionary` fields are read as a
    whole for autocomplete and spelling correction. `counted` fields have value counts, so an engine
    stores a column for them. `stored` values are read back when writing.
    """

    name: str
    kind: Kind
    facet: bool = False
    tree: bool = False
    term_dictionary: bool = False
    stored: bool = False

    @property
    def counted(self) -> bool:
        return self.facet or self.term_dictionary


_ROWS = (
    Field("id", Kind.KEYWORD),
    Field("revision", Kind.KEYWORD),
    Field("title_key", Kind.KEYWORD),
    Field("document_number", Kind.KEYWORD),
    Field("index_number", Kind.KEYWORD),
    Field("number_prefix", Kind.KEYWORD, term_dictionary=True),
    Field("number_year", Kind.KEYWORD),
    Field("number_serial", Kind.KEYWORD),
    Field("authority", Kind.KEYWORD),
    Field("repeals", Kind.KEYWORD),
    Field("explains", Kind.KEYWORD),
    Field("cites", Kind.KEYWORD),
    Field("title_base", Kind.KEYWORD),
    Field("terms", Kind.KEYWORD, term_dictionary=True),
    Field("text_key", Kind.KEYWORD),
    Field("bands", Kind.KEYWORD),
    Field("identities", Kind.KEYWORD, stored=True),
    Field("title_words", Kind.WORDS),
    Field("title_grams", Kind.GRAMS),
    Field("title_chars", Kind.CHARS),
    Field("entry_words", Kind.WORDS),
    Field("body_words", Kind.WORDS),
    Field("text_grams", Kind.GRAMS),
    Field("text_chars", Kind.CHARS),
    *(Field(name, Kind.KEYWORD, facet=True, tree=name in TREES) for name in FACETS),
    Field("published_first", Kind.INTEGER),
    Field("published_last", Kind.INTEGER),
    Field("published_order", Kind.INTEGER),
    Field("issued_first", Kind.INTEGER),
    Field("issued_last", Kind.INTEGER),
    Field("effective_first", Kind.INTEGER),
    Field("effective_last", Kind.INTEGER),
    Field("expires", Kind.INTEGER),
)

FIELDS: Mapping[str, Field] = {row.name: row for row in _ROWS}
ZONE_BREAK = "\u2063"
"""A token that no text contains; it separates zones of a field, so that no phrase spans two."""
SCHEMA_VERSION = 8
"""Raised when a field changes its meaning; every index must then be rebuilt."""
