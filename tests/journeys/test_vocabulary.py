"""From a search without results to a synonym, a pinned record or a word, by staff and for all."""

import csv
import io
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from gongkai.engines.installation import Installation
from gongkai.staff.audit import Audit
from gongkai.staff.staff_database import open_ledger
from gongkai.staff.tokens import Tokens
from search_api.app import create_app

TERM, OFFICIAL = "大红本本", "住房公积金"
ADDRESS = "/staff/vocabulary"


@pytest.fixture(scope="module")
def key(client: TestClient, sampled: Installation) -> Iterator[str]:
    """The key of the forms of a signed-in editor."""
    token = Tokens(open_ledger(sampled.settings.data_dir)).add("编辑", 1)
    page = client.post("/staff/sign-in", data={"token": token}).text
    yield page.partition('name="form_key" value="')[2].partition('"')[0]
    client.cookies.clear()


@pytest.fixture(scope="module")
def other_worker(sampled: Installation) -> Iterator[TestClient]:
    with TestClient(create_app(sampled)) as opened:
        yield opened


def find(client: TestClient, text: str = TERM, **more: object) -> list[str]:
    answer = client.get("/api/v1/search", params={"q": text, "semantic": False, **more}).json()
    return [hit["id"] for hit in answer["hits"]]


def entry_of(page: str) -> str:
    """The id of the first entry of the list."""
    return page.partition('<tr id="e')[2][:16]


@pytest.mark.usefixtures("always_fresh")
def test_a_synonym_is_previewed_saved_and_undone_in_every_worker(
    client: TestClient, other_worker: TestClient, key: str, sampled: Installation
) -> None:
    judged = sampled.settings.data_dir / "judged"
    judged.mkdir()
    (best, *_) = find(client, OFFICIAL)
    (judged / "queries.jsonl").write_text(f'{{"id": "1", "text": "{TERM}"}}\n', encoding="utf-8")
    (judged / "qrels.tsv").write_text(f"1\t0\t{best}\t2\n", encoding="utf-8")
    assert find(client) == find(other_worker) == []
    etag = other_worker.get("/search", params={"q": TERM}).headers["etag"]
    typed = {"kind": "synonym", "term": TERM, "target": OFFICIAL}
    page = client.get(f"{ADDRESS}/new", params=typed).text
    assert "保存前共 0 条" in page
    assert "变好 1 个，变差 0 个" in page
    assert find(client) == []
    saved = client.post(ADDRESS, data={**typed, "form_key": key})
    assert saved.status_code == 200
    assert find(client)[0] == find(other_worker)[0] == best
    again = other_worker.get("/search", params={"q": TERM}, headers={"If-None-Match": etag})
    assert again.status_code == 200
    entry = entry_of(saved.text)
    form = {"form_key": key}
    assert client.post(f"{ADDRESS}/{entry}/restore", data=form).status_code == 404
    assert "停用" in client.post(f"{ADDRESS}/{entry}/remove", data=form).text
    assert find(other_worker) == []
    assert client.post(f"{ADDRESS}/{entry}/restore", data=form).status_code == 200
    assert find(other_worker)[0] == best
    client.post(f"{ADDRESS}/{entry}/remove", data=form)
    lines = Audit(open_ledger(sampled.settings.data_dir)).entries(20)
    noted = [each.action for each in lines if each.subject == entry]
    assert noted == [
        *("vocabulary entry removed", "vocabulary entry restored"),
        *("vocabulary entry removed", "vocabulary entry added"),
    ]


