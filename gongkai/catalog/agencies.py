"""The agencies (发布机构): finds an agency by code, name, former name or short name.

A code is the nine-digit organisation code (组织机构代码) where published index numbers show it
(`000014349/2019-00001` is the General Office of the State Council). Else it is a division code
(GB/T 2260; 100000 for the whole country) and pinyin initials: `340800-czj` is 安庆市财政局. A code
is never reused, because the index stores codes while names may change.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from analyzers.lazy_pattern import lazy_re

LEVELS = ("国家", "省", "市", "县", "乡")
"""Levels of administration, highest first."""

_WIDE_LEVELS = frozenset(LEVELS[:2])
OWN = "/本级"
"""Ends the value that selects an agency's own records, without those of agencies below it."""
# 市财政局 is the city's own. 县财政局 could belong to any county, and 桐城市's is not 市财政局.
_LEVELS_WITH_SCOPED_NAMES = frozenset(LEVELS[:3])
_PREFIXES = lazy_re(r"^(?:\(?原\)?|中华人民共和国)")
_PLACE_KINDS = ("省", "市", "县", "区", "乡", "镇")
_MEMO_SIZE = 4096
_LONGEST_KEPT = 400
"""Longest name kept in the memo, so that long names cannot exhaust memory."""

_Index = dict[str, frozenset[str]]


@dataclass(frozen=True)
class Agency:
    """One agency; `parent` is a code or empty, `place` the division that its name begins with."""

    code: str
    name: str
    short_names: tuple[str, ...]
    level: str
    parent: str
    former_names: tuple[str, ...]
    place: str


