"""Counts the records of a snapshot that match a query, without scores and without withdrawn ids."""

from collections.abc import Sequence

import tantivy

from gongkai.engines.embedded.compile import compile_query, without
from gongkai.engines.embedded.facets import Snapshot
from gongkai.engines.embedded.pagination import count_records
from gongkai.query.tree import And, MatchAll, MatchNone, Or, Query, Term

_LOOKED_UP = 5
"""Looking up whether a record has a value takes as long as reading so many records with it."""


def count_query(snapshot: Snapshot, query: Query, left_out: tantivy.Query | None) -> int:
    """Returns the number of matches; of all records or of one term, the index holds it."""
    searcher = snapshot.searcher
    match query:
        case MatchNone():
            return 0
        case MatchAll() if left_out is None:
            return searcher.num_docs
        case Term(field, value) if left_out is None and not snapshot.has_deleted:
            return searcher.doc_freq(field, value)
        case Or(alternatives, 1) if left_out is None and not snapshot.has_deleted:
            return _count_alternatives(searcher, query, alternatives)
    return count_records(searcher, without(compile_query(query), left_out))


def _count_alternatives(
    searcher: tantivy.Searcher, query: Query, alternatives: Sequence[Query]
) -> int:
    """Counts the most frequent term by its frequency, and the other terms without its records."""
    terms = [each for each in alternatives if isinstance(each, Term)]
    counts = {term: searcher.doc_freq(term.field, term.value) for term in terms}
    ordered = sorted(counts, key=counts.__getitem__, reverse=True)
    rest = sum(counts[term] for term in ordered[1:])
    if len(terms) < len(alternatives) or _LOOKED_UP * rest > sum(counts.values()):
        return count_records(searcher, compile_query(query))
    further = (And((term,), (), tuple(ordered[:at])) for at, term in enumerate(ordered) if at)
    first = counts[ordered[0]]
    return first + sum(count_records(searcher, compile_query(each)) for each in further)
