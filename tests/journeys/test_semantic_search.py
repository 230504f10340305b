"""Asked in plain words, answered from official ones: a real model over the sample, from `embed` on.

The sixty questions stand in tests/relevance beside those that words alone have to answer.
"""

import asyncio
import os
import re
import signal
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import orjson
import pytest
from fastapi.testclient import TestClient

from development.embedding_model import fetch_embedding_model
from development.maven import MissingPartError
from gongkai.engines.installation import Installation
from gongkai.engines.port import STAFF
from gongkai.evaluation.metrics import Figures, measure, read_judgements, read_queries
from gongkai.query.request import SearchRequest
from gongkai.semantic import embedding
from gongkai.semantic.embedding import Embedded, embed_records
from gongkai.semantic.found_records import FoundRecords
from gongkai.semantic.models import open_model
from gongkai.semantic.passages import is_static
from gongkai.services import open_services
from gongkai.settings import SemanticMode
from gongkai.staff.vocabulary import Entry, EntryKind
from indexer.pipeline import IndexJob, publish
from search_api.app import create_app
from search_api.commands.evaluate import rank
from tests.conftest import require_or_skip
from tests.engines.records import changed
from tests.journeys.command import plain_row, run_with, start_with, write_rows
from tests.relevance.test_judged import FLOORS, HERE

QUESTION = "穷人怎么领补助"
ANSWER = "最低生活保障"


@pytest.fixture(scope="module")
def meaning(sampled: Installation) -> Installation:
    """The sample with a vector for each record."""
    try:
        model = fetch_embedding_model()
    except MissingPartError as missing:
        require_or_skip("semantic", f"nothing was asked by meaning: {missing}")
    made = changed(
        sampled, semantic=SemanticMode.ON, semantic_model=model, semantic_budget_ms=30_000
    )
    embed(made)
    return made


@pytest.fixture(scope="module")
def asking(meaning: Installation) -> Iterator[TestClient]:
    with TestClient(create_app(meaning)) as client:
        yield client


def embed(installation: Installation) -> Embedded:
    return asyncio.run(embed_records(installation, lambda *_: None))


def test_a_question_in_plain_words_finds_the_official_answer(asking: TestClient) -> None:
    answer = asking.get("/api/v1/search", params={"q": QUESTION}).json()
    assert any(ANSWER in hit["title"] for hit in answer["hits"])
    assert answer["query"]["related"] > 0
    assert answer["next_cursor"] is None
    lexical = asking.get("/api/v1/search", params={"q": QUESTION, "semantic": False}).json()
    assert lexical["query"]["related"] == 0
    assert not any(hit["related"] for hit in lexical["hits"])
    assert answer["total"] == lexical["total"] + answer["query"]["related"]


def test_a_pinned_record_leads_the_fused_list_and_moves_no_other(asking: TestClient) -> None:
    store = asking.app.state.served.services.vocabulary  # type: ignore[attr-defined]
    before = asking.get("/api/v1/search", params={"q": QUESTION, "size": 50}).json()
    last = before["hits"][-1]["id"]
    store.add([Entry(EntryKind.PIN, QUESTION, last)], "编辑")
    try:
        after = asking.get("/api/v1/search", params={"q": QUESTION, "size": 50}).json()
    finally:
        store.remove(Entry(EntryKind.PIN, QUESTION, last).id, "编辑")
    ids = [hit["id"] for hit in before["hits"]]
    assert [hit["id"] for hit in after["hits"]] == [last, *ids[:-1]]
    assert after["total"] == before["total"]
    assert (
        asking.get("/api/v1/search", params={"q": QUESTION, "size": 50}).json()["hits"]
        == (before["hits"])
    )


def test_totals_and_facets_count_the_list_that_is_shown(asking: TestClient) -> None:
    pages = [
        asking.get("/api/v1/search", params={"q": QUESTION, "size": 100, "page": page}).json()
        for page in (1, 2)
    ]
    whole, hits = pages[0], [hit for page in pages for hit in page["hits"]]
    assert len(hits) == whole["total"]
    assert sum(hit["related"] for hit in hits) == whole["query"]["related"]
    assert len(whole["facets"]["genre"]) > 1
    for facet in whole["facets"]["genre"][:4]:
        chosen = {"q": QUESTION, "size": 100, "genre": facet["value"]}
        narrowed = asking.get("/api/v1/search", params=chosen).json()
        assert narrowed["total"] == facet["count"] == len(narrowed["hits"])
        listed = {hit["id"] for hit in hits if (hit["genre"] or "_missing") == facet["value"]}
        assert {hit["id"] for hit in narrowed["hits"]} == listed


