"""Finds entries of agencies and halls that do not fit each other or belong to another place."""

import difflib
from collections.abc import Iterator, Sequence
from gettext import gettext as _

from gongkai.catalog.agencies import Agency
from gongkai.catalog.halls import Halls
from gongkai.catalog.places import Place, Places
from gongkai.catalog.tables import Tables

_KINDS = "省市县区旗乡镇"
_NEAR = 0.6


def find_inconsistencies(tables: Tables, places: Places, halls: Halls) -> Iterator[str]:
    """Yields one sentence for each entry, with the fix."""
    agencies = tables.agencies.all()
    yield from _find_foreign_short_names(agencies, places)
    yield from _find_unknown_hall_agencies(tables, halls)
    yield from _find_foreign_halls(agencies, places, halls)


def find_near_agency(name: str, agencies: Sequence[Agency]) -> str | None:
    """Returns the agency name most similar to `name`."""
    names = [each.name for each in agencies]
    return next(iter(difflib.get_close_matches(name, names, 1, _NEAR)), None)


def _find_foreign_short_names(agencies: Sequence[Agency], places: Places) -> Iterator[str]:
    for agency in filter(lambda each: each.place, agencies):
        for short in agency.short_names:
            other = _place_before(short, places)
            is_foreign = other and not _is_own(other, short, agency)
            if is_foreign or _has_kind_of_other_level(short, agency):
                yield (
                    _(
                        "agencies.csv: the short name {short} of {name} belongs to another place "
                        "than {place}; delete it."
                    ).format(short=short, name=agency.name, place=agency.place)
                )


def _has_kind_of_other_level(short: str, agency: Agency) -> bool:
    """Whether this is 市财政局 for 怀宁县财政局. 市场监管局 is not: 场监管局 is no name."""
    rests = {
        name.removeprefix(agency.place)
        for name in (agency.name, *agency.former_names)
        if name.startswith(agency.place)
    }
    rests |= {each for each in agency.short_names if each[:1] not in _KINDS}
    return short[0] in _KINDS and short[0] != agency.place[-1] and short[1:] in rests


def _find_unknown_hall_agencies(tables: Tables, halls: Halls) -> Iterator[str]:
    for hall in halls.halls:
        for name in hall.agencies:
            if tables.agencies.find(name) is None:
                near = find_near_agency(name, tables.agencies.all())
                hint = (
                    _("did you mean {near}?").format(near=near)
                    if near
                    else _("add it, or delete it here.")
                )
                yield _(
                    "halls.csv: {name} of the hall {code} is not in agencies.csv; {hint}"
                ).format(name=name, code=hall.code, hint=hint)


def _find_foreign_halls(agencies: Sequence[Agency], places: Places, halls: Halls) -> Iterator[str]:
    own = {agency.place for agency in agencies if agency.place}
    for hall in halls.halls:
        place = _place_before(hall.name, places)
        if own and place and place.name not in own:
            yield (
                _(
                    "halls.csv: the hall {code} ({name}) is in {name2}, which has no agency "
                    "in agencies.csv; change or delete the row."
                ).format(code=hall.code, name=hall.name, name2=place.name)
            )


def _place_before(name: str, places: Places) -> Place | None:
    """Returns the place with the longest full name that `name` begins with."""
    found = (each for each in places.places if name.startswith(each.name))
    return max(found, key=lambda each: len(each.name), default=None)


def _is_own(place: Place, short: str, agency: Agency) -> bool:
    """Whether the name is the agency's: 安徽省 may precede 安庆市财政局, but not 财政局."""
    return agency.place.startswith(place.name) or agency.place in short
