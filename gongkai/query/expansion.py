"""Query expansion: official terms, agency names and codes for the words of a query."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass
from functools import lru_cache

from analyzers.normalize import normalize_text
from analyzers.synonyms import Synonym, Synonyms
from gongkai.catalog.agencies import AgencyDirectory
from gongkai.query.vocabulary import ReadVocabulary, StaffVocabulary, no_vocabulary


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
        self._table = tuple(synonyms)
        self._agencies, terms = _read_terms(self._table, agencies)
        self._read: ReadVocabulary = no_vocabulary
        self._built = StaffVocabulary(), terms
        self.is_prefix = is_prefix

    def with_vocabulary(self, read_vocabulary: ReadVocabulary) -> "QueryExpander":
        """Returns this expander with the entries of staff, which precede those of the table."""
        other = copy(self)
        other._read = read_vocabulary
        return other

    def find(self, text: str) -> tuple[Expansion, ...]:
        """Returns the terms found, longest match first, left to right, without overlaps."""
        return tuple(
            Expansion(found.start, found.end, found.others, self._code_of(found.term))
            for found in self._current().find(text)
        )

    def is_name(self, text: str) -> bool:
        """Whether the text is a current or former agency name, and so no spelling mistake."""
        return normalize_text(text) in self._agencies

    def pinned(self, text: str) -> tuple[str, ...]:
        """Returns the ids of the records that staff pinned to a query text."""
        return self._read().pinned(text)

    def _current(self) -> Synonyms:
        """Returns the synonyms, built anew where those of staff have changed."""
        vocabulary, (built_for, synonyms) = self._read(), self._built
        if vocabulary.synonyms != built_for.synonyms:
            pairs = (*vocabulary.synonyms, *self._table, *_name_pairs(self._agencies))
            synonyms = Synonyms(pairs)
            self._built = vocabulary, synonyms
        return synonyms

    def _code_of(self, term: str) -> str | None:
        known = self._agencies.get(term)
        return known[0] if known else None


@lru_cache(maxsize=1)
def _read_terms(
    synonyms: tuple[Synonym, ...], agencies: AgencyDirectory | None
) -> tuple[Mapping[str, tuple[str, str]], Synonyms]:
    """Returns code and current name for each agency name, and all terms of an installation."""
    named = _name_agencies(agencies) if agencies else {}
    return named, Synonyms((*synonyms, *_name_pairs(named)))


def _name_pairs(named: Mapping[str, tuple[str, str]]) -> Iterator[Synonym]:
    """Yields each agency name with the current one, which maps to itself so that it is found."""
    return (Synonym(name, official) for name, (_, official) in named.items())


def _name_agencies(agencies: AgencyDirectory) -> Mapping[str, tuple[str, str]]:
    """Maps each name that identifies exactly one agency to its code and current name."""
    named: dict[str, tuple[str, str]] = {}
    for agency in agencies.all():
        for name in (agency.name, *agency.short_names, *agency.former_names):
            if agencies.find(name) == agency and len(name) > 2:
                named[normalize_text(name)] = (agency.code, normalize_text(agency.name))
    return named
