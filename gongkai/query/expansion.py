"""Query expansion: official terms, agency names and codes for the words of a query."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from analyzers.normalize import normalize_text
from analyzers.synonyms import Synonym, Synonyms
from gongkai.catalog.agencies import AgencyDirectory


@dataclass(frozen=True, slots=True)
class Expansion:
    """A term at text[start:end] of normalized text, its other names, and the agency it names."""

    start: int
    end: int
    others: tuple[str, ...]
    agency: str | None = None


def _no_prefix(_text: str) -> bool:
    return False


class QueryExpander:
    """Finds terms that have other names.

    `is_prefix` returns whether the index contains an agency code (机关代字).
    """

    def __init__(
        self,
        synonyms: Iterable[Synonym] = (),
        agencies: AgencyDirectory | None = None,
        is_prefix: Callable[[str], bool] = _no_prefix,
    ) -> None:
        self._agencies, self._synonyms = _read_terms(tuple(synonyms), agencies)
        self.is_prefix = is_prefix

    def find(self, text: str) -> tuple[Expansion, ...]:
        """Returns the terms found, longest match first, left to right, without overlaps."""
        return tuple(
            Expansion(found.start, found.end, found.others, self._code_of(found.term))
            for found in self._synonyms.find(text)
        )

    def is_name(self, text: str) -> bool:
        """Whether the text is a current or former agency name, and so no spelling mistake."""
        return normalize_text(text) in self._agencies

    def _code_of(self, term: str) -> str | None:
        known = self._agencies.get(term)
        return known[0] if known else None


@lru_cache(maxsize=1)
def _read_terms(
    synonyms: tuple[Synonym, ...], agencies: AgencyDirectory | None
) -> tuple[Mapping[str, tuple[str, str]], Synonyms]:
    """Returns code and current name for each agency name, and all terms of an installation."""
    named = _name_agencies(agencies) if agencies else {}
    # A current name maps to itself, so that its agency is found.
    names = (Synonym(name, official) for name, (_, official) in named.items())
    return named, Synonyms((*synonyms, *names))


def _name_agencies(agencies: AgencyDirectory) -> Mapping[str, tuple[str, str]]:
    """Maps each name that identifies exactly one agency to its code and current name."""
    named: dict[str, tuple[str, str]] = {}
    for agency in agencies.all():
        for name in (agency.name, *agency.short_names, *agency.former_names):
            if agencies.find(name) == agency and len(name) > 2:
                named[normalize_text(name)] = (agency.code, normalize_text(agency.name))
    return named
