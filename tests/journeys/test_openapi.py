"""The API against its own description, on both engines: whatever is asked, no answer breaks it."""

import re
from collections.abc import Iterator

import httpx2
import pytest
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.schemas import APIOperation, BaseSchema
from schemathesis.specs.openapi.checks import positive_data_acceptance

from gongkai.engines.installation import Installation
from gongkai.settings import EngineKind
from indexer.pipeline import IndexJob, publish
from indexer.source_reader import find_sources
from search_api.api import downloads, search
from search_api.app import create_app
from tests.conftest import SAMPLE
from tests.journeys.conftest import serving
from tests.scale import scaled

OPERATIONS = {
    "/api/v1/search",
    "/api/v1/search/export",
    "/api/v1/suggest",
    "/api/v1/classifications",
    "/api/v1/records/{record_id}",
    "/api/v1/records/{record_id}/citations",
    "/api/v1/records/{record_id}/comparison",
    "/api/v1/records/{record_id}/similar",
    "/api/v1/feed.atom",
    "/api/v1/replica",
    "/api/v1/changes",
    "/healthz",
    "/readyz",
}
EXAMPLES = scaled(20, 100)


@pytest.fixture(params=list(EngineKind))
def served(request: pytest.FixtureRequest) -> Iterator[str]:
    """The sample on a real server over one engine."""
    is_elastic = request.param is EngineKind.ELASTICSEARCH
    made = request.getfixturevalue("elastic" if is_elastic else "sampled")
    if is_elastic:
        publish(IndexJob(find_sources([SAMPLE])), made)
    with serving(made) as address:
        yield address


def operations_of(schema: BaseSchema) -> dict[str, APIOperation]:
    found = (result.ok() for result in schema.get_all_operations())
    return {operation.path: operation for operation in found}


def test_every_answer_is_as_described(served: str) -> None:
    schema = schemathesis.openapi.from_url(f"{served}/openapi.json")
    operations = operations_of(schema)
    assert set(operations) == OPERATIONS
    asked: dict[str, int] = {}
    for path, operation in operations.items():
        asked[path] = ask_anything(operation)
    assert all(count >= 1 for count in asked.values()), asked
    assert asked["/api/v1/search"] >= EXAMPLES


def test_every_description_is_chinese(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    told = {
        f"{name}.{field}": each.get("description", "")
        for name, schema in document["components"]["schemas"].items()
        for field, each in schema.get("properties", {}).items()
    }
    for path, methods in document["paths"].items():
        for operation in methods.values():
            told[path] = operation["description"]
            for code, answer in operation["responses"].items():
                told[f"{path} {code}"] = answer["description"]
            for parameter in operation.get("parameters", ()):
                told[f"{path}?{parameter['name']}"] = parameter["description"]
    assert len(told) > 100
    assert [place for place, text in told.items() if not re.search("[一-鿿]", text)] == []


def test_a_whole_list_is_streamed_once(served: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gongkai.search.service.STREAMED_AT_ONCE", 100)
    with httpx2.Client(base_url=served, trust_env=False, timeout=60) as client:
        total = client.get("/api/v1/search").json()["total"]
        lines = client.get("/api/v1/search/export", params={"format": "jsonl"}).text.splitlines()
    assert len(lines) == len(set(lines)) == total > 200


def ask_anything(operation: APIOperation) -> int:
    """Right and wrong parameters; no 5xx, only described statuses, types and shapes."""
    count = 0

    @given(case=operation.as_strategy())
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
    )
    def ask(case: schemathesis.Case) -> None:
        nonlocal count
        count += 1
        # That a page lies past the 10,000th hit, or 2009219 is no date, no schema can say.
        case.call_and_validate(excluded_checks=[positive_data_acceptance])

    ask()
    return count


def test_every_route_of_the_api_is_described(fresh: Installation) -> None:
    described = set(create_app(fresh).openapi()["paths"])
    routes = {getattr(route, "path", "") for route in search.router.routes}
    routes |= {f"/api/v1{getattr(route, 'path', '')}" for route in downloads.router.routes}
    assert {path.replace(":path", "") for path in routes} <= described == OPERATIONS
