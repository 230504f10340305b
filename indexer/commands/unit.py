"""The option `--unit`: a run for the rows of one agency and of those below it."""

from gettext import gettext as _
from typing import Annotated, TypeAlias

import typer

from gongkai.catalog.agencies import AgencyDirectory

ByUnit: TypeAlias = Annotated[
    str,
    typer.Option(
        "--unit",
        help="Code or name of an agency: take only its rows and those of the agencies below it, "
        "and change no other records.",
    ),
]


def find_publishers(unit: str, agencies: AgencyDirectory) -> frozenset[str] | None:
    """Returns the agencies of a unit, None for all without one. Raises typer.BadParameter."""
    if not unit:
        return None
    agency = agencies.by_code(unit) or agencies.find(unit)
    if agency is None:
        raise typer.BadParameter(_("{unit} is no agency of agencies.csv").format(unit=unit))
    return frozenset((agency.code, *agencies.below(agency.code)))
