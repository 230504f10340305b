"""Builds facets from value counts: labels, order, trees, selected values.

The index holds codes and paths. Labels come from the catalog's tables in this last step.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from gongkai.catalog.classifications import (
    MISSING,
    ancestors_and_self,
    is_within_limits,
)
from gongkai.catalog.fields import FACETS, TREES
from gongkai.catalog.tables import Tables
from gongkai.search.agency_tree import AgencyTree
from gongkai.search.facet_nodes import FacetNodes
from gongkai.search.responses import FacetValueView

_PUBLISHER = "publisher"


@dataclass(frozen=True, slots=True)
class Facet:
    """One facet of an answer; `more` is the number of its values that are left out."""

    values: list[FacetValueView]
    more: int


class FacetBuilder:
    """Builds facets with the labels of one city's tables; one instance serves all requests."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._agencies = AgencyTree(tables.agencies)
        self._nodes = {name: FacetNodes(name, tables, self._agencies) for name in FACETS}

    def build(
        self,
        name: str,
        counts: Mapping[str, int],
        size: int,
        chosen: frozenset[str] = frozenset(),
    ) -> Facet:
        """Returns the `size` most frequent values (of years the latest), and the chosen ones.

        A class of a tree comes with its ancestors, which never have fewer records.
        """
        known = self._known(name, counts, chosen)
        kept = known
        if len(known) > size:
            always = _with_ancestors(chosen) if name in TREES else chosen
            ranked = {*_rank(name, known)[:size], *always}
            if name == _PUBLISHER:
                ranked |= {each for value in ranked for each in self._agencies.above(value)}
            kept = {value: count for value, count in known.items() if value in ranked}
        return Facet(self._arrange(name, kept, chosen), len(known) - len(kept))

    def build_whole(
        self, name: str, counts: Mapping[str, int], chosen: frozenset[str] = frozenset()
    ) -> list[FacetValueView]:
        """Returns every value, and in a tree the classes without records, with count 0."""
        known = self._known(name, counts, chosen)
        if name in TREES:
            known = {**{node.path: 0 for node in self._tables.tree(name).walk()}, **known}
        return self._arrange(name, known, chosen)

    def _known(
        self, name: str, counts: Mapping[str, int], chosen: frozenset[str]
    ) -> Mapping[str, int]:
        """Returns the counted and the chosen values.

        Tree paths over the limits are left out, because an older index may contain some.
        """
        if name == _PUBLISHER:
            return self._agencies.add(counts, chosen)
        if name not in TREES:
            return {**dict.fromkeys(chosen, 0), **counts}
        nodes = self._nodes[name]
        stated = _with_ancestors(filter(is_within_limits, chosen))
        counted = {path: count for path, count in counts.items() if nodes[path].is_listed}
        return {**dict.fromkeys(stated, 0), **counted}

    def _arrange(
        self, name: str, counts: Mapping[str, int], chosen: frozenset[str]
    ) -> list[FacetValueView]:
        if name in TREES:
            ordered: Iterable[str] = self._tables.tree(name).sort_paths(counts)
            return self._arrange_tree(name, ordered, counts, chosen)
        if name == _PUBLISHER:
            return self._arrange_tree(name, _sort_values(name, counts), counts, chosen)
        return list(self._views(name, _sort_values(name, counts), counts, chosen).values())

    def _arrange_tree(
        self, name: str, ordered: Iterable[str], counts: Mapping[str, int], chosen: frozenset[str]
    ) -> list[FacetValueView]:
        views, nodes = self._views(name, ordered, counts, chosen), self._nodes[name]
        roots: list[FacetValueView] = []
        below: dict[str, list[FacetValueView]] = {}
        for value, view in views.items():
            _, above, is_own, _ = nodes[value]
            siblings = below.setdefault(above, []) if above and above in views else roots
            if is_own:
                siblings.insert(0, view)
            else:
                siblings.append(view)
        for value, children in below.items():
            views[value].children = children
        return roots

    def _views(
        self, name: str, values: Iterable[str], counts: Mapping[str, int], chosen: frozenset[str]
    ) -> dict[str, FacetValueView]:
        nodes = self._nodes[name]
        return {
            value: FacetValueView(value, nodes[value].label, counts[value], value in chosen)
            for value in values
        }


def _rank(name: str, counts: Mapping[str, int]) -> list[str]:
    """Returns the values in the order in which they are kept: most frequent first, years latest.

    Of equal counts a class comes before its descendants, as in the order of the paths.
    """
    if name == "year":
        return _sort_values(name, counts)
    return sorted(sorted(counts), key=counts.__getitem__, reverse=True)


def _sort_values(name: str, counts: Mapping[str, int]) -> list[str]:
    """Sorts values by count, years latest first; a missing value comes last."""
    stated = sorted(value for value in counts if value != MISSING)
    if name == "year":
        stated.sort(key=lambda year: int(year) if year.isdecimal() else 0, reverse=True)
    else:
        stated.sort(key=counts.__getitem__, reverse=True)
    return [*stated, MISSING] if MISSING in counts else stated


def _with_ancestors(paths: Iterable[str]) -> list[str]:
    """Returns the chosen classes and all their ancestors, even those without results."""
    return sorted({step for path in paths for step in ancestors_and_self(path)})
