"""The HTTP API as other systems see it: shapes of the contract, problems, headers."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from gongkai.engines.installation import Installation
from search_api.app import create_app

HIT_KEYS = {
    "id",
    "score",
    "title",
    "title_html",
    "snippet_html",
    "document_number",
    "publisher",
    "published_on",
    "issued_on",
    "category",
    "topic",
    "audience",
    "life_event",
    "genre",
    "format",
    "disclosure",
    "validity",
    "url",
}


def ask(client: TestClient, **parameters: Any) -> dict[str, Any]:
    response = client.get("/api/v1/search", params=parameters)
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


def test_an_answer_has_the_shape_of_the_contract(client: TestClient) -> None:
    answer = ask(client, q="住房公积金 提取")
    assert set(answer) == {
        "query", "total", "took_ms", "page", "size", "next_cursor", "hits", "facets",
        "more", "answer",
    }  # fmt: skip
    assert set(answer["query"]) == {
        "text", "terms", "corrected_from", "did_you_mean",
        "relaxed", "complete", "missing", "emphasized", "loosened", "newest", "cut", "expanded",
        "date", "related", "semantic", "unit",
    }  # fmt: skip
    hit = answer["hits"][0]
    assert set(hit) >= HIT_KEYS
    assert "<mark>" in hit["title_html"]
    assert "公积金" in hit["title"]
    assert set(hit["publisher"]) == {"code", "name"}
    assert set(answer["facets"]) == {
        "category", "topic", "audience", "life_event", "genre", "format",
        "publisher", "year", "validity", "disclosure",
    }  # fmt: skip
    assert set(answer["facets"]["topic"][0]) == {"value", "label", "count", "selected", "children"}


def test_everything_is_counted_in_every_flat_facet(client: TestClient) -> None:
    answer = ask(client, facet_size=1000)
    for name in ("genre", "publisher", "year", "validity", "disclosure", "format"):
        assert sum(value["count"] for value in answer["facets"][name]) == answer["total"], name


def test_a_facet_has_as_many_values_as_asked_for(client: TestClient) -> None:
    whole = ask(client, facet_size=1000)
    assert whole["more"] == {}
    chosen = min(whole["facets"]["publisher"], key=lambda each: each["count"])["value"]
    few = ask(client, facet_size=2, publisher=chosen)
    for name, values in ask(client, facet_size=1000, publisher=chosen)["facets"].items():
        counts = {each["value"]: each["count"] for each in walk(values)}
        shown = {each["value"]: each["count"] for each in walk(few["facets"][name])}
        assert shown.items() <= counts.items()
        assert few["more"].get(name, 0) == len(counts) - len(shown)
        assert 2 <= len(shown) <= 3 or len(shown) == len(counts)
        if name not in ("publisher", "year"):
            assert sorted(shown.values()) == sorted(counts.values())[-2:]
    assert chosen in {each["value"] for each in few["facets"]["publisher"] if each["selected"]}


def walk(values: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for each in values:
        yield each
        yield from walk(each.get("children", ()))


def test_a_parent_class_counts_what_is_below_it(client: TestClient) -> None:
    for parent in ask(client, facet_size=1000)["facets"]["topic"]:
        chosen = ask(client, topic=parent["value"])
        assert chosen["total"] == parent["count"]
        for child in parent.get("children", ()):
            assert child["count"] <= parent["count"]
            assert ask(client, topic=child["value"])["total"] == child["count"]


def test_values_of_one_field_add_and_fields_narrow(client: TestClient) -> None:
    both = ask(client, genre=["通知", "办法"])
    assert both["total"] == ask(client, genre="通知")["total"] + ask(client, genre="办法")["total"]
    selected = {v["value"] for v in both["facets"]["genre"] if v["selected"]}
    assert selected == {"通知", "办法"}
    publisher = both["hits"][0]["publisher"]["code"]
    narrowed = ask(client, genre=["通知", "办法"], publisher=publisher)
    assert 0 < narrowed["total"] < both["total"]


def test_an_unclassified_record_has_a_value_of_its_own(client: TestClient) -> None:
    values = {v["value"]: v for v in ask(client)["facets"]["category"]}
    assert values["_missing"]["label"] == "未分类"
    chosen = ask(client, category="_missing")
    assert chosen["total"] == values["_missing"]["count"] > 0
    assert all(hit["category"] is None for hit in chosen["hits"])


def test_a_publisher_is_found_by_name_or_code(client: TestClient) -> None:
    by_name = ask(client, publisher="安庆市住房公积金管理中心")
    code = by_name["hits"][0]["publisher"]["code"]
    assert by_name["total"] == ask(client, publisher=code)["total"] > 0


def test_dates_limit_and_sort(client: TestClient) -> None:
    answer = ask(client, published_from="2019", published_to="2020-06", sort="oldest", size=100)
    dates = [hit["published_on"] for hit in answer["hits"]]
    assert dates == sorted(dates)
    assert dates[0] >= "2019"
    assert dates[-1] <= "2020-06-30"
    assert answer["total"] < ask(client)["total"]


def test_a_document_number_in_any_spelling(client: TestClient) -> None:
    numbers = {
        ask(client, document_number=spelling)["hits"][0]["document_number"]
        for spelling in ("宜政办秘〔2008〕8号", "宜政办秘[2008]8 号", "宜政办秘（２００８）第08号")
    }
    assert numbers == {"宜政办秘〔2008〕8号"}


def test_most_words_when_no_record_has_all(client: TestClient) -> None:
    answer = ask(client, q="住房公积金 提取 火星")
    assert answer["query"]["relaxed"]
    assert "公积金" in answer["hits"][0]["title"]
    assert answer["query"]["complete"] == 0
    assert not ask(client, q="住房公积金 提取", relax=False)["query"]["relaxed"]


@pytest.mark.parametrize(
    ("words", "note"),
    [
        ("护照办理流程", "没有信息含有“护照”"),
        ("“老年卡”怎么办理", "引号中的词语优先排列，不要求完整匹配。"),
        ('"老年卡怎么办理"', "没有与引号中的文字完整匹配的信息"),
        ("最新政策", "已按发布时间由新到旧排列。"),
    ],
)
def test_the_page_says_how_the_words_were_read(client: TestClient, words: str, note: str) -> None:
    assert note in client.get("/search", params={"q": words}).text
    assert note not in client.get("/search", params={"q": "公积金提取"}).text


def test_a_text_of_too_many_words_is_told(client: TestClient) -> None:
    words = " ".join(f"词{number}" for number in range(150))
    assert ask(client, q=words)["query"]["cut"]
    assert "检索词过多" in client.get("/search", params={"q": words}).text
    assert not ask(client, q="住房公积金 提取")["query"]["cut"]


def test_where_few_have_every_word_others_follow_in_every_order(client: TestClient) -> None:
    answer = ask(client, q="公积金 加装电梯", size=100)
    complete = answer["query"]["complete"]
    assert 0 < complete < answer["total"]
    assert answer["query"]["relaxed"]
    dated = ask(client, q="公积金 加装电梯", sort="newest", size=100)
    assert {hit["id"] for hit in dated["hits"]} == {hit["id"] for hit in answer["hits"]}
    strict = ask(client, q="公积金 加装电梯", relax=False)
    assert strict["total"] == strict["query"]["complete"] == complete
    assert not strict["query"]["relaxed"]
    assert {hit["id"] for hit in strict["hits"]} <= {hit["id"] for hit in answer["hits"][:5]}
    value = next(each for each in answer["facets"]["genre"] if each["count"] > 1)
    chosen = ask(client, q="公积金 加装电梯", genre=value["value"])
    assert chosen["total"] == value["count"]
    page = client.get("/search", params={"q": "公积金 加装电梯"}).text
    assert f"包含全部检索词的信息有 {complete} 条" in page
    assert "relax=false" in page


@pytest.mark.parametrize(
    ("parameters", "at_fault"),
    [
        ({"size": 0}, "size"),
        ({"size": 101}, "size"),
        ({"page": 0}, "page"),
        ({"page": "x"}, "page"),
        ({"page": 1001}, "page"),
        ({"sort": "best"}, "sort"),
        ({"q": "水" * 1001}, "q"),
        ({"colour": "red"}, "colour"),
        ({"published_from": "2009219"}, "published_from"),
        ({"year": "two"}, "year"),
        ({"facets": "colour"}, "facets"),
        ({"facet_size": "0"}, "facet_size"),
        ({"facet_size": "1001"}, "facet_size"),
        ({"cursor": "nonsense"}, "cursor"),
        ({"genre": ["通知"] * 300}, "genre"),
    ],
)
def test_a_wrong_parameter_is_named(
    client: TestClient, parameters: dict[str, Any], at_fault: str
) -> None:
    response = client.get("/api/v1/search", params=parameters)
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert (problem["status"], problem["parameter"]) == (422, at_fault)
    assert any("\u4e00" <= character <= "\u9fff" for character in problem["title"])


def test_a_record_in_whole_and_one_that_is_not_there(client: TestClient) -> None:
    hit = ask(client, q="公积金")["hits"][0]
    record = client.get(f"/api/v1/records/{hit['id']}").json()
    assert record["title"] == hit["title"]
    assert record["body"]
    missing = client.get("/api/v1/records/none/such")
    assert missing.status_code == 404
    assert missing.json()["status"] == 404


def test_a_withdrawn_record_is_gone_at_once(sampled: Installation, client: TestClient) -> None:
    hit = ask(client, q="停车收费")["hits"][0]
    sampled.open_store().withdraw([hit["id"]], cause="staff")
    for door in ("/api/v1/records/", "/records/"):
        response = client.get(door + hit["id"])
        assert response.status_code == 410
        assert hit["title"] not in response.text
    assert hit["id"] not in [each["id"] for each in ask(client, q="停车收费")["hits"]]


def test_the_trees_are_whole_with_counts(client: TestClient) -> None:
    trees = client.get("/api/v1/classifications").json()["trees"]
    topics = {value["value"]: value["count"] for value in trees["topic"]}
    assert len([value for value in topics if value != "_missing"]) >= 22
    assert topics["国防"] == ask(client, topic="国防")["total"]


def test_health_and_openapi(client: TestClient) -> None:
    assert client.get("/healthz").json()["status"] == "ok"
    ready = client.get("/readyz").json()
    assert ready["records"] == ask(client)["total"]
    paths = client.get("/openapi.json").json()["paths"]
    assert {"/api/v1/search", "/api/v1/records/{record_id}", "/api/v1/classifications"} <= set(
        paths
    )
    assert client.get("/docs").status_code == 200


def test_with_nothing_indexed_it_says_when_to_come_back(
    installation: Installation, tmp_path: Path
) -> None:
    settings = installation.settings.model_copy(update={"data_dir": tmp_path})
    empty = replace(installation, settings=settings)
    with TestClient(create_app(empty)) as opened:
        for door in ("/api/v1/search", "/readyz", "/search"):
            response = opened.get(door)
            assert response.status_code == 503
            assert int(response.headers["retry-after"]) > 0
        assert opened.get("/healthz").status_code == 200


def test_pages_forbid_foreign_content(client: TestClient) -> None:
    response = client.get("/search", params={"q": "<script>alert(1)</script>"})
    assert response.status_code == 200
    assert "<script>alert" not in response.text
    assert "default-src 'self'" in response.headers["content-security-policy"]
    assert response.headers["x-content-type-options"] == "nosniff"


def test_a_wrong_parameter_on_a_page_is_a_page(client: TestClient) -> None:
    response = client.get("/search", params={"page": "0"})
    assert response.status_code == 422
    assert response.headers["content-type"].startswith("text/html")


def test_a_shared_link_opens_whatever_was_hung_on_it(client: TestClient) -> None:
    hit = ask(client, q="公积金")["hits"][0]
    for path in ("/?", "/search?q=公积金&", f"/records/{hit['id']}?"):
        response = client.get(f"{path}from=timeline&isappinstalled=0&utm_source=x")
        assert response.status_code == 200, path
    assert client.get("/api/v1/search?from=timeline").json()["parameter"] == "from"


def test_a_range_that_ends_before_it_begins_is_an_error(client: TestClient) -> None:
    response = client.get("/api/v1/search?published_from=2022&published_to=2020-05")
    assert response.status_code == 422
    assert response.json()["parameter"] == "published_from"
    assert client.get("/api/v1/search?published_from=2020-05&published_to=2020").status_code == 200


def test_pages_answer_to_head_and_say_what_they_allow(client: TestClient) -> None:
    assert client.head("/").status_code == client.head("/search").status_code == 200
    refused = client.post("/search")
    assert refused.status_code == 405
    assert "GET" in refused.headers["Allow"]
