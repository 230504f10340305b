"""Every door of staff without a key, with a wrong, a revoked and an expired one; and no trace of
staff for the public."""

import pkgutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from gongkai.engines.installation import Installation
from gongkai.staff.audit import Audit
from gongkai.staff.roles import Role
from gongkai.staff.staff_database import open_ledger
from gongkai.staff.tokens import Tokens
from indexer.pipeline import IndexJob, publish
from indexer.source_reader import find_sources
from search_api import staff as staff_endpoints
from search_api.app import create_app
from search_api.http.body_limit import LARGE_BODY, SMALL_BODY
from search_api.staff.auth import ATTEMPTS, COOKIE
from tests.duplicates.texts import SCHOOL, WATER, move_paragraph
from tests.journeys.command import plain_row, write_rows

CLUSTER = "0123456789abcdef"
NUMBERS = ("宜政发〔2020〕12号", "宜政发〔2020〕13号")


@pytest.fixture
def office(installation: Installation, tmp_path: Path) -> Installation:
    settings = installation.settings.model_copy(update={"data_dir": tmp_path / "data"})
    made = replace(installation, settings=settings)
    rows = [
        plain_row(1, title="关于加强饮水安全的通知", document_number=NUMBERS[0], body=WATER),
        plain_row(
            2,
            title="关于加强饮水安全的通知",
            document_number=NUMBERS[1],
            body=move_paragraph(WATER),
        ),
        plain_row(3, title="关于做好招生的通知", body=SCHOOL),
        plain_row(4, title="关于做好招生的通知", body=SCHOOL),
    ]
    publish(IndexJob(find_sources([write_rows(tmp_path / "export.jsonl", rows)])), made)
    return made


