"""What operators do to a cluster: snapshots, templates. The commands are those of the docs."""

from contextlib import closing
from typing import Any

import numpy as np

from gongkai.engines.elastic.connection import open_client
from gongkai.engines.elastic.mapping import Names, build_mapping
from gongkai.engines.elastic.vectors import ElasticVectorStore
from gongkai.engines.installation import Installation
from gongkai.engines.port import STAFF, EngineQuery
from gongkai.engines.vector_port import StoredVector
from gongkai.query.tree import MatchAll
from tests.engines.documented import run_commands
from tests.engines.records import make_document
from tests.engines.test_elastic_faults import ask, count, write

MODEL = "model"


def read_settings(installation: Installation) -> dict[str, Any]:
    """Returns index -> its settings with flat names."""
    with closing(open_client(installation.settings)) as client:
        found = client.indices.get_settings(
            index=f"{installation.settings.elasticsearch_prefix}-*", flat_settings=True
        )
        return {name: each["settings"] for name, each in found.items()}


def find_ids(installation: Installation) -> list[str]:
    (result,) = ask(installation, EngineQuery(MatchAll(), limit=100))
    return sorted(hit.id for hit in result.hits)


def withdraw(installation: Installation, *ids: str) -> None:
    with closing(installation.open_store()) as store:
        store.withdraw(ids, cause=STAFF)


def test_a_snapshot_is_restored_without_what_was_withdrawn_since(elastic: Installation) -> None:
    write(elastic, [make_document(elastic, id=each) for each in ("a", "b", "c")])
    with closing(ElasticVectorStore(elastic.settings, MODEL, 2)) as vectors:
        values = np.array([1, 0], np.float32)
        vectors.put([StoredVector(each, "digest", values) for each in ("a", "b", "c")])
    withdraw(elastic, "a")
    heading = "### Snapshots of Elasticsearch"
    run_commands(elastic.settings, "operations.md", heading)
    withdraw(elastic, "b")
    write(elastic, [make_document(elastic, id="d")])
    run_commands(elastic.settings, "operations.md", heading, 1)
    assert find_ids(elastic) == ["b", "c"]
    with closing(elastic.open_store()) as store:
        assert store.examine_ledger() != []
        store.recover()
        assert store.examine_ledger() == []
        assert store.withdrawn() == {"a": STAFF, "b": STAFF}
    assert find_ids(elastic) == ["c"]
    with closing(ElasticVectorStore(elastic.settings, MODEL, 2)) as vectors:
        assert set(vectors.digests(["a", "b", "c"])) == {"c"}
    write(elastic, [make_document(elastic, id="d")])
    assert find_ids(elastic) == ["c", "d"]
    with closing(open_client(elastic.settings)) as client:
        client.snapshot.delete_repository(name=elastic.settings.elasticsearch_prefix)


def test_a_city_chooses_shards_and_tiers_with_its_component_template(elastic: Installation) -> None:
    run_commands(elastic.settings, "reference/elasticsearch.md", "## Shards, replicas and tiers")
    write(elastic, [make_document(elastic, id="a")])
    names = Names(elastic.settings.elasticsearch_prefix)
    settings = read_settings(elastic)
    assert {each["index.codec"] for each in settings.values()} == {"best_compression"}
    tier = "index.routing.allocation.include._tier_preference"
    assert {each[tier] for each in settings.values()} == {"data_hot"}
    shards = {index: each["index.number_of_shards"] for index, each in settings.items()}
    small = {names.control, names.ledger, names.changes}
    assert {shards.pop(each) for each in small} == {"1"}
    assert set(shards.values()) == {"3"}
    assert count(elastic) == 1


def test_no_template_of_a_city_changes_the_mapping(elastic: Installation) -> None:
    prefix = elastic.settings.elasticsearch_prefix
    foreign = {
        "settings": {"number_of_shards": 3, "number_of_replicas": 0},
        "mappings": {"properties": {"title_words": {"type": "keyword"}}},
    }
    with closing(open_client(elastic.settings)) as client:
        client.indices.put_index_template(
            name=prefix, index_patterns=[f"{prefix}-*"], template=foreign, priority=900
        )
        try:
            write(elastic, [make_document(elastic, id="a", title="供水")])
        finally:
            client.indices.delete_index_template(name=prefix)
        mapping = client.indices.get_mapping(index=Names(prefix).live)
    (found,) = (each["mappings"]["properties"] for each in mapping.values())
    assert found["title_words"]["type"] == build_mapping()["properties"]["title_words"]["type"]
    assert find_ids(elastic) == ["a"]
