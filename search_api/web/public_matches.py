"""Finds public records for what an applicant asks for; nothing of it is stored or counted."""

from collections.abc import Sequence
from dataclasses import dataclass

from gongkai.catalog.disclosure import Disclosure
from gongkai.errors import GongkaiError
from gongkai.query.request import TEXT_LIMIT, SearchRequest
from gongkai.search.service import SearchService
from search_api.web.site import record_path

SHOWN = 3
SHORTEST = 4
"""Characters of a text that is worth searching."""


@dataclass(frozen=True, slots=True)
class PublicMatch:
    """A record whose text is public."""

    title: str
    href: str
    publisher: str
    published_on: str


@dataclass(frozen=True, slots=True)
class PublicMatches:
    """The best matches; `is_asked` if the applicant is to be told where there are none."""

    hits: Sequence[PublicMatch] = ()
    is_asked: bool = False


NO_MATCHES = PublicMatches()


async def find_public_matches(
    service: SearchService, text: str, *, is_asked: bool = False
) -> PublicMatches:
    """Returns records that are disclosed to everybody; none while nothing can be searched."""
    words = " ".join(text.split())[:TEXT_LIMIT]
    if len(words) < SHORTEST:
        return NO_MATCHES
    chosen = {"disclosure": (Disclosure.PUBLIC.value,)}
    request = SearchRequest(words, chosen=chosen, size=SHOWN, facets=(), highlight=False)
    try:
        answer = await service.search(request)
    except GongkaiError:
        # The form can be filled without the list.
        return NO_MATCHES
    hits = [
        PublicMatch(hit.title, record_path(hit.id), hit.publisher.name, hit.published_on)
        for hit in answer.hits
    ]
    return PublicMatches(hits, is_asked)
