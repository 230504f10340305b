"""A search request: parameters that are validated but not yet interpreted."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from gongkai.catalog.dates import PartialDate
from gongkai.catalog.fields import FACETS

TEXT_LIMIT = 1_000
"""Characters of query text: a whole title of 500 fits, with operators around it."""
PAGE_WINDOW = 10_000
"""Hits reachable by page number; further pages need a cursor."""
SIZE_LIMIT = 100
FILTER_LIMIT = 200
"""Chosen values over all fields."""
FACET_SIZE = 20
FACET_SIZE_LIMIT = 1_000


DATED = ("published", "issued", "effective")
"""Dates of a record with a range each (`published_from`, `published_to`)."""


class Sort(StrEnum):
    """Sort orders of a result list."""

    RELEVANCE = "relevance"
    NEWEST = "newest"
    OLDEST = "oldest"


class Scope(StrEnum):
    """The part of a record that the words of a query are searched in."""

    ALL = "all"
    TITLE = "title"


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """One search request.

    `chosen` maps facet fields to values: OR within a field, AND between fields. `expand`,
    `correct`, `dates` and `relax` switch query expansion, spelling correction, date expressions and
    records with some of the words. `semantic` allows semantic search where it is installed. A facet
    has its `facet_size` most frequent values, and the chosen ones. `in_force` leaves out repealed
    records, and those whose stated term has passed. `unit` is an agency: only its records and those
    of the agencies below it are searched. `fold` shows records with the same text as one hit.
    """

    text: str = ""
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    document_number: str | None = None
    unit: str | None = None
    published_from: PartialDate | None = None
    published_to: PartialDate | None = None
    issued_from: PartialDate | None = None
    issued_to: PartialDate | None = None
    effective_from: PartialDate | None = None
    effective_to: PartialDate | None = None
    in_force: bool = False
    scope: Scope = Scope.ALL
    sort: Sort = Sort.RELEVANCE
    page: int = 1
    size: int = 10
    cursor: str | None = None
    facets: tuple[str, ...] = FACETS
    facet_size: int = FACET_SIZE
    highlight: bool = True
    expand: bool = True
    correct: bool = True
    dates: bool = True
    relax: bool = True
    semantic: bool = True
    fold: bool = True
