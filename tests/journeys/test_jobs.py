"""Staff of two roles in a browser: an export from upload to search, and what follows it."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from gongkai.engines.installation import Installation
from gongkai.engines.port import STAFF
from gongkai.staff.audit import Audit
from gongkai.staff.roles import Role
from gongkai.staff.staff_database import open_ledger
from gongkai.staff.tokens import Tokens
from gongkai.staff.zero_result_queries import DAYS_SHOWN, ZeroResultQueries
from indexer.pipeline import IndexJob, publish
from tests.duplicates.texts import WATER as TEXT
from tests.journeys.command import plain_row, write_rows
from tests.journeys.conftest import serving, watched_page

WATER, SCHOOL = "安庆市水利局", "安庆市教育体育局"
WAIT_SECONDS = 120
TWICE = [
    plain_row(number, id=name, published_on="2019-03-06", title="关于加强饮水安全的通知", body=TEXT)
    for number, name in enumerate(("w1", "w2"), 31)
]


@pytest.fixture(scope="module")
def office(installation: Installation, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    folder = tmp_path_factory.mktemp("jobs")
    settings = installation.settings.model_copy(
        update={"data_dir": folder / "data", "upload_limit_mb": 1, "index_processes": 1}
    )
    made = replace(installation, settings=settings)
    rows = [plain_row(1), plain_row(2, publisher=SCHOOL, title="招生简章"), plain_row(3)]
    publish(IndexJob([write_rows(folder / "export.jsonl", rows)]), made)
    with closing(made.open_store()) as store:
        store.withdraw(["r3"], cause=STAFF)
    return made


@pytest.fixture(scope="module")
def served(office: Installation) -> Iterator[str]:
    with serving(office) as address:
        yield address


@contextmanager
def signed_in(
    browser: Browser, address: str, office: Installation, role: Role, unit: str = ""
) -> Iterator[Page]:
    agency = office.tables.agencies.find(unit)
    tokens = Tokens(open_ledger(office.settings.data_dir))
    token = tokens.add(f"{unit}{role}"[:40], 1, role, agency.code if agency else "")
    with watched_page(browser, address, "desk", True) as page:
        page.goto("/staff")
        page.get_by_label("令牌").fill(token)
        page.get_by_role("button", name="登录").click()
        yield page


def test_a_clerk_uploads_corrects_and_takes_in(
    browser: Browser, served: str, office: Installation, tmp_path: Path
) -> None:
    rows = [
        plain_row(11, title="关于渡口夜航的通告"),
        plain_row(12, title="关于鱼道观测的通告", published_on="2009219"),
        plain_row(13, title="关于堤坝巡查的通告", published_on="2009219"),
        plain_row(2, publisher=SCHOOL),
        plain_row(2, publisher=WATER, title="招生简章"),
        plain_row(3, body="撤下以后又来的一行。"),
        plain_row(14, title="内部的事项", disclosure="不予公开"),
    ]
    export = write_rows(tmp_path / "水利局.jsonl", rows)
    with signed_in(browser, served, office, Role.CLERK, WATER) as page:
        page.get_by_role("link", name="导入", exact=True).click()
        page.get_by_label("目录文件").set_input_files(export)
        page.get_by_role("button", name="上传并检查").click()
        page.get_by_text("已检查，等待导入").wait_for(timeout=WAIT_SECONDS * 1000)
        job_path = page.url.removeprefix(served)
        inspected = page.locator("main").inner_text()
        assert "关于渡口夜航的通告" in inspected
        assert "其他单位发布" in inspected
        assert "内部的事项" not in inspected
        stored = list((office.settings.data_dir / "jobs").rglob("*.jsonl"))
        assert [path.stat().st_mode & 0o777 for path in stored] == [0o600]
        page.get_by_role("button", name="导入", exact=True).click()
        page.get_by_role("link", name="更正退回的行").wait_for(timeout=WAIT_SECONDS * 1000)
        report = page.locator("main").inner_text()
        assert "由其他单位发布" in report
        assert "这个编号属于其他单位的信息" in report
        assert not list((office.settings.data_dir / "jobs").rglob("*.jsonl"))
        page.get_by_role("link", name="更正退回的行").click()
        for title, day in (("鱼道观测", "2020-02-19"), ("堤坝巡查", "2020-03-19")):
            row = page.locator("tr").filter(has_text=title)
            row.locator("input[type=text]").first.fill(day)
        page.get_by_role("button", name="导入改好的行").click()
        page.get_by_text("导入：完成").wait_for(timeout=WAIT_SECONDS * 1000)
        page.goto("/staff/records?q=r12")
        assert "更正的行.jsonl" in page.locator("main").inner_text()
    with signed_in(browser, served, office, Role.CLERK, SCHOOL) as page:
        page.goto("/search?q=鱼道观测")
        assert "关于鱼道观测的通告" in page.locator("main").inner_text().replace("\n", "")
        known = {f"r{n}": page.request.get(f"/api/v1/records/r{n}") for n in range(1, 15)}
        public = {key: answer.json() for key, answer in known.items() if answer.status == 200}
        assert public.keys() == {"r1", "r2", "r11", "r12", "r13"}
        assert public["r2"]["publisher"]["name"] == SCHOOL
        assert page.goto(job_path).status == 404  # type: ignore[union-attr]
        page.goto("/staff/jobs")
        assert "水利局.jsonl" not in page.content()
        key = page.locator("input[name=form_key]").first.get_attribute("value") or ""
        for act in ("take", "stop", "repeat", "discard"):
            sent = page.request.post(f"{job_path}/{act}", form={"form_key": key})
            assert sent.status == 404, act
        forged = page.request.post(f"{job_path}/discard", form={"form_key": "guess"})
        assert forged.status == 403
        large = {"name": "大.csv", "mimeType": "text/csv", "buffer": b"x" * (1 << 20)}
        sent = page.request.post("/staff/jobs", multipart={"form_key": key, "file": large})
        assert sent.status == 413
    with signed_in(browser, served, office, Role.EDITOR) as page:
        page.goto("/staff/jobs")
        assert "水利局.jsonl" in page.content()
    entries = Audit(open_ledger(office.settings.data_dir)).entries(20)
    assert {"export uploaded", "export taken in", "rows corrected"} <= {e.action for e in entries}


def test_a_clerk_and_an_editor_share_the_work(
    browser: Browser, served: str, office: Installation, tmp_path: Path
) -> None:
    """Each uses another worker: withdraw and give back, decide a duplicate, add a synonym."""
    export = write_rows(tmp_path / "twice.jsonl", TWICE)
    publish(IndexJob([export]), office)
    note_without_result(office, "安心水本本")
    with (
        serving(office) as other,
        signed_in(browser, served, office, Role.CLERK, WATER) as clerk,
        signed_in(browser, other, office, Role.EDITOR) as editor,
    ):
        # What is another unit's, or needs another role, is not there.
        clerk.goto("/staff/records?q=r2")
        assert "没有找到" in clerk.locator("main").inner_text()
        assert clerk.get_by_role("link", name="检索词表").count() == 0
        assert clerk.request.get("/staff/vocabulary").status == 403

        clerk.goto("/staff/records?q=w1")
        clerk.get_by_label("撤下的原因").fill("重复发布")
        clerk.get_by_role("button", name="撤下", exact=True).click()
        clerk.get_by_text("已经由工作人员撤下").wait_for()
        assert editor.request.get("/api/v1/records/w1").status == 410
        editor.goto("/staff/records?q=w1")
        assert "重复发布" in editor.locator("main").inner_text()
        editor.get_by_label("撤销撤下的原因").fill("误撤")
        editor.get_by_role("button", name="撤销撤下").click()
        editor.get_by_text("撤下已经撤销").wait_for()
        publish(IndexJob([export]), office)
        assert clerk.request.get("/api/v1/records/w1").status == 200

        clerk.get_by_role("link", name="查重").click()
        row = clerk.get_by_role("row").filter(has_text=str(TWICE[0]["title"]))
        row.get_by_role("link", name="对照处理").click()
        clerk.get_by_role("button", name="是同一份，保留选中的").click()
        clerk.get_by_text("判为重复").first.wait_for()
        kept = [editor.request.get(f"/records/{i}", max_redirects=0).status for i in ("w1", "w2")]
        assert sorted(kept) == [200, 308]

        editor.goto("/staff/searches")
        row = editor.get_by_role("row").filter(has_text="安心水本本")
        row.get_by_role("link", name="加入词表").click()
        editor.get_by_label("规范用语").fill("饮水安全")
        editor.get_by_role("button", name="预览", exact=True).click()
        assert "保存前共 0 条" in editor.locator("main").inner_text()
        found = {"params": {"q": "安心水本本", "semantic": "false"}}
        assert clerk.request.get("/api/v1/search", **found).json()["total"] == 0  # type: ignore[arg-type]
        editor.get_by_role("button", name="保存").click()
        editor.get_by_role("row").filter(has_text="饮水安全").first.wait_for()
        assert clerk.request.get("/api/v1/search", **found).json()["total"] > 0  # type: ignore[arg-type]


def note_without_result(office: Installation, words: str) -> None:
    """Counts words as searched without a result on enough days to be shown."""
    days = [date(2026, 1, 5) + timedelta(days=number) for number in range(DAYS_SHOWN)]
    queries = ZeroResultQueries(open_ledger(office.settings.data_dir), today=lambda: days[0])
    while days:
        queries.note(words)
        queries.flush()
        days.pop(0)
