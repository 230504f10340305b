"""Finds the public records that rows of a run close because they are not public.

A source seldom closes a record under the identifiers that it was published with, so all identifiers
are compared. docs/security.md lists which matches close a record and which are only reported.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from itertools import combinations
from typing import Protocol

from gongkai.catalog.identity import (
    ADDRESS,
    DATE,
    GIVEN,
    INDEX,
    LONG_TEXT,
    NUMBER,
    OPEN,
    PUBLISHER,
    SEARCHED,
    TEXT,
    TITLE,
    by_kind,
    differs,
    is_open,
    is_other_document,
    is_same,
)
from gongkai.engines.port import IndexStore
from indexer.run_register import ClosingRow, Place, TakenRow

ROWS_AT_ONCE = 20_000
COMMON = 20
"""A key with more records than this identifies none: the address of a list, a recurring title."""


class ClosingRegister(Protocol):
    """The rows of a run as far as closing records needs them; see RunRegister."""

    def closings(self, at_once: int) -> Iterator[list[ClosingRow]]: ...

    def get(self, record_id: str) -> TakenRow | None: ...

    def find(self, keys: frozenset[str]) -> Iterator[tuple[str, tuple[str, ...]]]: ...


class Match(IntEnum):
    """How well a closing row matches a public record."""

    NONE = 0
    LIKELY = 1
    """Staff have to check it."""
    ALONE = 2
    """Same title, agency and date: the same record, if no other record shares them."""
    SURE = 3


@dataclass(frozen=True, slots=True)
class Candidate:
    """A public record. `restated` is set if a row of this run states that it is public."""

    said: Mapping[str, str]
    restated: bool


@dataclass(slots=True)
class Closings:
    """The result of a comparison.

    `closed` maps record ids to the place of the closing row. `likely` are records (limited in
    number) that a row may refer to, with its place. `unmatched` counts rows without a similar
    public record. `reduced` are records that are now on request while a generation still has their
    text.
    """

    closed: dict[str, Place] = field(default_factory=dict)
    likely: list[tuple[str, Place]] = field(default_factory=list)
    unmatched: int = 0
    reduced: set[str] = field(default_factory=set)


def find_closings(store: IndexStore, register: ClosingRegister) -> Closings:
    """Compares all closing rows of a run with public records and with the rows it accepted."""
    found = Closings()
    for rows in register.closings(ROWS_AT_ONCE):
        wanted = frozenset(key for row in rows for key in _searched(row.keys))
        own = {row.own for row in rows if row.own is not None}
        candidates = _read_candidates(wanted, store, register, found, own)
        holders: dict[str, list[str]] = defaultdict(list)
        for record_id, candidate in candidates.items():
            for kind, digest in candidate.said.items():
                holders[f"{kind}:{digest}"].append(record_id)
        for row in rows:
            _settle(row, candidates, holders, found)
    return found


def _searched(keys: Iterable[str]) -> list[str]:
    return [key for key in keys if key.partition(":")[0] in SEARCHED]


def _read_candidates(
    wanted: frozenset[str],
    store: IndexStore,
    register: ClosingRegister,
    found: Closings,
    own: Collection[str],
) -> dict[str, Candidate]:
    """Returns public records of any generation. Records of this run have their accepted keys."""
    candidates = {}
    for record_id, keys in store.find_identities(wanted):
        taken = register.get(record_id)
        if taken is None:
            candidates[record_id] = Candidate(by_kind(keys), restated=False)
        elif record_id in own and is_open(keys) and not is_open(taken.keys):
            found.reduced.add(record_id)
    for record_id, keys in register.find(wanted):
        candidates[record_id] = Candidate(by_kind(keys), restated=True)
    return candidates


def _settle(
    row: ClosingRow,
    candidates: Mapping[str, Candidate],
    holders: Mapping[str, list[str]],
    found: Closings,
) -> None:
    matches = _match(row, candidates, holders)
    if row.own is not None:
        # The record itself stays. Only certain other versions of it are closed.
        matches = {
            key: match
            for key, match in matches.items()
            if OPEN in candidates[key].said
            and (match is Match.SURE or not candidates[key].restated)
        }
    closed = _choose(row, matches, candidates)
    for record_id in closed:
        found.closed.setdefault(record_id, row.place)
    # If a row has closed its record, other possible records count only without contradictions.
    least = Match.ALONE if closed else Match.LIKELY
    likely = [key for key, match in matches.items() if match >= least and key not in closed]
    found.likely += [(record_id, row.place) for record_id in likely[:COMMON]]
    found.unmatched += row.own is None and not closed and not likely


def _match(
    row: ClosingRow, candidates: Mapping[str, Candidate], holders: Mapping[str, list[str]]
) -> dict[str, Match]:
    said = by_kind(row.keys)
    matches: dict[str, Match] = {}
    for key in _searched(row.keys):
        ids = holders.get(key, ())
        most = Match.LIKELY if len(ids) > COMMON else Match.SURE
        for record_id in ids[:COMMON]:
            if record_id != row.own:
                match = min(judge(said, candidates[record_id]), most)
                matches[record_id] = max(match, matches.get(record_id, Match.NONE))
    return {record_id: match for record_id, match in matches.items() if match}


def _choose(
    row: ClosingRow, matches: Mapping[str, Match], candidates: Mapping[str, Candidate]
) -> list[str]:
    """Returns the records that a row closes.

    Among several with a shared identifier, those with the row's title are closed, or all if no
    title decides. A missing record is reported and can return; a disclosed secret cannot be undone.
    """
    said = by_kind(row.keys)
    sure = [record_id for record_id, match in matches.items() if match is Match.SURE]
    titled = [each for each in sure if is_same(TITLE, said, candidates[each].said)]
    alone = [record_id for record_id, match in matches.items() if match is Match.ALONE]
    if sure:
        alone = [each for each in alone if not differs(TEXT, said, candidates[each].said)]
    said_alone = [candidates[each].said for each in alone]
    return [*(titled or sure), *(alone if _are_versions(said_alone) else ())]


def _are_versions(records: Sequence[Mapping[str, str]]) -> bool:
    """Returns whether records with one title and date are one document under several ids."""
    kinds = (INDEX, ADDRESS, NUMBER, TEXT)
    has_text = len(records) < 2 or all(TEXT in each for each in records)
    return has_text and not any(
        differs(kind, one, other) for one, other in combinations(records, 2) for kind in kinds
    )


def judge(row: Mapping[str, str], candidate: Candidate) -> Match:
    """Returns how well the keys of a closing row match those of a public record."""
    record, restated = candidate.said, candidate.restated
    shared = _shared_identifiers(row, record)
    against = [kind for kind in (INDEX, ADDRESS, NUMBER) if differs(kind, row, record)]
    if shared:
        return _judge_shared(row, candidate, shared, against)
    if is_same(TITLE, row, record) and is_same(DATE, row, record):
        if is_same(PUBLISHER, row, record) and not against:
            is_alike = row.get(TEXT) == record.get(TEXT)
            return Match.LIKELY if restated and not is_alike else Match.ALONE
        return Match.NONE if restated else Match.LIKELY
    if restated:
        return Match.NONE
    if is_same(NUMBER, row, record):
        return Match.LIKELY
    is_titled = is_same(TITLE, row, record) and is_same(PUBLISHER, row, record)
    return Match.LIKELY if is_titled and not against else Match.NONE


def _shared_identifiers(row: Mapping[str, str], record: Mapping[str, str]) -> set[str]:
    """Returns the shared identifiers. A document number needs the same agency or title as well."""
    shared = {kind for kind in (GIVEN, INDEX, ADDRESS) if is_same(kind, row, record)}
    is_titled = is_same(TITLE, row, record)
    is_agency = not differs(PUBLISHER, row, record)
    if is_same(NUMBER, row, record) and (is_agency or is_titled):
        shared.add(NUMBER)
    if is_same(LONG_TEXT, row, record) and is_agency and (is_titled or is_same(DATE, row, record)):
        shared.add(LONG_TEXT)
    return shared


def _judge_shared(
    row: Mapping[str, str], candidate: Candidate, shared: set[str], against: list[str]
) -> Match:
    record = candidate.said
    is_renamed = differs(TITLE, row, record)
    if len(shared) == 1 and is_renamed:
        if candidate.restated or is_other_document(row, record):
            return Match.LIKELY
        if shared == {NUMBER} and against:
            # An annex or interpretation (解读) under the number of its document.
            return Match.LIKELY
    is_own = not shared.isdisjoint((GIVEN, INDEX, LONG_TEXT))
    is_list = shared == {ADDRESS} and differs(TEXT, row, record)
    if candidate.restated and not is_own and (against or is_list):
        return Match.LIKELY
    return Match.SURE
