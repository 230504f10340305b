"""`gongkai stats`: the figures for the annual report."""

import asyncio
from typing import Annotated

import orjson
import typer
from rich.cells import set_cell_size

from gongkai.command_line import AsCsv, AsJson, open_configured
from gongkai.engines.installation import Installation
from gongkai.files.spreadsheets import write_sheet
from gongkai.language import translate_code
from gongkai.staff.statistics import Statistics, count_year, list_figures


def stats(
    year: Annotated[int, typer.Option(min=1900, max=2100, help="Year of publication.")],
    as_csv: AsCsv = False,
    as_json: AsJson = False,
) -> None:
    """Count the records of one year by publisher, class and month, and days until publication."""
    counted = asyncio.run(_count(open_configured(), year))
    figures = list(list_figures(counted))
    if as_csv:
        print(write_sheet(("figure", "value", "number"), figures), end="")
    elif as_json:
        keys = ("figure", "value", "number")
        listed = [dict(zip(keys, each, strict=True)) for each in figures]
        print(orjson.dumps({"year": year, "figures": listed}).decode())
    else:
        for figure, value, number in figures:
            print(f"{set_cell_size(translate_code(figure), 46)} {number:>9,}  {value}")


async def _count(installation: Installation, year: int) -> Statistics:
    engine = installation.open_engine()
    try:
        return await count_year(engine, installation.tables, year)
    finally:
        await engine.close()
