"""Creates the small indices of an installation."""

from collections.abc import Mapping
from typing import Any

from elasticsearch import BadRequestError, Elasticsearch


def ensure_index(
    client: Elasticsearch, index: str, properties: Mapping[str, Any], settings: Mapping[str, Any]
) -> None:
    """Creates an index with a strict mapping, or adds the properties that an older one lacks."""
    if client.indices.exists(index=index):
        client.indices.put_mapping(index=index, properties=properties)
        return
    mapping = {"dynamic": "strict", "properties": properties}
    try:
        client.indices.create(index=index, mappings=mapping, settings=settings)
    except BadRequestError as error:
        # Another process created it in between.
        if error.error != "resource_already_exists_exception":
            raise
