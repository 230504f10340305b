"""What a forked child finds ready: all rooms loaded, the dictionary built, no thread started."""

from engines.opening import open_installation
from engines.settings import Settings

INSTALLATION = open_installation(Settings())
INSTALLATION.analysis.prepare()
