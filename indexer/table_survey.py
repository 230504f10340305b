"""Compares exports with a city's tables: unknown publishers and classes, and rows to add."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from analyzers.pinyin import read_character
from gongkai.catalog.agencies import AgencyDirectory
from gongkai.catalog.intake import IntakeRules
from gongkai.catalog.places import Place, Places
from indexer.source_reader import read_source
from indexer.sources.row import SkippedPart
from indexer.transform import Admitted, admit_row
from indexer.warnings_file import ValueCounts

_AGENCY, _CLASS = "unknown_agency", "unknown_class"


@dataclass(slots=True)
class TableSurvey:
    """Values of accepted rows that no table has, with their counts."""

    records: int = 0
    publishers: Counter[str] = field(default_factory=Counter)
    classes: ValueCounts = field(default_factory=ValueCounts)


def survey_tables(paths: Iterable[Path], rules: IntakeRules) -> TableSurvey:
    """Reads exports as an index run would. Values with personal data are left out."""
    survey, publishers = TableSurvey(), ValueCounts()
    for path in paths:
        for item in read_source(path):
            if isinstance(item, SkippedPart):
                continue
            outcome = admit_row(item, frozenset(), rules)
            if not isinstance(outcome, Admitted):
                continue
            survey.records += 1
            for name, code, value in outcome.accepted.values:
                if code == _AGENCY:
                    publishers.add(name, value)
                elif code == _CLASS:
                    survey.classes.add(name, value)
    survey.publishers = sum(publishers.counts.values(), Counter())
    return survey


def suggest_agencies(
    publishers: Counter[str], agencies: AgencyDirectory, places: Places
) -> Iterator[Sequence[str]]:
    """Yields a row of agencies.csv for each publisher, the most frequent first.

    The code is the division's code and pinyin initials, numbered if it is taken.
    """
    taken = {each.code for each in agencies.all()}
    for name, _ in publishers.most_common():
        place = _find_place(name, places)
        if place is None:
            yield "", name, "", "", "", "", ""
            continue
        rest = name.removeprefix(place.name)
        code = _choose_code(f"{place.code}-{_initials(rest)}", taken)
        taken.add(code)
        above = agencies.find(f"{place.name}人民政府")
        parent = above.code if above else ""
        yield code, name, f"{place.name[-1]}{rest}", place.level, parent, "", place.name


def _find_place(name: str, places: Places) -> Place | None:
    found = (each for each in places.places if name.startswith(each.name) and name != each.name)
    return max(found, key=lambda each: len(each.name), default=None)


def _initials(text: str) -> str:
    readings = (read_character(character) for character in text)
    return "".join(each[0][0] for each in readings if each) or "jg"


def _choose_code(code: str, taken: set[str]) -> str:
    number, chosen = 1, code
    while chosen in taken:
        number += 1
        chosen = f"{code}{number}"
    return chosen
