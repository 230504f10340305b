"""What every answer shows of a facet value: its label, and its place in the tree of its field.

They depend on the catalog's tables alone, so each value is looked up once.
"""

from typing import NamedTuple

from gongkai.catalog.agencies import OWN
from gongkai.catalog.classifications import MISSING, is_within_limits
from gongkai.catalog.fields import MISSING_LABELS, TREES
from gongkai.catalog.tables import Tables
from gongkai.search.agency_tree import AgencyTree

_KEPT = 5_000
"""Values of one field that are kept. Requests may name any; with more, reading starts anew."""


class FacetNode(NamedTuple):
    """`above` is the value directly above in a tree, empty at the top.

    `is_own` is true for an agency without those below it. `is_listed` is false for a path over the
    limits.
    """

    label: str
    above: str = ""
    is_own: bool = False
    is_listed: bool = True


class FacetNodes(dict[str, FacetNode]):
    """The nodes of one field by value, read from the tables when they are first looked up."""

    def __init__(self, name: str, tables: Tables, agencies: AgencyTree) -> None:
        super().__init__()
        self._name, self._tables, self._agencies = name, tables, agencies

    def __missing__(self, value: str) -> FacetNode:
        """Reads a node from the tables."""
        if len(self) >= _KEPT:
            self.clear()
        node = self[value] = self._read(value)
        return node

    def _read(self, value: str) -> FacetNode:
        name = self._name
        if value == MISSING:
            return FacetNode(MISSING_LABELS[name])
        if name == "publisher":
            above = next(iter(self._agencies.above(value)), "")
            return FacetNode(self._agencies.label_of(value), above, value.endswith(OWN))
        if name not in TREES:
            return FacetNode(value)
        label, above = self._tables.tree(name).label_of(value), value.rpartition("/")[0]
        return FacetNode(label, above, value.endswith(OWN), is_within_limits(value))
