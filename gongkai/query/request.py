"""What a person or a program asks, checked but not yet understood. Built by the API and the CLI."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from gongkai.catalog.dates import PartialDate
from gongkai.catalog.fields import FACETS

TEXT_LIMIT = 1_000
"""Characters of query text: a whole title of 500 fits, with operators around it."""
PAGE_WINDOW = 10_000
"""Hits reachable by page number; past that a cursor has to be used."""
SIZE_LIMIT = 100
FILTER_LIMIT = 200
"""Chosen values over all fields."""


class Sort(StrEnum):
    """Orders of a result list."""

    RELEVANCE = "relevance"
    NEWEST = "newest"
    OLDEST = "oldest"


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """One question. `chosen`: facet field -> values, OR inside a field, AND between fields.

    `expand`, `correct` and `dates` say whether official words are added, mistakes corrected and
    dates read in the words; `semantic`, whether meanings are searched where the installation can.
    """

    text: str = ""
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    document_number: str | None = None
    published_from: PartialDate | None = None
    published_to: PartialDate | None = None
    sort: Sort = Sort.RELEVANCE
    page: int = 1
    size: int = 10
    cursor: str | None = None
    facets: tuple[str, ...] = FACETS
    highlight: bool = True
    expand: bool = True
    correct: bool = True
    dates: bool = True
    semantic: bool = True
