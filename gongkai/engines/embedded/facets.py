"""Counts facets of the embedded engine: one pass over the columns of all matches."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import tantivy

from gongkai.catalog.disclosure import Disclosure
from gongkai.catalog.fields import FIELDS, TREES
from gongkai.engines.deadline import Deadline
from gongkai.engines.embedded.compile import compile_query, narrow, without
from gongkai.engines.embedded.schema import UNBOUND, set_field, split_set
from gongkai.engines.port import TERM_DICTIONARY_VALUES, EngineQuery
from gongkai.query.tree import MatchAll, without_scores

FACET_VALUES = 65_000
"""Distinct values counted in one facet, far above the agencies and classes of any city."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One generation at one commit, from which one query is answered.

    Every commit replaces `meta`. `whole` caches facet counts over all records. `has_deleted` tells
    that segments still hold deleted records, which the frequencies of terms include.
    """

    name: str
    meta: Path
    searcher: tantivy.Searcher
    has_deleted: bool
    whole: dict[str, dict[str, int]] = field(default_factory=dict)


def take_snapshot(name: str, meta: Path, searcher: tantivy.Searcher) -> Snapshot:
    """Returns the snapshot of a searcher."""
    # Every record has one value of disclosure; a deleted one is counted until segments are merged.
    held = sum(searcher.doc_freq("disclosure", each) for each in Disclosure)
    return Snapshot(name, meta, searcher, held != searcher.num_docs)


def count_facets(
    snapshot: Snapshot,
    query: EngineQuery,
    filters: Mapping[str, tantivy.Query],
    left_out: tantivy.Query | None,
    deadline: Deadline,
) -> dict[str, dict[str, int]]:
    """Counts facets: one pass for the fields without a filter, one for each field with one."""
    matched = without_scores(query.query)
    asked = without(compile_query(matched), left_out)
    is_whole = isinstance(matched, MatchAll) and left_out is None
    counts: dict[str, dict[str, int]] = {}
    for own in (None, *(name for name in query.facets if name in filters)):
        deadline.check()
        names = [own] if own else [name for name in query.facets if name not in filters]
        others = [each for key, each in filters.items() if key != own]
        if is_whole and not others:
            counts |= _count_whole(snapshot, names)
        else:
            counts |= _count(snapshot.searcher, narrow(asked, others), names)
    return {name: counts[name] for name in query.facets}


def _count_whole(snapshot: Snapshot, names: list[str]) -> dict[str, dict[str, int]]:
    uncounted = [name for name in names if name not in snapshot.whole]
    snapshot.whole.update(_count(snapshot.searcher, tantivy.Query.all_query(), uncounted))
    return {name: snapshot.whole[name] for name in names}


def _count(
    searcher: tantivy.Searcher, query: tantivy.Query, names: list[str]
) -> dict[str, dict[str, int]]:
    """Counts the values of fields; of trees by path sets, or by path if there are too many."""
    counts = _count_columns(searcher, query, {n: set_field(n) if n in TREES else n for n in names})
    wide = {name: name for name in names if name in TREES and _is_wide(counts[name])}
    if wide:
        counts |= _count_columns(searcher, query, wide)
    return {
        name: _unfold(values) if name in TREES and name not in wide else values
        for name, values in counts.items()
    }


def _count_columns(
    searcher: tantivy.Searcher, query: tantivy.Query, columns: Mapping[str, str]
) -> dict[str, dict[str, int]]:
    if not columns:
        return {}
    plan = {
        name: {"terms": {"field": column, "size": _values_of(name)}}
        for name, column in columns.items()
    }
    answer = searcher.aggregate(query, plan)
    return {
        name: {bucket["key"]: bucket["doc_count"] for bucket in answer[name]["buckets"]}
        for name in columns
    }


def _is_wide(sets: Mapping[str, int]) -> bool:
    return UNBOUND in sets or len(sets) >= FACET_VALUES


def _unfold(sets: Mapping[str, int]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for joined, count in sets.items():
        for path in split_set(joined):
            counts[path] = counts.get(path, 0) + count
    return counts


def _values_of(name: str) -> int:
    return TERM_DICTIONARY_VALUES if FIELDS[name].term_dictionary else FACET_VALUES
