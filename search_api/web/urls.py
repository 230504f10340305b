"""Addresses of search requests, and functions that change one part of a request.

Every change of the search goes back to page 1. Addresses are for HTML and keep non-ASCII letters;
`absolute` returns an ASCII address for use elsewhere.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from urllib.parse import quote

from gongkai.catalog.dates import PartialDate
from gongkai.catalog.fields import FACETS, TREES
from gongkai.query.request import DATED, Scope, SearchRequest, Sort
from gongkai.staff.unclicked_queries import LATE
from search_api.web.site import record_path

SEARCH_PATH = "/search"
SWITCHES = ("expand", "correct", "dates", "relax", "semantic", "fold")
"""Options that interpret or expand the query; a link turns each of them off."""
DATE_PARAMETERS = tuple(f"{name}_{end}" for name in DATED for end in ("from", "to"))
_DEFAULT = SearchRequest()
_NOT_LETTERS = re.compile(r"[^\w.~-]+")


def search_url(request: SearchRequest) -> str:
    """Returns the permalink of a search. It contains only values that differ from the defaults."""
    return _with_query(SEARCH_PATH, build_parameters(request))


def absolute(base: str, path: str) -> str:
    """Returns an absolute address in ASCII (RFC 3986), for other programs and sites."""
    return base + quote(path, safe="%/?&=+~;,:@!$'()*#[]")


def record_url(record_id: str, text: str = "", anchor: str = "", place: int = 0) -> str:
    """Returns the address of a record's page.

    `text` is the query, for highlights and the way back. `anchor` is an article on the page.
    `place` is that in the list; only late ones are in the address.
    """
    parameters = [("q", text)] if text else []
    if text and place >= LATE:
        parameters.append(("place", str(place)))
    address = _with_query(record_path(record_id), parameters)
    return f"{address}#{anchor}" if anchor else address


def feed_url(request: SearchRequest) -> str:
    """Returns the address of the list as an Atom feed. The feed has its own sort order."""
    return _with_query("/feed.atom", _whole_list(request, "sort"))


def export_url(request: SearchRequest, file_format: str) -> str:
    """Returns the address of the whole list as a file."""
    return _with_query("/search/export", [*_whole_list(request), ("format", file_format)])


def citations_url(request: SearchRequest) -> str:
    """Returns the address of the citations for this page of the list."""
    return _with_query("/search/citations", build_parameters(request))


def facet_url(request: SearchRequest, name: str, find: str = "") -> str:
    """Returns the address of the page with all values of one facet."""
    found = [("find", find)] if find else []
    return _with_query(f"/search/facets/{name}", [*_whole_list(request), *found])


def apply_url(text: str = "", record_id: str = "") -> str:
    """Returns the address of the application page, with the query or record carried over."""
    given = {"q": text.strip(), "record": record_id}
    return _with_query("/apply", [(name, value) for name, value in given.items() if value])


def build_parameters(request: SearchRequest) -> list[tuple[str, str]]:
    """Returns the query parameters in a fixed order; a field repeats for each of its values.

    `cursor`, `facets` and `highlight` are for API clients and are left out.
    """
    chosen = [(name, value) for name in FACETS for value in request.chosen.get(name, ())]
    single = {
        **{name: _iso(getattr(request, name)) for name in DATE_PARAMETERS},
        "in_force": "true" if request.in_force else "",
        "scope": request.scope.value if request.scope is not _DEFAULT.scope else "",
        "document_number": request.document_number or "",
        "unit": request.unit or "",
        "sort": request.sort.value if request.sort is not _DEFAULT.sort else "",
        "size": str(request.size) if request.size != _DEFAULT.size else "",
        "page": str(request.page) if request.page != _DEFAULT.page else "",
    }
    single |= {name: "false" for name in SWITCHES if not getattr(request, name)}
    words = [("q", request.text)] if request.text else []
    return words + chosen + [(name, value) for name, value in single.items() if value]


def kept_fields(request: SearchRequest, *replaced: str) -> list[tuple[str, str]]:
    """Returns the hidden fields of a form that changes `replaced`: the other parameters, page 1."""
    dropped = {"page", *replaced}
    return [(name, value) for name, value in build_parameters(request) if name not in dropped]


def toggle(
    request: SearchRequest, field: str, value: str, branch: Collection[str] = ()
) -> SearchRequest:
    """Returns the request with `value` chosen, or removed if it was chosen.

    A class includes its descendants. In a tree, a value therefore replaces its chosen ancestors and
    descendants, so that going down a branch narrows the list. `branch` names those of an agency,
    whose code does not show them.
    """
    return _choose(request, field, _toggle(request.chosen.get(field, ()), field, value, branch))


class ToggleUrls:
    """Builds the addresses of `toggle` for the values of one field: what they share, once."""

    def __init__(self, request: SearchRequest, field: str) -> None:
        self.chosen = request.chosen.get(field, ())
        self._field = field
        first = build_parameters(_changed(request, chosen={**request.chosen, field: ("",)}))
        at = first.index((field, ""))
        self._before, self._after = _join(first[:at]), _join(first[at + 1 :])

    def build(self, value: str, branch: Collection[str] = ()) -> str:
        """Returns `search_url` of a request toggled by a value."""
        values = _toggle(self.chosen, self._field, value, branch)
        own = _join([(self._field, each) for each in values])
        query = "&".join(filter(None, (self._before, own, self._after)))
        return f"{SEARCH_PATH}?{query}" if query else SEARCH_PATH


def _toggle(
    values: Sequence[str], field: str, value: str, branch: Collection[str]
) -> tuple[str, ...]:
    if value in values:
        return tuple(each for each in values if each != value)
    others = (
        each
        for each in values
        if each not in branch and not (field in TREES and _same_branch(each, value))
    )
    return (*others, value)


def without_filters(request: SearchRequest) -> SearchRequest:
    """Returns the request with only its text, order and page size."""
    return SearchRequest(text=request.text, sort=request.sort, size=request.size)


def without_dates(request: SearchRequest, name: str = "published") -> SearchRequest:
    """Returns the request without the range of a date (DATED)."""
    return _changed(request, **{f"{name}_from": None, f"{name}_to": None})


def with_scope(request: SearchRequest, scope: Scope) -> SearchRequest:
    """Returns the request with its words searched in another part of records."""
    return _changed(request, scope=scope)


def with_in_force(request: SearchRequest, *, in_force: bool) -> SearchRequest:
    """Returns the request with or without records that are no longer in force."""
    return _changed(request, in_force=in_force)


def without_document_number(request: SearchRequest) -> SearchRequest:
    """Returns the request without the document number (文号)."""
    return _changed(request, document_number=None)


def without_unit(request: SearchRequest) -> SearchRequest:
    """Returns the request for the records of all agencies."""
    return _changed(request, unit=None)


def with_sort(request: SearchRequest, sort: Sort) -> SearchRequest:
    """Returns the request with another order."""
    return _changed(request, sort=sort)


def with_text(request: SearchRequest, text: str) -> SearchRequest:
    """Returns the request with another text and the same filters."""
    return _changed(request, text=text)


def without_switch(request: SearchRequest, name: str) -> SearchRequest:
    """Returns the request with one of SWITCHES turned off."""
    return _changed(request, **{name: False})


def with_page(request: SearchRequest, page: int) -> SearchRequest:
    """Returns the request for another page (1, 2, …) of the same list."""
    return replace(request, page=page, cursor=None)


def _changed(request: SearchRequest, **changes: object) -> SearchRequest:
    return replace(request, **{"page": 1, "cursor": None, **changes})  # type: ignore[arg-type]


def _choose(request: SearchRequest, field: str, values: Iterable[str]) -> SearchRequest:
    chosen: Mapping[str, tuple[str, ...]] = {**request.chosen, field: tuple(values)}
    return _changed(request, chosen={name: each for name, each in chosen.items() if each})


def _whole_list(request: SearchRequest, *dropped: str) -> list[tuple[str, str]]:
    left_out = {"page", "size", "fold", *dropped}
    return [pair for pair in build_parameters(request) if pair[0] not in left_out]


def _same_branch(one: str, other: str) -> bool:
    return one.startswith(f"{other}/") or other.startswith(f"{one}/")


def _with_query(path: str, parameters: list[tuple[str, str]]) -> str:
    return f"{path}?{_join(parameters)}" if parameters else path


def _join(parameters: Iterable[tuple[str, str]]) -> str:
    return "&".join([f"{name}={_encode(value)}" for name, value in parameters])


@lru_cache(maxsize=4_096)
def _encode(value: str) -> str:
    """Returns the value with letters of every script kept, as URLs within HTML allow.

    Percent-encoding takes nine bytes per Chinese character, some thousand times a page.
    """
    return _NOT_LETTERS.sub(lambda found: quote(found[0], safe=""), value)


def _iso(date: PartialDate | None) -> str:
    return date.iso if date else ""
