"""Writes the folder of a new city: settings, tables, exports folder and files for its server."""

import re
import secrets
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from gettext import gettext as _
from importlib import resources
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import SecretStr

from gongkai.files.durable import make_folder, replace_file
from gongkai.settings import Settings
from gongkai.settings_file import FILE
from indexer.city_tables import write_tables
from indexer.table_templates import list_city_templates

DEPLOYMENT = "deploy"
_FOLDER, _PROGRAM, _HOST = "/srv/gongkai", "/opt/gongkai/bin/gongkai", "xxgk.example.gov.cn"
"""What the shipped files name; a new city's paths and host replace them."""
_UNSAFE = re.compile(r"[\s\"'\\%$;{}]")


@dataclass(frozen=True, slots=True)
class City:
    """A city's folder, its name (安庆市) and public address (https://xxgk.anqing.gov.cn)."""

    folder: Path
    name: str = ""
    address: str = ""


def find_obstacles(city: City) -> Iterator[str]:
    """Yields why nothing can be written there."""
    if unsafe := _UNSAFE.search(str(city.folder)):
        yield _(
            "{folder}: service files cannot name a path with {value!r}; choose another."
        ).format(folder=city.folder, value=unsafe[0])
    for name in (str(FILE), "tables", DEPLOYMENT):
        if (city.folder / name).exists():
            yield _("{value}: exists; name an empty folder.").format(value=city.folder / name)


def write_city(city: City) -> list[Path]:
    """Writes all files and empty folders. Returns the paths in the city's folder."""
    make_folder(city.folder)
    replace_file(city.folder / FILE, "".join(_write_settings(city)).encode())
    for name in ("exports", "backups"):
        make_folder(city.folder / name)
    tables = write_tables(city.folder / "tables", list_city_templates())
    return [city.folder / FILE, *tables, *_write_deployment(city)]


def find_deployment() -> Path:
    """Returns the folder of the shipped service files, of a wheel or of a checkout."""
    installed = Path(str(resources.files("indexer"))) / DEPLOYMENT
    return installed if installed.is_dir() else installed.parents[1] / DEPLOYMENT


def _write_settings(city: City) -> Iterator[str]:
    site = f"{city.name}政府信息公开检索"
    yield f"# {site}\n"
    yield 'data_dir = "data"\n'
    yield 'tables_dir = "tables"\n'
    yield f'site_name = "{site}"\n'
    if city.address:
        yield f'public_url = "{city.address}"\n'
    yield 'access_log_dir = "access-log"\n'
    yield f'searches_key = "{secrets.token_hex(16)}"\n'
    others = _("All other settings, with their defaults.")
    yield f"\n# {others}\n"
    written = {"data_dir", "tables_dir", "site_name", "access_log_dir", "searches_key"}
    for name, info in Settings.model_fields.items():
        if name not in written and not (name == "public_url" and city.address):
            yield f"\n# {_(info.description or '')}\n# {name} = {_spell_default(info.default)}\n"


def _spell_default(value: object) -> str:
    if value is None or isinstance(value, SecretStr):
        return '""'
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float) else f'"{value}"'


def _write_deployment(city: City) -> Iterator[Path]:
    host = urlsplit(city.address).netloc or _HOST
    program = Path(sys.executable).with_name("gongkai")
    for source in sorted(find_deployment().iterdir()):
        text = source.read_text("utf-8")
        for shipped, own in ((_FOLDER, city.folder), (_PROGRAM, program), (_HOST, host)):
            text = text.replace(shipped, str(own))
        target = city.folder / DEPLOYMENT / source.name
        replace_file(target, text.encode())
        yield target
