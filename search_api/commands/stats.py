"""`gongkai stats`: the figures for the annual report."""

import asyncio
from typing import Annotated

import orjson
import typer

from gongkai.engines.installation import Installation, open_installation
from gongkai.files.spreadsheets import write_sheet
from gongkai.settings import Settings
from gongkai.staff.statistics import Statistics, count_year, list_figures


def stats(
    year: Annotated[int, typer.Option(min=1900, max=2100, help="Year of publication.")],
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Count the records of one year by publisher, class and month, and days until publication."""
    counted = asyncio.run(_count(open_installation(Settings()), year))
    figures = list(list_figures(counted))
    if as_csv:
        print(write_sheet(("figure", "value", "number"), figures), end="")
    elif as_json:
        keys = ("figure", "value", "number")
        listed = [dict(zip(keys, each, strict=True)) for each in figures]
        print(orjson.dumps({"year": year, "figures": listed}).decode())
    else:
        for figure, value, number in figures:
            print(f"{figure:<46} {number:>9,}  {value}")


async def _count(installation: Installation, year: int) -> Statistics:
    engine = installation.open_engine()
    try:
        return await count_year(engine, installation.tables, year)
    finally:
        await engine.close()
