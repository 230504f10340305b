"""Counts the records of agencies together with those of the agencies below them.

The index holds the code of one agency a record, so counts add up, and a changed table applies at
once.
"""

from collections.abc import Collection, Mapping

from gongkai.catalog.agencies import OWN, AgencyDirectory


class AgencyTree:
    """The tree of one city's agencies as values of the facet `publisher`."""

    def __init__(self, agencies: AgencyDirectory) -> None:
        self._agencies = agencies

    def add(self, counts: Mapping[str, int], chosen: Collection[str]) -> dict[str, int]:
        """Returns the counts with those below added, and the chosen values.

        An agency with records of its own and below has a value for its own ones: CODE/本级.
        """
        whole = dict(counts)
        for code, count in counts.items():
            for above in self._agencies.above(code):
                whole[above] = whole.get(above, 0) + count
        own = {f"{code}{OWN}": count for code, count in counts.items() if whole[code] > count}
        return {**dict.fromkeys(self._with_above(chosen), 0), **whole, **own}

    def above(self, value: str) -> tuple[str, ...]:
        """Returns the values above a value, nearest first."""
        code = value.removesuffix(OWN)
        return (*((code,) if code != value else ()), *self._agencies.above(code))

    def label_of(self, value: str) -> str:
        """Returns the name for a value."""
        code = value.removesuffix(OWN)
        return self._agencies.label_of(code) + ("本级" if code != value else "")

    def _with_above(self, values: Collection[str]) -> set[str]:
        return {each for value in values for each in (value, *self.above(value))}
