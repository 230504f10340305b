"""What a forked child finds ready: all packages loaded, the dictionary built, no thread started."""

from importlib import import_module

from gongkai.cli import COMMANDS
from gongkai.engines.installation import open_installation
from gongkai.settings import Settings

for module in sorted(set(COMMANDS.values()) - {"search_api.commands.serve"}):
    import_module(module)
INSTALLATION = open_installation(Settings())
INSTALLATION.analyzer.prepare()
