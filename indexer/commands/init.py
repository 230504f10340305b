"""`gongkai init`: writes settings, tables and service files for a new city."""

import re
from gettext import gettext as _
from pathlib import Path
from typing import Annotated

import typer

from gongkai.errors import SettingsError
from gongkai.settings_file import FILE
from indexer.city_files import City, find_obstacles, write_city

_NAME = re.compile(r"[\w·（）()-]{0,40}")
_ADDRESS = re.compile(r"(?:https?://[A-Za-z0-9.:\[\]-]+)?")


def init(
    folder: Annotated[Path, typer.Argument(help="A new or empty folder: /srv/gongkai")],
    city: Annotated[str, typer.Option(help="Name of the city or county: 安庆市")] = "",
    address: Annotated[
        str, typer.Option(help="Public address of the pages: https://xxgk.example.gov.cn")
    ] = "",
) -> None:
    """Write settings, tables, systemd units and an nginx file for a new city."""
    if not _NAME.fullmatch(city):
        raise typer.BadParameter(_("a name of up to 40 letters"), param_hint="--city")
    if not _ADDRESS.fullmatch(address):
        raise typer.BadParameter(
            _("write https://xxgk.example.gov.cn, without a path"), param_hint="--address"
        )
    new = City(folder.absolute(), city, address)
    if obstacles := list(find_obstacles(new)):
        raise SettingsError("\n".join(obstacles))
    for path in write_city(new):
        print(path)
    command = f"gongkai --config {new.folder / FILE}"
    print(_("\nPut your exports into the folder exports, fill in the tables, then run:"))
    print(f"{command} tables check {new.folder / 'exports'}")
    print(f"{command} index {new.folder / 'exports'}")
    print(f"{command} serve")
