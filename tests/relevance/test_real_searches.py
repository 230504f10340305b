"""The real catalog and documents, if they are beside the checkout: facets, and what people type."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from gongkai.catalog.disclosure import Disclosure
from gongkai.catalog.fields import FACETS
from gongkai.engines.installation import open_installation
from gongkai.engines.port import EngineQuery
from gongkai.query.filters import build_filters
from gongkai.query.request import SearchRequest
from gongkai.query.tree import MatchAll
from gongkai.settings import Settings
from indexer.pipeline import IndexJob, publish
from indexer.source_reader import find_sources
from tests.relevance.asker import Asker

pytestmark = pytest.mark.slow
TODAY = date(2023, 11, 25)
"""The catalog ends in 2023."""


@pytest.fixture(scope="module")
def real(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asker]:
    installation = open_installation(Settings(data_dir=tmp_path_factory.mktemp("real")))
    sources = find_sources([shared_data / "catalog", shared_data / "documents"])
    publish(IndexJob(sources, disclosure=Disclosure.PUBLIC), installation)
    asker = Asker(installation, TODAY)
    yield asker
    asker.close()


@pytest.mark.parametrize("facet", FACETS)
def test_every_value_of_a_facet_selects_what_it_counts(real: Asker, facet: str) -> None:
    tables = open_installation(Settings()).tables
    counts = real.run(real.engine.search(EngineQuery(MatchAll(), facets=(facet,), limit=0)))
    wrong = {}
    for value, count in counts.facets[facet].items():
        filters = build_filters(SearchRequest(chosen={facet: (value,)}), tables)
        total = real.run(real.engine.search(EngineQuery(MatchAll(), filters, limit=0))).total
        if total != count:
            wrong[value] = (count, total)
    assert counts.facets[facet]
    assert wrong == {}