def test_where_the_words_find_nothing_related_records_answer(asking: TestClient) -> None:
    asked = {"q": "旁边要建化工厂会不会有毒", "size": 100}
    answer = asking.get("/api/v1/search", params=asked).json()
    assert answer["total"] == answer["query"]["related"] == len(answer["hits"]) > 0
    assert answer["facets"]["genre"]
    page = asking.get("/search", params=asked).text
    assert "没有包含检索词的信息" in page
    assert "下载目录" not in page
    words = asking.get("/api/v1/search", params={**asked, "semantic": False}).json()
    assert words["total"]
    assert words["query"]["relaxed"]


def test_staff_see_both_parts_of_a_score(meaning: Installation) -> None:
    async def ask() -> None:
        async with open_services(meaning) as services:
            found = (await services.search.search(SearchRequest(QUESTION))).hits
            for is_related in (True, False):
                hit = next(hit for hit in found if hit.related is is_related)
                parts = await services.search.explain(SearchRequest(QUESTION), hit.id)
                names = {part.name for part in parts}
                assert "hybrid.fused" in names
                assert ("semantic.cosine" in names) or not is_related
                assert ("total" in names) is not is_related

    asyncio.run(ask())


def test_all_pages_together_hold_what_the_words_found_and_what_is_related(
    asking: TestClient,
) -> None:
    listed: list[str] = []
    for page in range(1, 100):
        asked = {"q": "困难群众补助怎么领", "page": page, "size": 7}
        answer = asking.get("/api/v1/search", params=asked).json()
        listed += (hit["id"] for hit in answer["hits"])
        if page * 7 >= answer["total"]:
            break
    every = {"q": "困难群众补助怎么领", "semantic": False, "size": 100}
    lexical = [hit["id"] for hit in asking.get("/api/v1/search", params=every).json()["hits"]]
    assert len(listed) == len(set(listed)) == answer["total"]
    assert set(lexical) <= set(listed)


@pytest.mark.parametrize("text", ["宜医保办〔2024〕16号", '"最低生活保障"', "-烟花 补贴", "dibao"])
def test_numbers_phrases_and_letters_are_left_to_the_words(asking: TestClient, text: str) -> None:
    both = asking.get("/api/v1/search", params={"q": text}).json()
    words = asking.get("/api/v1/search", params={"q": text, "semantic": False}).json()
    assert both["query"]["related"] == 0
    assert both["hits"] == words["hits"]


def test_every_title_still_finds_its_record(asking: TestClient) -> None:
    hits = asking.get("/api/v1/search", params={"size": 100}).json()["hits"]
    for hit in hits[::5]:
        found = asking.get("/api/v1/search", params={"q": hit["title"]}).json()["hits"]
        assert hit["title"] in [each["title"] for each in found]


def test_filters_hold_for_what_is_related_too(asking: TestClient) -> None:
    asked = {"q": QUESTION, "publisher": "安庆市民政局"}
    answer = asking.get("/api/v1/search", params=asked).json()
    assert answer["hits"]
    assert {hit["publisher"]["name"] for hit in answer["hits"]} == {"安庆市民政局"}
    dated = asking.get("/api/v1/search", params={"q": "2024年的公积金贷款"}).json()
    assert {hit["published_on"][:4] for hit in dated["hits"]} == {"2024"}


def test_the_page_marks_it_and_says_what_is_counted(asking: TestClient) -> None:
    page = asking.get("/search", params={"q": QUESTION}).text
    assert '<span class="badge related">相关</span>' in page
    assert "按意思找到的" in page
    assert "semantic=false" in page
    assert "包含全部检索词的信息有" in page
    assert "其他未标“相关”的信息" in page
    alone = asking.get("/search", params={"q": QUESTION, "semantic": False}).text
    assert "其他信息包含其中部分检索词" in alone
    kiosk = asking.get("/kiosk/list", params={"q": QUESTION}).text
    assert "相关" in kiosk


def test_the_sixty_questions_reach_their_floor(meaning: Installation) -> None:
    queries, judgements = (
        read_queries(HERE / "semantic.jsonl"),
        read_judgements(HERE / "semantic.tsv"),
    )
    assert len(queries) == 60

    async def ask() -> list[Figures]:
        async with open_services(meaning) as services:
            return [
                measure(await rank(services.search, queries, "text", judgements, semantic=semantic))
                for semantic in (False, True)
            ]

    lexical, semantic = asyncio.run(ask())
    assert semantic.ndcg >= FLOORS["meaning"], semantic
    assert semantic.ndcg > lexical.ndcg