@pytest.fixture
def door(office: Installation) -> Iterator[TestClient]:
    with TestClient(create_app(office), raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def tokens(office: Installation) -> Tokens:
    return Tokens(open_ledger(office.settings.data_dir))


@pytest.fixture
def token(tokens: Tokens) -> str:
    return tokens.add("政务公开办")


@pytest.fixture
def key(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def staff_routes() -> list[tuple[str, str]]:
    """Method and path of every route of every module of staff's endpoints."""
    names = [each.name for each in pkgutil.iter_modules(staff_endpoints.__path__)]
    modules = [import_module(f"{staff_endpoints.__name__}.{name}") for name in names]
    routes = [route for each in modules if hasattr(each, "router") for route in each.router.routes]
    ids = {
        "{cluster_id}": CLUSTER,
        "{certificate_id}": "20260105-01234567",
        "{code}": "340800-czj",
        "{token_id}": "01234567",
        "{job_id}": "4711",
        "{entry_id}": "0123456789abcdef",
    }
    filled = []
    for route in routes:
        path = route.path
        for name, value in ids.items():
            path = path.replace(name, value)
        filled += [(method, path) for method in sorted(route.methods)]
    return filled


def test_no_door_opens_without_a_key(door: TestClient, tokens: Tokens) -> None:
    revoked = tokens.add("离职人员")
    checked = tokens.check(revoked)
    assert checked is not None
    cookie, _ = tokens.open_session(checked)
    tokens.revoke(checked.id)
    past = Tokens(tokens._database, lambda: datetime.now(UTC) - timedelta(days=10))
    expired = past.add("临时人员", days=1)
    routes = [
        each
        for each in staff_routes()
        if each not in (("GET", "/staff"), ("POST", "/staff/sign-in"))
    ]
    assert len(routes) > 20
    for method, path in routes:
        for headers in (
            {},
            {"Authorization": "Bearer gk_00000000_" + "A" * 43},
            {"Authorization": f"Bearer {revoked}"},
            {"Authorization": f"Bearer {expired}"},
            {"Authorization": "Basic Z2s6Z2s="},
            {"Cookie": f"{COOKIE}={cookie}"},
            {"Cookie": f"{COOKIE}=guess"},
        ):
            answer = door.request(
                method, path, headers=headers, json={} if method == "PUT" else None
            )
            assert answer.status_code in (401, 429), (method, path, headers)
            assert "饮水安全" not in answer.text
            assert answer.headers["cache-control"] == "no-store"


def test_every_page_of_staff_answers_who_is_signed_in(
    door: TestClient, tokens: Tokens, key: dict[str, str]
) -> None:
    token = tokens.add("信息化部门", role=Role.ADMINISTRATOR)
    assert door.post("/staff/sign-in", data={"token": token}).status_code == 200
    paths = [path for method, path in staff_routes() if method == "GET"]
    assert len(paths) > 10
    for path in paths:
        # Programs are refused parameters that an endpoint does not know.
        asked = {"headers": key} if path.startswith("/api/") else {"params": {"year": 2020}}
        status = door.get(path, **asked).status_code
        ids = (CLUSTER, "certificate/", "certificates/", "jobs/4711", "/versions")
        is_missing = any(each in path for each in ids)
        assert status in ((200, 404) if is_missing else (200,)), path


def test_wrong_keys_from_one_address_have_to_wait_and_a_right_one_does_not(
    door: TestClient, key: dict[str, str]
) -> None:
    wrong = {"Authorization": "Bearer gk_00000000_" + "A" * 43}
    answers = [door.get("/api/v1/duplicates", headers=wrong) for _ in range(ATTEMPTS + 1)]
    assert [each.status_code for each in answers] == [401] * ATTEMPTS + [429]
    assert int(answers[-1].headers["retry-after"]) > 0
    assert door.get("/api/v1/duplicates", headers=key).status_code == 200


def test_a_form_without_its_sessions_key_changes_nothing(door: TestClient, token: str) -> None:
    assert door.post("/staff/sign-in", data={"token": token}).status_code == 200
    home = door.get("/staff").text
    assert "待处理的重复" in home
    for path in (
        "/staff/sign-out",
        "/staff/check",
        "/staff/certificate",
        "/staff/doctor",
        f"/staff/duplicates/{CLUSTER}",
    ):
        for data in ({}, {"form_key": "guess"}):
            answer = door.post(path, data={**data, "decision": "distinct", "q": "公积金"})
            assert answer.status_code == 403, path
    crossed = {"Sec-Fetch-Site": "cross-site"}
    assert door.post("/staff/sign-in", data={"token": token}, headers=crossed).status_code == 403


def test_the_cookie_goes_nowhere_else(door: TestClient, token: str) -> None:
    answer = door.post("/staff/sign-in", data={"token": token}, follow_redirects=False)
    cookie = answer.headers["set-cookie"]
    assert {"HttpOnly", "Path=/staff", "SameSite=strict"} <= {
        part.strip() for part in cookie.split(";")
    }
    assert token not in cookie


def test_a_body_larger_than_any_form_is_refused(door: TestClient, key: dict[str, str]) -> None:
    large = b"x" * (LARGE_BODY + 1)
    kept = {"Content-Type": "application/x-www-form-urlencoded"}
    assert door.post("/staff/check", content=large, headers=kept).status_code == 413
    assert (
        door.post("/staff/sign-in", content=large[: SMALL_BODY + 1], headers=kept).status_code
        == 413
    )
    chunks = iter([large[:SMALL_BODY], large[:SMALL_BODY]])
    assert door.post("/appearance", content=chunks, headers=kept).status_code == 413
    draft = {"title": "标题", "body": "很长的正文" * 100_000}
    assert door.post("/api/v1/duplicates/check", headers=key, json=draft).status_code == 200


def test_the_public_sees_nothing_of_staff(door: TestClient) -> None:
    description = door.get("/openapi.json").text
    for path in (
        "/",
        "/search?q=通知",
        "/records/r1",
        "/browse",
        "/kiosk",
        "/robots.txt",
        "/sitemap.xml",
        "/docs",
    ):
        shown = door.get(path).text
        for word in ("staff", "工作人员登录", "工作人员首页", "查重", "duplicates"):
            assert word not in shown, path
    assert "staff" not in description
    assert "duplicates" not in description


def test_clusters_are_listed_and_decided(
    door: TestClient, key: dict[str, str], office: Installation
) -> None:
    listed = door.get("/api/v1/duplicates", headers=key).json()
    assert listed["is_current"]
    assert {tuple(sorted(r["id"] for r in c["records"])) for c in listed["clusters"]} == {
        ("r1", "r2"),
        ("r3", "r4"),
    }
    water = next(c for c in listed["clusters"] if c["records"][0]["id"] in ("r1", "r2"))
    assert (water["kind"], water["decision"]) == ("near text", None)
    path = f"/api/v1/duplicates/{water['id']}/decision"
    assert (
        door.put(path, headers=key, json={"decision": "duplicate", "keep": "r3"}).status_code == 422
    )
    assert door.put(path, headers=key, json={"decision": "maybe"}).status_code == 422
    assert (
        door.put(
            f"/api/v1/duplicates/{CLUSTER}/decision", headers=key, json={"decision": "distinct"}
        ).status_code
        == 404
    )
    decided = door.put(
        path, headers=key, json={"decision": "duplicate", "keep": "r1", "note": "两号"}
    )
    assert decided.status_code == 200
    assert decided.json()["decided_by"] == "政务公开办"

    for address in (
        "/api/v1/records/r2",
        "/records/r2?q=通知",
        "/text/records/r2",
        "/kiosk/records/r2",
        "/api/v1/records/r2/similar",
    ):
        moved = door.get(address, follow_redirects=False)
        assert moved.status_code == 308
        assert moved.headers["location"] == address.replace("r2", "r1").replace(
            "通知", "%E9%80%9A%E7%9F%A5"
        )
    assert door.get("/api/v1/records/r1").status_code == 200
    assert door.get("/api/v1/search", params={"q": NUMBERS[1]}).json()["total"] == 1

    again = door.get("/api/v1/duplicates", headers=key).json()
    assert [c["id"] for c in again["clusters"]] == [
        c["id"] for c in listed["clusters"] if c is not water
    ]
    kept = door.get("/api/v1/duplicates?state=duplicate", headers=key).json()["clusters"]
    assert [(c["id"], c["decision"]["kept"]) for c in kept] == [(water["id"], "r1")]
    assert door.delete(path, headers=key).status_code == 204
    assert door.delete(path, headers=key).status_code == 404
    assert door.get("/api/v1/records/r2", follow_redirects=False).status_code == 200
    history = door.get(f"/api/v1/duplicates/{water['id']}", headers=key).json()["history"]
    assert [each["decision"] for each in history] == ["duplicate", "undone"]
    entries = Audit(open_ledger(office.settings.data_dir)).entries()
    assert [each.action for each in entries] == ["decision undone", "cluster decided"]


def test_a_draft_is_checked_before_it_is_published(door: TestClient, key: dict[str, str]) -> None:
    draft = {
        "标题": "关于加强饮水安全的通知",
        "文号": "宜政发[2020]12号",
        "body": WATER.replace("三", "叁", 1),
    }
    found = door.post("/api/v1/duplicates/check", headers=key, json=draft).json()
    kinds = {each["record"]["id"]: each["kind"] for each in found["duplicates"]}
    assert kinds == {"r1": "same document number", "r2": "near text"}
    first = found["duplicates"][0]
    assert first["record"]["id"] == "r1"
    assert [(p["draft"], p["record"]) for p in first["passages"]] == [("叁、", "三、")]
    nothing = door.post(
        "/api/v1/duplicates/check", headers=key, json={"title": "完全无关的标题"}
    ).json()
    assert nothing == {"duplicates": [], "related": []}
    for wrong in ({}, {"title": ""}, []):
        assert door.post("/api/v1/duplicates/check", headers=key, json=wrong).status_code == 422


def test_a_new_record_joins_a_new_scan(
    door: TestClient, key: dict[str, str], office: Installation, tmp_path: Path
) -> None:
    door.get("/api/v1/duplicates", headers=key)
    more = write_rows(
        tmp_path / "more.jsonl", [plain_row(5, title="关于做好招生的通知", body=SCHOOL)]
    )
    publish(IndexJob(find_sources([more])), office)
    listed = door.get("/api/v1/duplicates", headers=key).json()
    assert listed["is_current"]
    assert ["r3", "r4", "r5"] in [sorted(r["id"] for r in c["records"]) for c in listed["clusters"]]
