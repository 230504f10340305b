"""Runs the commands of the docs on a cluster."""

import re
import shutil
import subprocess
from pathlib import Path

from gongkai.settings import Settings
from tests.conftest import require_or_skip

DOCS = Path(__file__).resolve().parents[2] / "docs"
_BLOCK = re.compile(r"^ *```\n(.*?)^ *```$", re.DOTALL | re.MULTILINE)
_OWN = re.compile(r"^gongkai .*", re.MULTILINE)


def run_commands(settings: Settings, document: str, heading: str, block: int = 0) -> None:
    """Runs the `curl` commands of a section, with the prefix and first address of `settings`."""
    if shutil.which("curl") is None:
        require_or_skip("elasticsearch", "curl is not installed")
    text = (DOCS / document).read_text(encoding="utf-8").partition(heading)[2]
    commands = _OWN.sub("", _BLOCK.findall(text)[block]).replace("$(date +%F)", "2026-11-28")
    url = settings.elasticsearch_url.partition(",")[0]
    script = commands.replace("gongkai", settings.elasticsearch_prefix).replace(
        "https://es1:9200", url
    )
    done = subprocess.run(
        ["bash", "-ec", f"ES={url}; {script}"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done
