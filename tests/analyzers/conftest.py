"""Real text for the laws that random text alone does not try."""

import gzip
import json
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def real_text(shared_data: Path) -> str:
    """More than 2 MB of ministry rules, as UTF-8."""
    path = shared_data / "documents" / "ministry_rules.jsonl.gz"
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        bodies = (json.loads(line).get("body") or "" for line in lines)
        return "\n".join(bodies)[:800_000]
