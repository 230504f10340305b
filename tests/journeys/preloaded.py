"""What a forked child finds ready: all rooms loaded, the dictionary built, no thread started."""

from gongkai.engines.installation import open_installation
from gongkai.settings import Settings

INSTALLATION = open_installation(Settings())
INSTALLATION.analysis.prepare()
