"""An installation on a real Elasticsearch node, with indices of its own."""

import secrets
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest

from engines.elastic.connection import open_client
from engines.opening import Installation
from engines.settings import EngineKind, Settings


@pytest.fixture
def elastic(installation: Installation, elasticsearch_url: str) -> Iterator[Installation]:
    """Two shards, no copies; its indices are deleted afterwards."""
    settings = Settings(
        engine=EngineKind.ELASTICSEARCH,
        elasticsearch_url=elasticsearch_url,
        elasticsearch_prefix=f"test-{secrets.token_hex(4)}",
        elasticsearch_shards=2,
        elasticsearch_replicas=0,
    )
    yield replace(installation, settings=settings)
    with closing(open_client(settings)) as client:
        prefix = settings.elasticsearch_prefix
        for index in client.indices.get(index=f"{prefix}-*"):
            client.indices.delete(index=index)
        client.options(ignore_status=404).indices.delete_index_template(name=f"{prefix}-generation")
