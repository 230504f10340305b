"""Builds facets from value counts: labels, order, trees, selected values.

The index holds codes and paths. Labels come from the catalog's tables in this last step.
"""

from collections.abc import Callable, Iterable, Mapping

from gongkai.catalog.classifications import (
    MISSING,
    ancestors_and_self,
    is_within_limits,
)
from gongkai.catalog.fields import FACETS, MISSING_LABELS, TREES
from gongkai.catalog.tables import Tables
from gongkai.search.responses import FacetValueView

VALUES_SHOWN = 100
"""Most frequent values of one flat facet in an answer; chosen values are always included."""
TREE_VALUES_SHOWN = 1_000
"""Most frequent classes of one tree in an answer, with their ancestors."""


class FacetBuilder:
    """Builds facets with the labels of one city's tables; one instance serves all requests."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._labels = {name: _label_reader(name, tables) for name in FACETS}

    def build(
        self,
        name: str,
        counts: Mapping[str, int],
        chosen: frozenset[str] = frozenset(),
        *,
        whole: bool = False,
    ) -> list[FacetValueView]:
        """Returns one facet.

        `whole` includes every value, and in a tree the classes without records, with count 0. Tree
        paths over the limits are left out, because an older index may contain some.
        """
        if name in TREES:
            return self._build_tree(name, counts, chosen, whole=whole)
        known = {**dict.fromkeys(chosen, 0), **counts}
        order = _sort_values(name, known)
        if not whole:
            order, rest = order[:VALUES_SHOWN], order[VALUES_SHOWN:]
            order += sorted(chosen.intersection(rest))
        return list(self._views(name, order, known, chosen).values())

    def _build_tree(
        self, name: str, counts: Mapping[str, int], chosen: frozenset[str], *, whole: bool
    ) -> list[FacetValueView]:
        tree = self._tables.tree(name)
        counted = {path: count for path, count in counts.items() if is_within_limits(path)}
        if whole:
            counted = {**{node.path: 0 for node in tree.walk()}, **counted}
        elif len(counted) > TREE_VALUES_SHOWN:
            counted = _most_frequent(counted)
        shown = _with_ancestors(filter(is_within_limits, chosen))
        known = {**{path: counts.get(path, 0) for path in shown}, **counted}
        views = self._views(name, tree.sort_paths(known), known, chosen)
        roots: list[FacetValueView] = []
        for path, view in views.items():
            above = path.rpartition("/")[0]
            siblings = views[above].children if above and above in views else roots
            siblings.append(view)
        return roots

    def _views(
        self, name: str, values: Iterable[str], counts: Mapping[str, int], chosen: frozenset[str]
    ) -> dict[str, FacetValueView]:
        label = self._labels[name]
        return {
            value: FacetValueView(
                value=value, label=label(value), count=counts[value], selected=value in chosen
            )
            for value in values
        }


def _most_frequent(counts: Mapping[str, int]) -> dict[str, int]:
    """Returns the TREE_VALUES_SHOWN most frequent paths.

    Of equal counts a class comes before its descendants, which never have more records.
    """
    order = sorted(counts, key=lambda path: (-counts[path], path.count("/")))
    return {path: counts[path] for path in order[:TREE_VALUES_SHOWN]}


def _sort_values(name: str, counts: Mapping[str, int]) -> list[str]:
    """Sorts values by count, years latest first; a missing value comes last."""
    stated = sorted(value for value in counts if value != MISSING)
    if name == "year":
        stated.sort(key=lambda year: int(year) if year.isdigit() else 0, reverse=True)
    else:
        stated.sort(key=counts.__getitem__, reverse=True)
    return [*stated, MISSING] if MISSING in counts else stated


def _with_ancestors(paths: Iterable[str]) -> list[str]:
    """Returns the chosen classes and all their ancestors, even those without results."""
    return sorted({step for path in paths for step in ancestors_and_self(path)})


def _label_reader(name: str, tables: Tables) -> Callable[[str], str]:
    missing = MISSING_LABELS[name]
    read: Callable[[str], str] = str
    if name == "publisher":
        read = tables.agencies.label_of
    elif name in TREES:
        read = tables.tree(name).label_of
    return lambda value: missing if value == MISSING else read(value)
