"""`gongkai settings`: each setting with its value and the place that sets it."""

from dataclasses import asdict
from gettext import gettext as _

from rich.console import Console
from rich.table import Table
from rich.text import Text

from gongkai.command_line import AsJson, print_json
from gongkai.settings import Settings
from gongkai.settings_trace import TracedSetting, trace_settings


def settings(
    as_json: AsJson = False,
) -> None:
    """Show every setting with its value and source: default, file and line, or variable."""
    traced = list(trace_settings(Settings()))
    if as_json:
        listed = [asdict(each) for each in traced]
        print_json(listed)
        return
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column(_("setting"), no_wrap=True)
    table.add_column(_("value"), overflow="fold")
    table.add_column(_("source"), overflow="fold")
    for each in traced:
        table.add_row(each.name, Text(_show(each)), each.place or _("default"))
    Console(highlight=False, markup=False).print(table)


def _show(setting: TracedSetting) -> str:
    if isinstance(setting.value, bool):
        return str(setting.value).lower()
    return "–" if setting.value is None or setting.value == "" else str(setting.value)
