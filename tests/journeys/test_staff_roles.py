"""Who may do what: every route of staff as a stranger, a clerk, an editor and an administrator."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from gongkai.engines.installation import Installation
from gongkai.staff.audit import Audit
from gongkai.staff.roles import Role
from gongkai.staff.staff_database import open_ledger
from gongkai.staff.tokens import Tokens
from indexer.pipeline import IndexJob, publish
from indexer.source_reader import find_sources
from search_api.app import create_app
from tests.duplicates.texts import SCHOOL, WATER
from tests.journeys.command import plain_row, write_rows
from tests.journeys.test_staff_access import staff_routes

OPEN = {("GET", "/staff"), ("POST", "/staff/sign-in"), ("POST", "/staff/sign-out")}
CLERKS = (
    *("/staff/duplicates", "/staff/check", "/staff/rejected", "/staff/records"),
    "/staff/jobs",
)
"""What every clerk may open: each shows only the records of the unit."""
ADMINISTRATORS = ("/staff/tokens", "/staff/settings")
WATER_UNIT, SCHOOL_UNIT = "安庆市水利局", "安庆市教育体育局"


@pytest.fixture(scope="module")
def indexed(installation: Installation, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    folder = tmp_path_factory.mktemp("roles")
    settings = installation.settings.model_copy(update={"data_dir": folder / "data"})
    made = replace(installation, settings=settings)
    water = {"publisher": WATER_UNIT, "title": "关于加强饮水安全的通知", "body": WATER}
    school = {"publisher": SCHOOL_UNIT, "title": "关于做好招生的通知", "body": SCHOOL}
    rows = [
        plain_row(1, **water),
        plain_row(2, **water),
        plain_row(3, **school),
        plain_row(4, **school),
        plain_row(5, **{**water, "published_on": "2009219"}),
        plain_row(6, **{**school, "published_on": "2009219", "title": "招生简章"}),
    ]
    publish(IndexJob(find_sources([write_rows(folder / "export.jsonl", rows)])), made)
    return made


@pytest.fixture
def office(indexed: Installation, tmp_path: Path) -> Installation:
    """A copy of its own for each test: they withdraw and decide."""
    data = tmp_path / "data"
    shutil.copytree(indexed.settings.data_dir, data)
    settings = indexed.settings.model_copy(update={"data_dir": data})
    return replace(indexed, settings=settings)


@pytest.fixture
def desk(office: Installation) -> Iterator[TestClient]:
    with TestClient(create_app(office), raise_server_exceptions=False) as client:
        yield client


@contextmanager
def signed_in(desk: TestClient, office: Installation, role: Role, unit: str = "") -> Iterator[str]:
    """Signs in with a token of this role; yields the key of the forms."""
    agency = office.tables.agencies.find(unit)
    code = agency.code if agency else ""
    token = Tokens(open_ledger(office.settings.data_dir)).add(role.value, 1, role, code)
    page = desk.post("/staff/sign-in", data={"token": token}).text
    try:
        yield page.partition('name="form_key" value="')[2].partition('"')[0]
    finally:
        desk.cookies.clear()


def status_of(desk: TestClient, method: str, path: str, form_key: str) -> int:
    """The status of a request with the right form key and otherwise empty fields."""
    data = {"form_key": form_key} if method == "POST" else None
    params = {"year": 2020} if path.endswith(".csv") else None
    answer = desk.request(method, path, data=data, params=params, follow_redirects=False)
    return answer.status_code


def is_below(path: str, places: tuple[str, ...]) -> bool:
    return path.startswith(tuple(places))


def test_every_route_asks_for_the_role(desk: TestClient, office: Installation) -> None:
    pages = [each for each in staff_routes() if each[1].startswith("/staff")]
    pages = [each for each in pages if each not in OPEN]
    assert len(pages) > 20
    assert {status_of(desk, *each, "") for each in pages} == {401}
    with signed_in(desk, office, Role.CLERK, WATER_UNIT) as key:
        for each in pages:
            refused = status_of(desk, *each, key) == 403
            assert refused == (not is_below(each[1], CLERKS)), each
    with signed_in(desk, office, Role.EDITOR) as key:
        for each in pages:
            if each != ("POST", "/staff/doctor"):
                refused = status_of(desk, *each, key) == 403
                assert refused == is_below(each[1], ADMINISTRATORS), each
    with signed_in(desk, office, Role.ADMINISTRATOR) as key:
        for each in pages:
            if each != ("POST", "/staff/doctor"):
                assert status_of(desk, *each, key) not in (401, 403), each


def test_programs_need_an_editors_token(desk: TestClient, office: Installation) -> None:
    agency = office.tables.agencies.find(WATER_UNIT)
    assert agency is not None
    tokens = Tokens(open_ledger(office.settings.data_dir))
    token = tokens.add("水利局", 1, Role.CLERK, agency.code)
    calls = [each for each in staff_routes() if each[1].startswith("/api/")]
    assert calls
    for method, path in calls:
        answer = desk.request(method, path, headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 403, path


def test_a_clerk_sees_the_unit_only(desk: TestClient, office: Installation) -> None:
    with signed_in(desk, office, Role.CLERK, WATER_UNIT):
        home = desk.get("/staff").text
        assert "1 组" in home
        assert "没有主题分类" not in home
        clusters = desk.get("/staff/duplicates").text
        assert "饮水安全" in clusters
        assert "招生" not in clusters
        rejected = desk.get("/staff/rejected").text
        assert WATER_UNIT in rejected
        assert SCHOOL_UNIT not in rejected
        assert "招生" not in desk.get("/staff/duplicates.csv").text
        run = rejected.partition("rejected.csv?run=")[2].partition('"')[0]
        assert "招生" not in desk.get("/staff/rejected.csv", params={"run": run}).text
    with signed_in(desk, office, Role.EDITOR):
        page = desk.get("/staff/duplicates").text
        links = page.split('href="/staff/duplicates/')[1:]
        schools = [each[:16] for each in links]
    with signed_in(desk, office, Role.CLERK, WATER_UNIT) as key:
        statuses = {desk.get(f"/staff/duplicates/{each}").status_code for each in schools}
        assert statuses == {200, 403}
        decided = [
            desk.post(
                f"/staff/duplicates/{each}", data={"form_key": key, "decision": "version"}
            ).status_code
            for each in schools
        ]
        assert 403 in decided
    with signed_in(desk, office, Role.EDITOR):
        assert "判为新旧版本" in desk.get("/staff/duplicates?state=version").text
    assert desk.get("/records/r2", follow_redirects=False).status_code == 200


def test_a_record_is_withdrawn_and_given_back_by_its_own_unit(
    desk: TestClient, office: Installation
) -> None:
    with signed_in(desk, office, Role.CLERK, SCHOOL_UNIT) as key:
        form = {"form_key": key, "id": "r2", "reason": "重复发布"}
        assert "没有找到" in desk.get("/staff/records?q=r2").text
        assert desk.post("/staff/records/withdraw", data=form).status_code == 404
        assert "没有找到" in desk.get("/staff/records?q=饮水安全").text
    assert desk.get("/records/r2").status_code == 200
    with signed_in(desk, office, Role.CLERK, WATER_UNIT) as key:
        form = {"form_key": key, "id": "r2", "reason": ""}
        assert "r2" in desk.get("/staff/records?q=饮水安全").text
        assert desk.post("/staff/records/withdraw", data=form).status_code == 422
        form["reason"] = "重复发布"
        page = desk.post("/staff/records/withdraw", data=form).text
        assert "已经由工作人员撤下" in page
        assert "重复发布" in page
        assert "关于加强饮水安全的通知" not in page
        assert desk.post("/staff/records/withdraw", data=form).status_code == 404
    assert desk.get("/records/r2").status_code == 410
    assert desk.get("/api/v1/search", params={"q": "饮水安全"}).json()["total"] == 1
    with signed_in(desk, office, Role.CLERK, SCHOOL_UNIT) as key:
        form = {"form_key": key, "id": "r2", "reason": "恢复"}
        assert "没有找到" in desk.get("/staff/records?q=r2").text
        assert desk.post("/staff/records/restore", data=form).status_code == 404
    with signed_in(desk, office, Role.EDITOR) as key:
        form = {"form_key": key, "id": "r2", "reason": "误撤"}
        page = desk.post("/staff/records/restore", data=form).text
        assert "撤下已经撤销" in page
        assert page.index("误撤") < page.index("重复发布")
        assert desk.post("/staff/records/restore", data=form).status_code == 404
    entries = Audit(open_ledger(office.settings.data_dir)).entries(20)
    actions = [each.action for each in entries if each.subject == "r2"]
    assert actions == ["withdrawal undone", "record withdrawn"]


def test_earlier_versions_are_for_the_unit_until_the_record_is_closed(
    desk: TestClient, office: Installation, tmp_path: Path
) -> None:
    corrected = plain_row(
        1,
        id="water",
        publisher=WATER_UNIT,
        title="关于加强饮水安全的通知",
        body="第一条 每月检测水质。\n第二条 缴纳水费。",
    )
    for body in (corrected["body"], str(corrected["body"]).replace("每月", "每日")):
        rows = write_rows(tmp_path / "corrected.jsonl", [{**corrected, "body": body}])
        publish(IndexJob([rows]), office)
    page = "/staff/records/water/versions"
    with signed_in(desk, office, Role.CLERK, SCHOOL_UNIT) as key:
        assert desk.get(page).status_code == 404
        erased = desk.post("/staff/records/versions/erase", data={"form_key": key, "id": "water"})
        assert erased.status_code == 404
    with signed_in(desk, office, Role.CLERK, WATER_UNIT) as key:
        shown = desk.get(page).text
        assert "<del>月</del>" in shown
        assert "<ins>日</ins>" in shown
        assert "早先公开的文本（1 个）" in desk.get("/staff/records?q=water").text
        assert "每月" not in desk.get("/records/water").text
        data = {"form_key": key, "id": "water", "reason": "有误"}
        assert desk.post("/staff/records/versions/erase", data=data).status_code == 200
        assert "没有早先的文本" in desk.get(page).text
        desk.post("/staff/records/withdraw", data=data)
        assert desk.get(page).status_code == 404
    with signed_in(desk, office, Role.EDITOR):
        assert "删除早先的文本" in desk.get("/staff/audit").text


def test_settings_are_shown_without_secrets(desk: TestClient, office: Installation) -> None:
    served = office.settings.model_copy(update={"elasticsearch_password": SecretStr("geheim-9")})
    desk = TestClient(create_app(replace(office, settings=served)))
    with signed_in(desk, office, Role.ADMINISTRATOR):
        page = desk.get("/staff/settings").text
    assert "GONGKAI_DATA_DIR" in page
    assert str(office.settings.data_dir) in page
    assert "********" in page
    assert "geheim-9" not in page


def test_an_administrator_gives_and_takes_tokens(desk: TestClient, office: Installation) -> None:
    with signed_in(desk, office, Role.ADMINISTRATOR) as key:
        form = {"form_key": key, "name": "王处", "role": "clerk", "unit": "没有这个单位"}
        assert desk.post("/staff/tokens", data=form).status_code == 422
        page = desk.post("/staff/tokens", data={**form, "unit": WATER_UNIT}).text
        token = page.partition("<strong>gk_")[2].partition("<")[0]
        assert f"gk_{token}" not in desk.get("/staff/tokens").text
        checked = Tokens(open_ledger(office.settings.data_dir)).check(f"gk_{token}")
        assert checked is not None
        assert (checked.role, checked.name) == (Role.CLERK, "王处")
        path = f"/staff/tokens/{checked.id}/revoke"
        assert desk.post(path, data={"form_key": key}).status_code == 200
        assert desk.post(path, data={"form_key": key}).status_code == 404
    assert Tokens(open_ledger(office.settings.data_dir)).check(f"gk_{token}") is None
    entries = Audit(open_ledger(office.settings.data_dir)).entries(4)
    assert [each.action for each in entries][:2] == ["token revoked", "token added"]
