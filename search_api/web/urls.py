"""A SearchRequest in, the address that asks it out; and requests changed by one step.

The pages build every link with these. Changing what is asked goes back to page 1. Addresses are
for HTML, where letters need no percent signs; `absolute` makes one that stands anywhere.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from urllib.parse import quote

from gongkai.catalog.dates import PartialDate
from gongkai.catalog.fields import FACETS, TREES
from gongkai.query.request import SearchRequest, Sort
from search_api.web.site import record_path

SEARCH_PATH = "/search"
SWITCHES = ("expand", "correct", "dates", "semantic")
"""What reads or finds more than the words say; a link takes each off."""
_DEFAULT = SearchRequest()
_NOT_LETTERS = re.compile(r"[^\w.~-]+")


def search_url(request: SearchRequest) -> str:
    """The permalink of a question: only what differs from the defaults is written."""
    return _with_query(SEARCH_PATH, build_parameters(request))


def absolute(base: str, path: str) -> str:
    """The address as programs and other sites take it: ASCII alone (RFC 3986)."""
    return base + quote(path, safe="%/?&=+~;,:@!$'()*#[]")


def record_url(record_id: str, text: str = "") -> str:
    """A record's page; `text`: the words it was found by, marked there and led back to."""
    return _with_query(record_path(record_id), [("q", text)] if text else [])


def feed_url(request: SearchRequest) -> str:
    """The list as an Atom feed; a feed has an order of its own."""
    return _with_query("/feed.atom", _whole_list(request, "sort"))


def export_url(request: SearchRequest, file_format: str) -> str:
    """The whole list as a file."""
    return _with_query("/search/export", [*_whole_list(request), ("format", file_format)])


def citations_url(request: SearchRequest) -> str:
    """The records of this page of the list, as they are cited."""
    return _with_query("/search/citations", build_parameters(request))


def facet_url(request: SearchRequest, name: str, find: str = "") -> str:
    """All values of one facet in this list, on a page of their own."""
    found = [("find", find)] if find else []
    return _with_query(f"/search/facets/{name}", [*_whole_list(request), *found])


def apply_url(text: str = "", record_id: str = "") -> str:
    """How to apply for what is not public, with what was looked for carried over."""
    given = {"q": text.strip(), "record": record_id}
    return _with_query("/apply", [(name, value) for name, value in given.items() if value])


def build_parameters(request: SearchRequest) -> list[tuple[str, str]]:
    """Query parameters of a request in a fixed order; a field repeats for each of its values.

    `cursor`, `facets` and `highlight` serve programs and are left out.
    """
    chosen = [(name, value) for name in FACETS for value in request.chosen.get(name, ())]
    single = {
        "published_from": _iso(request.published_from),
        "published_to": _iso(request.published_to),
        "document_number": request.document_number or "",
        "sort": request.sort.value if request.sort is not _DEFAULT.sort else "",
        "size": str(request.size) if request.size != _DEFAULT.size else "",
        "page": str(request.page) if request.page != _DEFAULT.page else "",
    }
    single |= {name: "false" for name in SWITCHES if not getattr(request, name)}
    words = [("q", request.text)] if request.text else []
    return words + chosen + [(name, value) for name, value in single.items() if value]


def kept_fields(request: SearchRequest, *replaced: str) -> list[tuple[str, str]]:
    """Hidden fields of a form that asks again for `replaced`: all other parameters, from page 1."""
    dropped = {"page", *replaced}
    return [(name, value) for name, value in build_parameters(request) if name not in dropped]


def toggle(request: SearchRequest, field: str, value: str) -> SearchRequest:
    """Choose `value`, or take it off where it is chosen.

    In a tree, a class already holds what is below it: choosing one takes the place of those above
    and below it, so that going down a branch narrows.
    """
    values = request.chosen.get(field, ())
    if value in values:
        return _choose(request, field, (each for each in values if each != value))
    others = (each for each in values if not (field in TREES and _same_branch(each, value)))
    return _choose(request, field, (*others, value))


def without_filters(request: SearchRequest) -> SearchRequest:
    """The words, the order and the page size alone."""
    return SearchRequest(text=request.text, sort=request.sort, size=request.size)


def without_dates(request: SearchRequest) -> SearchRequest:
    """Without either end of the date range."""
    return _changed(request, published_from=None, published_to=None)


def without_document_number(request: SearchRequest) -> SearchRequest:
    """Without the document number (文号)."""
    return _changed(request, document_number=None)


def with_sort(request: SearchRequest, sort: Sort) -> SearchRequest:
    """In another order."""
    return _changed(request, sort=sort)


def with_text(request: SearchRequest, text: str) -> SearchRequest:
    """Other words, the same filters."""
    return _changed(request, text=text)


def without_switch(request: SearchRequest, name: str) -> SearchRequest:
    """The same, taken at its word: without one of SWITCHES."""
    return _changed(request, **{name: False})


def with_page(request: SearchRequest, page: int) -> SearchRequest:
    """Another page (1, 2, …) of the same list."""
    return replace(request, page=page, cursor=None)


def _changed(request: SearchRequest, **changes: object) -> SearchRequest:
    return replace(request, **{"page": 1, "cursor": None, **changes})  # type: ignore[arg-type]


def _choose(request: SearchRequest, field: str, values: Iterable[str]) -> SearchRequest:
    chosen: Mapping[str, tuple[str, ...]] = {**request.chosen, field: tuple(values)}
    return _changed(request, chosen={name: each for name, each in chosen.items() if each})


def _whole_list(request: SearchRequest, *dropped: str) -> list[tuple[str, str]]:
    left_out = {"page", "size", *dropped}
    return [pair for pair in build_parameters(request) if pair[0] not in left_out]


def _same_branch(one: str, other: str) -> bool:
    return one.startswith(f"{other}/") or other.startswith(f"{one}/")


def _with_query(path: str, parameters: list[tuple[str, str]]) -> str:
    pairs = (f"{name}={_encode(value)}" for name, value in parameters)
    return f"{path}?{'&'.join(pairs)}" if parameters else path


@lru_cache(maxsize=4_096)
def _encode(value: str) -> str:
    """Letters of every script stand as they are, as URLs within HTML may have them.

    Percent signs make three bytes of each, nine a Chinese character, some thousand times a page.
    """
    return _NOT_LETTERS.sub(lambda found: quote(found[0], safe=""), value)


def _iso(date: PartialDate | None) -> str:
    return date.iso if date else ""