def test_the_passages_above_the_list_are_right(meaning: Installation) -> None:
    lines = (HERE / "answers.tsv").read_text(encoding="utf-8").splitlines()
    judged = [line.split("\t") for line in lines]
    assert len(judged) >= 100

    async def ask() -> list[tuple[str, str, bool]]:
        shown = []
        async with open_services(meaning) as services:
            for text, right in judged:
                answer = (await services.search.search(SearchRequest(text, facets=()))).answer
                if answer:
                    is_right = any(word in answer.text for word in right.split("|") if word)
                    shown.append((text, answer.text, is_right))
        return shown

    shown = asyncio.run(ask())
    wrong = [(text, passage) for text, passage, is_right in shown if not is_right]
    assert 1 - len(wrong) / len(shown) >= FLOORS["answers_right"], wrong
    assert len(shown) / len(judged) >= FLOORS["answers_shown"], len(shown)


def test_a_passage_has_its_source_and_is_only_for_questions(asking: TestClient) -> None:
    asked = {"q": "退伍军人优待证在哪里领"}
    found = asking.get("/api/v1/search", params=asked).json()["answer"]
    record = asking.get(f"/api/v1/records/{found['id']}").json()
    assert found["text"] in " ".join(record["body"].split())
    assert (found["title"], found["validity"]) == (record["title"], record["validity"])
    for path in ("/search", "/kiosk/list"):
        page = asking.get(path, params=asked).text
        assert "原文摘录" in page
        assert found["text"] in page
    for other in (
        {"q": "退役军人优待证"},
        {**asked, "page": 2},
        {**asked, "semantic": False},
        {"q": "南极科考怎么报名"},
    ):
        assert asking.get("/api/v1/search", params=other).json()["answer"] is None


def test_only_what_is_missing_or_changed_is_made_again(
    meaning: Installation, tmp_path: Path
) -> None:
    made = changed(meaning, data_dir=tmp_path / "data")
    rows = [plain_row(number) for number in range(12)]
    publish(IndexJob([write_rows(tmp_path / "rows.jsonl", rows)]), made)
    first = embed(made)
    assert (first.made, first.kept, first.dropped) == (12, 0, 0)
    again = embed(made)
    assert (again.made, again.kept) == (0, 12)
    file = max((tmp_path / "data" / "vectors").glob("*.sqlite"), key=lambda f: f.stat().st_size)
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("DELETE FROM vectors WHERE id IN ('r1', 'r2')")
    rows[5] = plain_row(5, body="另外一段文字。")
    publish(IndexJob([write_rows(tmp_path / "rows.jsonl", rows)]), made)
    with closing(made.open_store()) as store:
        store.withdraw(["r3"], cause=STAFF)
    last = embed(made)
    assert (last.made, last.kept, last.dropped) == (3, 8, 0)


def test_static_vectors_answer_until_the_model_has_made_its_own(
    meaning: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedding, "BULK", 20)
    made = changed(meaning, data_dir=tmp_path / "data")
    title = f"{ANSWER}申请条件"
    rows = [plain_row(0, title=title), *(plain_row(number) for number in range(1, 30))]
    publish(IndexJob([write_rows(tmp_path / "rows.jsonl", rows)]), made)
    first = asyncio.run(embed_records(made, lambda *_: None, until_complete=False))
    assert first.is_static
    assert first.made == count_vectors(made) == count_vectors(made, static=True) > 20
    with TestClient(create_app(made)) as client:
        answer = client.get("/api/v1/search", params={"q": QUESTION}).json()
        assert answer["query"]["semantic"] == "used"
        assert answer["hits"][0]["title"] == title
    assert answer["hits"][0]["id"] in read_found(made)
    again = asyncio.run(embed_records(made, lambda *_: None, until_complete=False))
    assert (again.made, again.kept, again.is_static) == (0, first.made, True)
    last = embed(made)
    assert (last.made, last.is_static) == (first.made, False)
    assert (count_vectors(made), count_vectors(made, static=True)) == (first.made, 0)
    assert not read_found(made)


def test_the_command_embeds_and_the_terminal_asks(meaning: Installation) -> None:
    given = {
        "GONGKAI_DATA_DIR": str(meaning.settings.data_dir),
        "GONGKAI_SEMANTIC": "on",
        "GONGKAI_SEMANTIC_MODEL": str(meaning.settings.semantic_model),
    }
    done = run_with(given, "embed")
    assert done.returncode == 0, done.stderr
    assert re.search(r"embedded\s+0 ", done.stdout)
    assert "bge-small-zh" in done.stdout
    found = run_with(given, "search", QUESTION)
    assert "related" in found.stdout, found
    wrong = run_with({**given, "GONGKAI_SEMANTIC_MODEL": "/none"}, "embed")
    assert wrong.returncode == 2
    assert "files" in wrong.stderr