def fold_name(text: str) -> str:
    """Returns a name without differences in width, case and spaces, for comparison."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


@dataclass(frozen=True)
class AgencyDirectory:
    """The agencies of one installation in file order; codes and names are unique."""

    agencies: tuple[Agency, ...]
    _memo: dict[tuple[str, str], Agency | None] = field(
        default_factory=dict, repr=False, compare=False
    )

    def find(self, text: str, place: str = "") -> Agency | None:
        """Returns the agency with this code, name, former name or short name, or None.

        A short name shared by several agencies gives None. `place` (`怀宁县`) selects the agency
        for 县财政局 or 财政局. With a place outside the table, 市财政局 is unknown too. A leading
        原 or 中华人民共和国 is ignored where necessary.
        """
        if (text, place) in self._memo:
            return self._memo[text, place]
        code = self._find_code(fold_name(text), place)
        found = self._by_code[code] if code else None
        if len(self._memo) < _MEMO_SIZE and len(text) + len(place) <= _LONGEST_KEPT:
            self._memo[text, place] = found
        return found

    def find_exactly(self, text: str) -> Agency | None:
        """Returns the agency with this code, name or former name, or None.

        None of them depends on a place, unlike short names.
        """
        key = fold_name(text)
        codes = next((index[key] for index in self._exact_indexes if key in index), frozenset())
        return self._by_code[next(iter(codes))] if len(codes) == 1 else None

    def by_code(self, code: str) -> Agency | None:
        """Returns the agency with exactly this code, or None."""
        return self._by_code.get(code)

    def children(self, code: str) -> tuple[Agency, ...]:
        """Returns the agencies directly below the one with this code, in file order."""
        return self._children.get(code, ())

    def branch(self, code: str) -> tuple[Agency, ...]:
        """Returns the agency with this code and all below it, each before those below it."""
        agency = self._by_code.get(code)
        if agency is None:
            return ()
        below = (each for child in self.children(code) for each in self.branch(child.code))
        return (agency, *below)

    def path(self, code: str) -> tuple[Agency, ...]:
        """Returns the agencies above the one with this code, the highest first."""
        return tuple(self._by_code[each] for each in reversed(self.above(code)))

    def above(self, code: str) -> tuple[str, ...]:
        """Returns the codes of the agencies above the one with this code, nearest first.

        The tree of a city ends at its own government: under 国务院 or 省政府 stands every agency of
        the country or province, and who chooses one of these means its own offices. So a parent at
        these levels counts only for agencies of the same level.
        """
        return self._above.get(code, ())

    def below(self, code: str) -> tuple[str, ...]:
        """Returns the codes of all agencies below the one with this code in that tree."""
        return self._below.get(code, ())

    def all(self) -> tuple[Agency, ...]:
        """Returns every agency, in file order."""
        return self.agencies

    def label_of(self, code: str) -> str:
        """Returns the name for a code, or the text itself if it is no known code."""
        agency = self._by_code.get(code)
        return agency.name if agency else code

    def _find_code(self, key: str, place: str) -> str | None:
        for spelling in _spellings(key):
            for index in self._indexes_for(spelling, place):
                if codes := index.get(spelling):
                    return next(iter(codes)) if len(codes) == 1 else None
        return None

    def _indexes_for(self, spelling: str, place: str) -> Iterator[_Index]:
        yield from self._exact_indexes
        yield self._by_place.get(place, {})
        # On the portal of 上海市, 市财政局 is Shanghai's, which the directory of 安庆市 lacks.
        is_elsewhere = bool(place) and place not in self._by_place
        if not (is_elsewhere and spelling.startswith(_PLACE_KINDS)):
            yield self._short_names

    @cached_property
    def _by_code(self) -> dict[str, Agency]:
        return {agency.code: agency for agency in self.agencies}

    @cached_property
    def _children(self) -> dict[str, tuple[Agency, ...]]:
        below: dict[str, list[Agency]] = {}
        for agency in self.agencies:
            if above := self.above(agency.code):
                below.setdefault(above[0], []).append(agency)
        return {parent: tuple(children) for parent, children in below.items()}

    @cached_property
    def _above(self) -> dict[str, tuple[str, ...]]:
        return {agency.code: tuple(self._climb(agency)) for agency in self.agencies}

    def _climb(self, agency: Agency) -> Iterator[str]:
        seen = {agency.code}
        while parent := self._by_code.get(agency.parent):
            is_own = parent.level == agency.level or parent.level not in _WIDE_LEVELS
            if parent.code in seen or not is_own:
                return
            seen.add(parent.code)
            yield parent.code
            agency = parent

    @cached_property
    def _below(self) -> dict[str, tuple[str, ...]]:
        below: dict[str, list[str]] = {}
        for code, above in self._above.items():
            for each in above:
                below.setdefault(each, []).append(code)
        return {code: tuple(codes) for code, codes in below.items()}

    @cached_property
    def _exact_indexes(self) -> tuple[_Index, _Index, _Index]:
        return (
            _index_names((agency.code, agency) for agency in self.agencies),
            _index_names((agency.name, agency) for agency in self.agencies),
            _index_names(
                (name, agency) for agency in self.agencies for name in agency.former_names
            ),
        )

    @cached_property
    def _short_names(self) -> _Index:
        return _index_names(
            (name, agency) for agency in self.agencies for name in _short_names_everywhere(agency)
        )

    @cached_property
    def _by_place(self) -> dict[str, _Index]:
        here: dict[str, list[Agency]] = {}
        for agency in self.agencies:
            here.setdefault(agency.place, []).append(agency)
        return {
            place: _index_names(
                (name, agency) for agency in agencies for name in _short_names_at_home(agency)
            )
            for place, agencies in here.items()
            if place
        }


def _spellings(key: str) -> Iterator[str]:
    """Yields `原中华人民共和国农业部` as written, then `中华人民共和国农业部`, then `农业部`."""
    yield key
    while (shorter := _PREFIXES.sub("", key)) != key:
        key = shorter
        yield key


def _short_names_everywhere(agency: Agency) -> Iterator[str]:
    """Yields short names that are clear without a place: 市财政局 of a city, 怀宁县住建局."""
    yield from agency.short_names
    if not agency.place:
        return
    kind = agency.place[-1]
    for name in agency.short_names:
        if name.startswith(kind):
            yield agency.place + name[1:]
    if agency.level in _LEVELS_WITH_SCOPED_NAMES:
        yield from (kind + rest for rest in _names_behind_place(agency))


def _short_names_at_home(agency: Agency) -> Iterator[str]:
    """Yields short names that are clear within the agency's own place: 县财政局, 财政局."""
    yield from agency.short_names
    for rest in _names_behind_place(agency):
        yield agency.place[-1] + rest
        yield rest


def _names_behind_place(agency: Agency) -> Iterator[str]:
    for name in (agency.name, *agency.former_names):
        if name.startswith(agency.place):
            yield name.removeprefix(agency.place)


def _index_names(pairs: Iterable[tuple[str, Agency]]) -> _Index:
    codes: dict[str, set[str]] = {}
    for name, agency in pairs:
        codes.setdefault(fold_name(name), set()).add(agency.code)
    return {key: frozenset(found) for key, found in codes.items()}