def test_a_pin_is_offered_previewed_and_refused_for_what_is_not_public(
    client: TestClient, key: str
) -> None:
    last = find(client, OFFICIAL, size=20)[-1]
    title = client.get(f"/api/v1/records/{last}").json()["title"]
    offered = client.get(f"{ADDRESS}/new", params={"term": OFFICIAL, "find": last}).text
    assert f'name="target" value="{last}"' in offered
    typed = {"kind": "pin", "term": OFFICIAL, "target": f"https://x.cn/records/{last}?q=1"}
    page = client.get(f"{ADDRESS}/new", params=typed).text
    assert title in page.partition("第 1 条")[2][:400]
    saved = client.post(ADDRESS, data={**typed, "form_key": key}).text
    assert find(client, OFFICIAL)[0] == last
    unknown = {**typed, "target": "没有这一条", "form_key": key}
    assert "没有这条公开的信息" in client.post(ADDRESS, data=unknown).text
    client.post(f"{ADDRESS}/{entry_of(saved)}/remove", data={"form_key": key})
    assert find(client, OFFICIAL)[0] != last


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"term": ""}, "请填写检索词"),
        ({"target": TERM}, "检索词和规范用语相同"),
        ({"target": "金"}, "至少要有两个字"),
        ({"expires": "2020-01-01"}, "已经过去"),
        ({"expires": "明年"}, "这样的日期"),
        ({"term": "11010519491231002X"}, "个人信息"),
        ({"kind": "word", "term": "abc"}, "个汉字"),
    ],
)
def test_a_wrong_entry_is_told_and_not_saved(
    client: TestClient, key: str, wrong: dict[str, str], told: str
) -> None:
    typed = {"kind": "synonym", "term": TERM, "target": "不动产", "form_key": key, **wrong}
    answer = client.post(ADDRESS, data=typed)
    assert (answer.status_code, told in answer.text) == (422, True)


def test_a_table_is_exported_corrected_and_taken_in_whole_or_not_at_all(
    client: TestClient, key: str
) -> None:
    typed = {"kind": "word", "term": "饮水思源工程", "form_key": key}
    assert "待重建索引" in client.post(ADDRESS, data=typed).text
    assert "饮水思源工程" in client.get(f"{ADDRESS}/government.csv").text
    text = client.get("/staff/vocabulary.csv").text
    rows = list(csv.reader(io.StringIO(text.lstrip("\ufeff"), newline="")))
    assert rows[1][:2] == ["词典用词", "饮水思源工程"]
    rows[1][5] = "停用"
    rows += [["同义词", "红头本", OFFICIAL, "", "2099/6/30"], ["同义词", "红", OFFICIAL]]

    def take(encoding: str) -> str:
        sheet = io.StringIO()
        csv.writer(sheet).writerows(rows)
        file = ("v.csv", sheet.getvalue().encode(encoding), "text/csv")
        return client.post(f"{ADDRESS}/import", data={"form_key": key}, files={"file": file}).text

    assert f"第 {len(rows)} 行：检索词和规范用语都至少要有两个字" in take("utf-8")
    assert find(client, "红头本") == []
    del rows[-1]
    assert "保存 1 条，停用 1 条" in take("gb18030")
    assert find(client, "红头本")[0] == find(client, OFFICIAL)[0]
    assert "2099-06-30" in client.get(ADDRESS).text
    assert "保存 0 条，停用 0 条" in take("utf-8")
    assert (
        "没有导入任何一行"
        in client.post(
            f"{ADDRESS}/import", data={"form_key": key}, files={"file": ("v.csv", b"a,b\n1,2")}
        ).text
    )


def test_results_that_are_opened_late_are_counted_without_persons(
    client: TestClient, sampled: Installation
) -> None:
    unclicked = client.app.state.served.services.unclicked  # type: ignore[attr-defined]
    unclicked.flush()
    words = "关于 通知"
    page = client.get("/search", params={"q": words, "page": 2}).text
    late = page.partition('<article class="hit">')[2].partition('href="')[2].partition('"')[0]
    assert late.endswith("place=11")
    client.get("/search", params={"q": words})
    assert client.get(late.replace("&amp;", "&")).status_code == 200
    unclicked.flush()
    assert read_opened(sampled) == ""
    early = late.replace("&amp;", "&").removesuffix("&place=11")
    assert client.get(early).status_code == 200
    unclicked.flush()
    assert read_opened(sampled) != ""


def read_opened(installation: Installation) -> str:
    """The latest day that a result was opened early; no words are stored yet."""
    with open_ledger(installation.settings.data_dir).read() as connection:
        assert connection.execute("SELECT COUNT(*) FROM watched_searches").fetchone()[0] == 0
        (day,) = connection.execute("SELECT MAX(opened_day) FROM pending_watched").fetchone()
    return str(day)