def test_a_killed_run_goes_on_where_it_was(meaning: Installation, tmp_path: Path) -> None:
    made = changed(meaning, data_dir=tmp_path / "data")
    rows = [plain_row(number) for number in range(1_000)]
    publish(IndexJob([write_rows(tmp_path / "rows.jsonl", rows)]), made)
    given = {
        "GONGKAI_DATA_DIR": str(made.settings.data_dir),
        "GONGKAI_SEMANTIC_MODEL": str(made.settings.semantic_model),
    }
    run = start_with(given, "embed")
    until = time.monotonic() + 60
    while not (kept := count_vectors(made)) and time.monotonic() < until:
        time.sleep(0.05)
    os.killpg(run.pid, signal.SIGKILL)
    run.wait()
    assert 0 < kept < 1_000
    last = embed(made)
    assert last.kept >= kept
    assert last.made + last.kept == count_vectors(made) == 1_000


def count_vectors(installation: Installation, *, static: bool = False) -> int:
    model = open_model(installation.settings.model_folder).model
    with closing(installation.open_vector_store(model.name, model.dimensions)) as store:
        if not static:
            return store.count()
        digests = store.digests([f"r{number}" for number in range(30)])
        return sum(map(is_static, digests.values()))


def read_found(installation: Installation) -> set[str]:
    found = FoundRecords(installation.settings.data_dir)
    ids = found.take(100)
    found.note(ids)
    return set(ids)


def test_a_run_of_index_embeds_what_it_took(meaning: Installation, tmp_path: Path) -> None:
    given = {
        "GONGKAI_DATA_DIR": str(tmp_path / "data"),
        "GONGKAI_SEMANTIC": "on",
        "GONGKAI_SEMANTIC_MODEL": str(meaning.settings.semantic_model),
    }
    rows = [plain_row(number) for number in range(3)]
    done = run_with(given, "index", write_rows(tmp_path / "rows.jsonl", rows))
    assert done.returncode == 0, done.stderr
    assert re.search(r"embedded\s+3 ", done.stdout), done.stdout


def test_without_the_library_of_vectors_the_words_answer(
    meaning: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "faiss", None)
    monkeypatch.delitem(sys.modules, "gongkai.engines.embedded.knn", raising=False)
    with TestClient(create_app(meaning)) as client:
        answer = client.get("/api/v1/search", params={"q": QUESTION}).json()
    assert answer["query"]["semantic"] == "missing"
    assert answer["hits"]


@pytest.mark.parametrize(
    ("poorer", "outcome"),
    [({"semantic_model": Path("/none")}, "missing"), ({"semantic_budget_ms": 1}, "slow")],
)
def test_without_model_or_time_the_words_answer_and_it_is_counted(
    meaning: Installation, poorer: dict[str, object], outcome: str
) -> None:
    with TestClient(create_app(changed(meaning, **poorer))) as client:
        answer = client.get("/api/v1/search", params={"q": QUESTION}).json()
        words = client.get("/api/v1/search", params={"q": QUESTION, "semantic": False}).json()
        page = client.get("/search", params={"q": QUESTION})
        metrics = client.get("/metrics").text
    for part in ("hits", "total", "facets", "next_cursor"):
        assert answer[part] == words[part]
    assert answer["query"]["semantic"] == outcome
    # With more time it would be another one: nobody is to keep it.
    assert page.headers["Cache-Control"] == "no-store"
    assert f'gongkai_semantic_searches_total{{outcome="{outcome}"}} 2.0' in metrics


def test_a_copy_kept_by_a_reader_is_old_once_there_are_vectors(
    meaning: Installation, tmp_path: Path
) -> None:
    made = changed(meaning, data_dir=tmp_path / "data")
    rows = [plain_row(number) for number in range(3)]
    publish(IndexJob([write_rows(tmp_path / "rows.jsonl", rows)]), made)
    address = "/api/v1/search?q=喝的水干不干净"
    with TestClient(create_app(made)) as client:
        client.get(address)
        time.sleep(1.1)
        kept = client.get(address).headers["ETag"]
        assert client.get(address, headers={"If-None-Match": kept}).status_code == 304
        embed(made)
        time.sleep(1.1)
        assert client.get(address, headers={"If-None-Match": kept}).status_code == 200


def test_a_vector_that_no_record_answers_to_shows_nothing(meaning: Installation) -> None:
    """Vectors outlive what they were made of only in the file; every door asks the engine."""
    with TestClient(create_app(meaning)) as client:
        asked = {"q": QUESTION}
        first = client.get("/api/v1/search", params=asked).json()["hits"]
        related = next(hit["id"] for hit in first if hit["related"])
        with closing(meaning.open_store()) as store:
            store.withdraw([related], cause=STAFF)
        try:
            left = client.get("/api/v1/search", params=asked).content
            assert related not in {hit["id"] for hit in orjson.loads(left)["hits"]}
        finally:
            with closing(meaning.open_store()) as store:
                store.restore([related])
