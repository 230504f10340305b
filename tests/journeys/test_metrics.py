"""What is counted, and that the dashboard and the alert rules ask for it."""

import json
import re
from pathlib import Path

from fastapi.testclient import TestClient
from prometheus_client import generate_latest
from starlette.types import Receive, Scope, Send

from gongkai.staff.last_run import LastRun, read_last_run
from search_api.http.telemetry import Metrics, TelemetryMiddleware
from tests.journeys.command import plain_row, run, write_rows

ROOT = Path(__file__).parents[2]
DEPLOYMENT, OPERATIONS = ROOT / "deploy", ROOT / "docs" / "operations.md"


def test_dashboard_and_rules_name_metrics_and_labels_that_are_there(client: TestClient) -> None:
    client.get("/search")
    client.get("/search?page=0")
    given = client.get("/metrics").text
    shown = {line.split("{")[0].split(" ")[0] for line in given.splitlines() if line[:1] != "#"}
    # A counter without a sample yet is described all the same.
    shown |= set(re.findall(r"# TYPE (\w+)", given))
    dashboard = json.loads((DEPLOYMENT / "grafana-dashboard.json").read_text())
    asked = " ".join(target["expr"] for panel in dashboard["panels"] for target in panel["targets"])
    rules = "".join(path.read_text() for path in (DEPLOYMENT / "prometheus-rules.yml", OPERATIONS))
    names = set(re.findall(r"\bgongkai_\w+", asked)) | set(re.findall(r"\bgongkai_\w+", rules))
    assert len(names) > 5
    assert names <= shown, names - shown
    assert 'route="/search"' in given
    assert {panel["id"] for panel in dashboard["panels"]} == set(range(1, 9))


def test_the_last_run_is_counted(tmp_path: Path) -> None:
    source = write_rows(tmp_path / "rows.jsonl", [plain_row(1), plain_row(2), {"title": ""}])
    run(tmp_path / "data", "index", source)
    seen = LastRun.__annotations__.keys()
    last = read_last_run(tmp_path / "data")
    assert last
    assert (last.accepted, last.refused) == (2, 1)
    assert last.seconds > 0
    (tmp_path / "data" / "last_run.json").write_text(json.dumps(dict.fromkeys((*seen, "new"), 1)))
    assert read_last_run(tmp_path / "data") is None


def test_a_request_ends_with_its_answer_not_with_what_is_done_afterwards() -> None:
    metrics, seen = Metrics(), []

    def read() -> str:
        return generate_latest(metrics._registry).decode()

    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"a", "more_body": True})
        seen.append(read())
        await send({"type": "http.response.body", "body": b"b"})
        seen.append(read())

    TestClient(TelemetryMiddleware(app, metrics)).get("/")
    seen.append(read())
    running = [
        re.search(r"^gongkai_requests_running (\S+)", text, re.MULTILINE)[1] for text in seen
    ]
    counted = [re.findall(r"^gongkai_requests_total\S+ (\S+)", text, re.MULTILINE) for text in seen]
    assert running == ["1.0", "0.0", "0.0"]
    assert counted == [[], ["1.0"], ["1.0"]]
