"""The dashboard and the alert rules ask for what is really counted."""

import json
import re
from pathlib import Path

from fastapi.testclient import TestClient

DOCS = Path(__file__).parents[2] / "docs"


def test_dashboard_and_rules_name_metrics_and_labels_that_are_there(client: TestClient) -> None:
    client.get("/search")
    client.get("/search?page=0")
    given = client.get("/metrics").text
    shown = {line.split("{")[0].split(" ")[0] for line in given.splitlines() if line[:1] != "#"}
    # A counter without a sample yet is described all the same.
    shown |= set(re.findall(r"# TYPE (\w+)", given))
    dashboard = json.loads((DOCS / "grafana-dashboard.json").read_text())
    asked = " ".join(target["expr"] for panel in dashboard["panels"] for target in panel["targets"])
    rules = (DOCS / "operations.md").read_text()
    names = set(re.findall(r"\bgongkai_\w+", asked)) | set(re.findall(r"\bgongkai_\w+", rules))
    assert len(names) > 5
    assert names <= shown, names - shown
    assert 'route="/search"' in given
    assert {panel["id"] for panel in dashboard["panels"]} == set(range(1, 9))
