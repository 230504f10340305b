"""Any text into every parser: a value, or the one error that it names, and never another.

Drawn by Hypothesis; GONGKAI_FUZZ_EXAMPLES asks for more than CI has time for.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analyzers.normalize import normalize
from analyzers.numerals import read_numeral
from analyzers.pinyin import parse_latin
from gongkai.catalog.addresses import parse_url
from gongkai.catalog.dates import parse_date
from gongkai.catalog.disclosure import parse_disclosure
from gongkai.catalog.document_number import find_document_numbers, parse_document_number
from gongkai.catalog.index_number import find_index_numbers, parse_index_number
from gongkai.catalog.legal_rank import read_legal_rank
from gongkai.catalog.personal_data import find_personal_data
from gongkai.catalog.plain_text import reduce_markup
from gongkai.catalog.repeals import find_repeals
from gongkai.engines.cursor import read_cursor
from gongkai.engines.installation import Installation
from gongkai.errors import BadRequestError, RefusedValueError
from gongkai.query.date_expressions import find_date_expression
from gongkai.query.interpreter import QueryInterpreter
from gongkai.query.request import Sort
from search_api.app import create_app
from search_api.web.appearance import local_path, read_appearance
from tests.indexer.hostile import TRAPS
from tests.scale import scaled

EXAMPLES = int(os.environ.get("GONGKAI_FUZZ_EXAMPLES", scaled(25, 1_000)))
_PIECES = (
    *(text for text in TRAPS if text.isprintable()),
    *"〔〕[]【】()（）<>《》\"“”'-—–_/\\|:：;；,，。.、!！?？*+=~^&%$#@{}`·…　\t\n\r\0",
    *(
        "宜政办秘",
        "国发",
        "号",
        "第",
        "2008",
        "〇八",
        "二〇〇八年",
        "十二月",
        "２０",
        "令",
        "月",
        "日",
        "年",
    ),
    *("003127334/200902-00019", "低保", "gjj", "gongjijin", "公ji", "OR", "AND", "NOT", "-", '"'),
    *(
        "\u200b",
        "\u202e",
        "\ufeff",
        "\ufffd",
        "é",
        "e\u0301",
        "ß",
        "İ",
        "ﬁ",
        "①",
        "㈠",
        "𠮷",
        "👨‍👩‍👧",
    ),
    *(
        "11010519491231002X",
        "6222021234567890128",
        "http://",
        "javascript:",
        "<p>",
        "</p>",
        "&amp;",
    ),
)
texts = st.one_of(
    st.text(max_size=60),
    st.lists(st.one_of(st.sampled_from(_PIECES), st.text(max_size=4)), max_size=25).map("".join),
)
PARSERS: dict[str, Callable[[str], Any]] = {
    "document number": parse_document_number,
    "document numbers in text": find_document_numbers,
    "index number": parse_index_number,
    "index numbers in text": find_index_numbers,
    "date": lambda text: parse_date(text, field="published_on"),
    "date expression": lambda text: find_date_expression(text, date(2026, 1, 1)),
    "numeral": read_numeral,
    "disclosure": parse_disclosure,
    "address": parse_url,
    "personal data": find_personal_data,
    "repeals": find_repeals,
    "authority": read_legal_rank,
    "markup": reduce_markup,
    "normal form": normalize,
    "pinyin": parse_latin,
    "cursor": lambda text: read_cursor(text, Sort.RELEVANCE, "x"),
    "looks": read_appearance,
    "way back": local_path,
}


@pytest.mark.parametrize("name", PARSERS)
@settings(max_examples=EXAMPLES)
@given(text=texts)
def test_a_parser_gives_a_value_or_its_own_error(name: str, text: str) -> None:
    with suppress(RefusedValueError, BadRequestError):
        PARSERS[name](text)


@settings(max_examples=EXAMPLES)
@given(text=texts)
def test_any_question_is_understood(installation: Installation, text: str) -> None:
    interpreted = QueryInterpreter(installation.analyzer).interpret(text)
    assert interpreted.strict is not None


@pytest.fixture(scope="module")
def sample(sampled: Installation) -> Iterator[TestClient]:
    with TestClient(create_app(sampled), raise_server_exceptions=False) as client:
        yield client


@settings(
    max_examples=EXAMPLES,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(text=texts, other=texts)
def test_any_question_over_http_is_answered_or_refused(
    sample: TestClient, text: str, other: str
) -> None:
    for path, asked in (
        ("/api/v1/search", {"q": text, "topic": other}),
        ("/search", {"q": text, "publisher": other, "cursor": other}),
        ("/api/v1/suggest", {"q": text}),
        ("/search", {"q": text, "published_from": other, "document_number": other}),
        ("/feed.atom", {"q": text}),
        ("/kiosk/list", {"q": text}),
    ):
        answer = sample.get(path, params=asked)
        assert answer.status_code in {200, 400, 404, 422}, (path, asked, answer.status_code)
        assert "Traceback" not in answer.text


BOMBS: dict[str, str] = {
    "ten thousand words": "a " * 10_000,
    "as many as fit": " ".join("供水排水防汛救灾" [n % 8] for n in range(500)),
    "as many words as fit": " ".join(f"{n:03}号" for n in range(200)),
    "wildcards": "*?*?" * 240,
    "nested quotes": '"' * 1000,
    "nested brackets": "(" * 500 + ")" * 500,
    "phrases": '"供水" ' * 190,
    "exclusions": "-供水 " * 240,
    "one long word": "水" * 1000,
    "one long number": "9" * 1000,
    "a number of all parts": "国发〔2008〕8号" * 90,
    "dates": "2008年5月1日至" * 90,
    "letters": "gongjijin" * 110,
    "initials": "g" * 1000,
    "one character apart": " ".join("政府信息公开检索服务") * 50,
    "combining": "a" + "\u0300" * 990,
    "emoji": "👨‍👩‍👧‍👦" * 90,
}  # fmt: skip


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_of_a_question_is_answered_or_refused(sample: TestClient, name: str) -> None:
    asked = BOMBS[name]
    for path in ("/api/v1/search", "/search", "/api/v1/suggest", "/kiosk/list", "/search/export"):
        answer = sample.get(path, params={"q": asked})
        assert answer.status_code in {200, 422}, (path, answer.status_code)
        if len(asked) > 1000:
            assert answer.status_code == 422


@pytest.mark.parametrize(
    "asked",
    [
        {"topic": [f"类{n}" for n in range(1_000)]},
        {"publisher": [f"局{n}" for n in range(200)], "genre": [f"体{n}" for n in range(200)]},
        {"year": [str(n) for n in range(201)]},
        {"facets": ["topic"] * 1_000},
        {"page": "10000000000000000000000"},
        {"page": "1001", "size": "100"},
        {"size": "-1"},
        {"size": "100000"},
        {"cursor": "A" * 6_000},
        {"cursor": "A" * 60_000},
        {f"x{n}": "1" for n in range(1_000)},
        {"published_from": "9" * 40, "published_to": "0" * 40},
        {"document_number": "〔" * 200},
        {"q": "\ud83d".encode("utf-16-le", "surrogatepass").decode("latin-1")},
    ],
)
def test_a_bomb_of_parameters_is_answered_or_refused(
    sample: TestClient, asked: dict[str, Any]
) -> None:
    for path in ("/api/v1/search", "/search/export", "/feed.atom"):
        answer = sample.get(path, params=asked)
        assert answer.status_code in {200, 422}, (path, answer.status_code)
