"""Oversized values are refused or left out by name, and work stays bounded by the limits."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import cycle, product

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from bench.row_sizes import BASE as PLAIN
from bench.row_sizes import USUAL, build_many, build_row
from bench.sizes import FACTORS, FILLERS, fill, list_page_parameters, list_parameters, repeat
from gongkai.catalog.classifications import (
    DEPTH_LIMIT,
    PATH_LIMIT,
    VALUES_LIMIT,
    ancestors_and_self,
    split_path,
)
from gongkai.catalog.fields import CLASSIFIED
from gongkai.catalog.intake import Accepted, IntakeRules, Refused, take_row
from gongkai.catalog.value_limits import ATTACHMENTS_LIMIT, NAME_LIMIT, SUMMARY_LIMIT
from gongkai.engines.installation import Installation
from gongkai.query.request import FACET_SIZE_LIMIT
from gongkai.search.facets import FacetBuilder
from gongkai.search.responses import FacetValueView
from indexer.documents import build_document
from search_api.app import create_app
from search_api.web.facet_page import ROWS_LIMIT, _count, _find, _take
from tests.engines.records import BASE
from tests.scale import THOROUGH, scaled

CLASSES = sorted(CLASSIFIED)
ADDRESSES = (
    "/api/v1/search",
    "/api/v1/search/export",
    "/search",
    "/feed.atom",
    "/search/facets/topic",
)
DEEP = "/".join("a" * 400)
ANALYSED, BODY_LIMIT = 20_000, 2_000_000
"""Characters that a test has time to analyse, and those that no row may have."""
TOKENS_A_CHARACTER, TOKENS_OF_ALL = 6, 1_000


@pytest.fixture(scope="module")
def served(
    installation: Installation, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[TestClient]:
    """An index with a path of 400 levels, as one that was built before there were limits."""
    changed = installation.settings.model_copy(update={"data_dir": tmp_path_factory.mktemp("deep")})
    opened = replace(installation, settings=changed)
    outcome = take_row(BASE, IntakeRules(opened.tables))
    assert isinstance(outcome, Accepted)
    document = build_document(outcome.record, opened.analyzer)
    levels = DEEP.split("/")
    paths = tuple("/".join(levels[: depth + 1]) for depth in range(len(levels)))
    store = opened.open_store()
    with store.update() as writer:
        writer.put(replace(document, fields={**document.fields, "topic": paths}))
        writer.commit()
        name = writer.name
    store.publish(name)
    store.close()
    with TestClient(create_app(opened), raise_server_exceptions=False) as client:
        yield client


@pytest.mark.parametrize("name", CLASSES)
@pytest.mark.parametrize("address", ADDRESSES)
def test_a_deep_or_long_class_is_refused_by_name(
    served: TestClient, address: str, name: str
) -> None:
    for value in (DEEP, "a" * (PATH_LIMIT + 1), "a>" * (PATH_LIMIT // 2)):
        answer = served.get(address, params={name: value})
        assert answer.status_code == 422
        if address.startswith("/api/"):
            assert answer.json()["parameter"] == name


@pytest.mark.parametrize(
    "address",
    [
        *("/search", "/browse", "/browse/topic", "/api/v1/search", "/api/v1/classifications"),
        *("/search/facets/topic", "/search/facets/topic?find=a", "/", "/kiosk/browse/topic"),
    ],
)
def test_a_deep_path_of_an_older_index_is_left_out(served: TestClient, address: str) -> None:
    answer = served.get(address)
    assert answer.status_code == 200
    assert "/".join("a" * (DEPTH_LIMIT + 1)) not in answer.text


def test_a_chosen_branch_within_the_limit_is_answered(served: TestClient) -> None:
    steps = ancestors_and_self("/".join("a" * DEPTH_LIMIT))
    answer = served.get("/search/facets/topic", params={"topic": list(steps)})
    assert answer.status_code == 200


def test_every_parameter_of_any_length_is_answered(served: TestClient) -> None:
    """Longer, and many times over, each at each size in `make nightly`; in the gate, in turn."""
    app = served.app
    assert isinstance(app, FastAPI)
    fillers, factors = cycle(FILLERS), cycle(FACTORS)
    every = tuple(product((fill, repeat), FACTORS))
    turns = cycle(every)
    addresses = [
        make(path, name, next(fillers), factor)
        for path, name in list_parameters(app)
        for make, factor in (every if THOROUGH else (next(turns),))
    ]
    of_pages = list(list_page_parameters(app))[:: scaled(3, 1)]
    addresses += [fill(path, name, next(fillers), next(factors)) for path, name in of_pages]
    for address in addresses:
        answer = served.get(address.replace("{record_id}", "r1"))
        assert answer.status_code in (200, 404, 422), address[:100]
        assert len(answer.content) < 1_000_000, address[:100]


@pytest.mark.parametrize(
    "field",
    [pytest.param(name, marks=pytest.mark.slow) if name == "body" else name for name in USUAL],
)
def test_every_field_of_any_length_makes_a_document_of_its_size(
    installation: Installation, field: str
) -> None:
    """Refused, or taken with tokens and values in proportion to what came in."""
    rules = IntakeRules(installation.tables)
    for factor in FACTORS:
        length = USUAL[field] * factor
        if ANALYSED < length <= BODY_LIMIT:
            continue
        for build, filler in ((build_row, "公/"), (build_row, "第1号 "), (build_many, "")):
            row = build(field, filler, length)
            outcome = take_row({**PLAIN, **row}, rules)
            if isinstance(outcome, Accepted):
                document = build_document(outcome.record, installation.analyzer)
                size = sum(map(_size_of, document.fields.values()))
                assert size <= TOKENS_A_CHARACTER * len(str(row)) + TOKENS_OF_ALL


def _size_of(value: str | int | Sequence[str]) -> int:
    return 1 if isinstance(value, int) else len(value)


def test_values_within_the_limits_stay_and_others_are_told(installation: Installation) -> None:
    rules = IntakeRules(installation.tables)
    row = {
        **BASE,
        "topic": [DEEP, "甲/乙", "长" * (PATH_LIMIT + 1)],
        "audience": [f"类{n}" for n in range(VALUES_LIMIT + 5)],
        "keywords": ["词", "词" * (NAME_LIMIT + 1)],
        "attachments": [{"name": f"{n}.pdf"} for n in range(ATTACHMENTS_LIMIT + 1)],
    }
    outcome = take_row(row, rules)
    assert isinstance(outcome, Accepted)
    assert outcome.record.topic == ("甲/乙",)
    assert len(outcome.record.audience) == VALUES_LIMIT
    assert outcome.record.keywords == ("词",)
    assert len(outcome.record.attachments) == ATTACHMENTS_LIMIT
    assert {
        ("topic", "too_deep"),
        ("topic", "too_long"),
        ("audience", "too_many_values"),
        ("keywords", "too_long"),
        ("attachments", "too_many_values"),
    } <= set(outcome.warnings)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("publisher", "局" * (NAME_LIMIT + 1)),
        ("summary", "述" * (SUMMARY_LIMIT + 1)),
        ("备注", "注" * 2_000_001),
    ],
)
def test_a_text_over_its_limit_refuses_the_row(
    installation: Installation, field: str, value: str
) -> None:
    outcome = take_row({**BASE, field: value}, IntakeRules(installation.tables))
    assert isinstance(outcome, Refused)
    assert outcome.field == ("extra" if field == "备注" else field)


@pytest.mark.parametrize("text", ["a/", "a>", "-", "=", "—", "- >", "a-->"])
def test_a_cell_of_separators_is_read_once(text: str) -> None:
    assert all(
        part in ("a", "-", "=", "—") or set(part) <= set("-—=") for part in split_path(text * 6_000)
    )
    assert len(ancestors_and_self(DEEP)) == DEPTH_LIMIT


def test_a_tree_in_an_answer_has_a_bounded_number_of_classes(installation: Installation) -> None:
    counts = {f"类{n}/子{n}": n for n in range(5_000)} | {f"类{n}": n for n in range(5_000)}
    facet = FacetBuilder(installation.tables).build("topic", counts, FACET_SIZE_LIMIT)
    values = facet.values
    assert _count(values) == FACET_SIZE_LIMIT
    assert facet.more == len(counts) - FACET_SIZE_LIMIT
    assert all(
        child.value.startswith(f"{each.value}/") for each in values for child in each.children
    )


def test_all_values_of_a_facet_are_visited_once_and_cut() -> None:
    visited = 0

    class Counted(str):
        __slots__ = ()

        def casefold(self) -> str:
            nonlocal visited
            visited += 1
            return str(self)

    view = FacetValueView(value="x", label=Counted("a"), count=1, selected=False, children=[])
    for _ in range(DEPTH_LIMIT - 1):
        view = replace(view, children=[view])
    assert _count(_find([view], "a")) == DEPTH_LIMIT
    assert visited <= DEPTH_LIMIT
    shown, count = _take([view] * ROWS_LIMIT, ROWS_LIMIT)
    assert count == _count(shown) == ROWS_LIMIT
