"""Builds the aggregations that count facets, and decides where each filter applies.

The counts of a facet field leave out that field's own filter. A filter whose field is not counted
restricts the query itself. The other filters restrict the hits, and each aggregation separately.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from gongkai.catalog.fields import FIELDS
from gongkai.engines.elastic.compile import Compiled
from gongkai.engines.port import TERM_DICTIONARY_VALUES

VALUES_AT_ONCE = 2_000
"""Distinct values of a facet in one request; more are counted in partitions."""
_ALL = "all"


@dataclass(frozen=True, slots=True)
class FilterPlan:
    """Filters of the query (`always`), and by field the filters of hits and counts (`late`)."""

    always: tuple[Compiled, ...]
    late: Mapping[str, Compiled]


def plan_filters(filters: Mapping[str, Compiled], facets: Iterable[str]) -> FilterPlan:
    """Returns the plan of the filters for the counted fields."""
    counted = set(facets)
    always = tuple(each for name, each in filters.items() if name not in counted)
    return FilterPlan(always, {name: f for name, f in filters.items() if name in counted})


def build_aggregations(plan: FilterPlan, facets: Iterable[str]) -> dict[str, Any]:
    """Returns one group for fields without an own filter, and one for each field with one."""
    fields = list(facets)
    groups: dict[str, list[str]] = {}
    for name in fields:
        groups.setdefault(name if name in plan.late else _ALL, []).append(name)
    return {group: _group(plan, group, names) for group, names in groups.items()}


def read_counts(aggregations: Mapping[str, Any]) -> tuple[dict[str, dict[str, int]], list[str]]:
    """Returns counts by field, and the fields with more values than were requested."""
    counts: dict[str, dict[str, int]] = {}
    wide: list[str] = []
    for group in aggregations.values():
        for name, answer in group.items():
            if not isinstance(answer, dict):
                continue
            counts[name] = {each["key"]: each["doc_count"] for each in answer["buckets"]}
            is_cut = answer["sum_other_doc_count"] or answer["doc_count_error_upper_bound"]
            if is_cut and not FIELDS[name].term_dictionary:
                wide.append(name)
    return counts, wide


async def count_in_parts(
    name: str, compiled: Compiled, plan: FilterPlan, ask: Callable[[Compiled], Awaitable[Any]]
) -> dict[str, int]:
    """Returns all counts of a field with too many values for one request."""
    narrowed = {"query": compiled, "size": 0, "allow_partial_search_results": False}
    width = {"width": {"cardinality": {"field": name}}}
    measured = await ask({**narrowed, "aggs": width})
    parts = 1 + 2 * int(measured["aggregations"]["width"]["value"]) // VALUES_AT_ONCE
    while True:
        found: dict[str, int] = {}
        wide: list[str] = []
        for part in range(parts):
            answer = await ask({**narrowed, "aggs": _build_part(plan, name, part, parts)})
            counts, wide = read_counts(answer["aggregations"])
            found.update(counts[name])
            if wide:
                break
        if not wide:
            return found
        parts *= 2


def _build_part(plan: FilterPlan, name: str, part: int, parts: int) -> dict[str, Any]:
    """Returns the aggregation of one partition of a field's values."""
    group = name if name in plan.late else _ALL
    aggregation = _group(plan, group, [name])
    aggregation["aggs"][name]["terms"]["include"] = {"partition": part, "num_partitions": parts}
    return {group: aggregation}


def _sized(name: str) -> dict[str, Any]:
    size = TERM_DICTIONARY_VALUES if FIELDS[name].term_dictionary else VALUES_AT_ONCE
    return {"field": name, "size": size, "shard_size": size}


def _group(plan: FilterPlan, group: str, names: Iterable[str]) -> dict[str, Any]:
    others = [each for name, each in plan.late.items() if name != group]
    terms = {name: {"terms": _sized(name)} for name in names}
    return {"filter": {"bool": {"filter": others}}, "aggs": terms}
