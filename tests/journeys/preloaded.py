"""What a forked child finds ready: all packages loaded, the dictionary built, no thread started."""

from importlib import import_module

from gongkai.command_table import COMMANDS
from gongkai.engines.installation import open_installation
from gongkai.settings import Settings

for module in sorted({each.module for each in COMMANDS.values()} - {"search_api.commands.serve"}):
    import_module(module)
INSTALLATION = open_installation(Settings())
INSTALLATION.analyzer.prepare()
