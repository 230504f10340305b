"""The layouts of portal pages that a city declares: CSS selectors by field, as a table."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from gettext import gettext as _
from pathlib import Path

from cssselect import GenericTranslator, SelectorError

from analyzers.errors import TableError
from gongkai.catalog.headings import HEADINGS, KEYS
from gongkai.catalog.table_reader import TableRow, read_table

FILE = "page_layouts.csv"
COLUMNS = ("layout", "field", "selector")
PAGE, SITE, REMOVE = "page", "site", "remove"
"""Fields that are no field of a record: what identifies the layout, and what is no text."""
_LONGEST = 500


@dataclass(frozen=True, slots=True)
class Selection:
    """Elements of a page as XPath, and the attribute that holds the value, or "" for the text."""

    path: str
    attribute: str = ""


@dataclass(frozen=True, slots=True)
class PageLayout:
    """A layout. It applies to pages of its `sites` with all elements of `pages`.

    `fields` are the selections by catalog key; the first with a value wins.
    """

    name: str
    sites: tuple[str, ...]
    pages: tuple[Selection, ...]
    removed: tuple[Selection, ...]
    fields: Mapping[str, tuple[Selection, ...]]


_layouts: tuple[PageLayout, ...] = ()


def use_page_layouts(layouts: Sequence[PageLayout]) -> None:
    """Sets the layouts for this process and its children."""
    global _layouts  # noqa: PLW0603 - readers are functions of a path
    _layouts = tuple(layouts)


def page_layouts() -> tuple[PageLayout, ...]:
    """Returns the layouts in the order of the table."""
    return _layouts


def load_page_layouts(directory: Path | None = None) -> Sequence[PageLayout]:
    """Returns the layouts of the table. Raises TableError for the first invalid row."""
    rows, problems = read_table(FILE, directory, COLUMNS, _check)
    if problems:
        raise TableError(problems[0])
    names = dict.fromkeys(row["layout"] for row in rows)
    return [_build(name, [row for row in rows if row["layout"] == name]) for name in names]


def check_page_layouts(directory: Path | None = None) -> list[str]:
    """Returns every problem of the table that `load_page_layouts(directory)` would read."""
    try:
        return read_table(FILE, directory, COLUMNS, _check)[1]
    except TableError as error:
        return [str(error)]


def _build(name: str, rows: Sequence[TableRow]) -> PageLayout:
    def select(field: str) -> tuple[Selection, ...]:
        return tuple(_read(row["selector"]) for row in rows if row["field"].lower() == field)

    fields: dict[str, tuple[Selection, ...]] = {}
    for row in rows:
        if key := HEADINGS.get(row["field"].lower()):
            fields[key] = (*fields.get(key, ()), _read(row["selector"]))
    sites = tuple(row["selector"].lower() for row in rows if row["field"].lower() == SITE)
    return PageLayout(name, sites, select(PAGE), select(REMOVE), fields)


def _read(text: str) -> Selection:
    """Returns a selector such as `.time` or `meta[name=PubDate] @content`."""
    selector, _, attribute = text.partition("@")
    return Selection(GenericTranslator().css_to_xpath(selector.strip()), attribute.strip())


def _check(rows: Sequence[TableRow]) -> Iterator[tuple[int, str]]:
    known = {*HEADINGS, PAGE, SITE, REMOVE}
    for row in rows:
        field = row["field"].lower()
        if not row["layout"]:
            yield row.line, _("has no layout; write its name.")
        if field not in known:
            names = " ".join((PAGE, SITE, REMOVE, *KEYS))
            yield (
                row.line,
                _("unknown field '{field}'; write one of {names}.").format(
                    field=row["field"], names=names
                ),
            )
        elif field != SITE and (problem := _find_problem(row["selector"])):
            yield row.line, problem
    for name in dict.fromkeys(row["layout"] for row in rows if row["layout"]):
        own = [row for row in rows if row["layout"] == name]
        if not any(row["field"].lower() in (PAGE, SITE) for row in own):
            yield (
                own[0].line,
                _("the layout {name} has no row with the field {page} or {site}.").format(
                    name=name, page=PAGE, site=SITE
                ),
            )


def _find_problem(selector: str) -> str:
    if not selector or len(selector) > _LONGEST:
        return _("the selector is empty or too long; write a CSS selector.")
    try:
        _read(selector)
    except SelectorError:
        return _("the selector is not CSS; write it like '.time' or 'meta[name=PubDate] @content'.")
    return ""
