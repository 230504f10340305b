"""Creates indices from a composable index template that a city can adjust.

Mappings are part of the request that creates an index, so that no template changes them. Shards,
replicas and tiers come from two component templates: ours, and `PREFIX@custom` of the city.
"""

from collections.abc import Mapping
from typing import Any

from elasticsearch import BadRequestError, Elasticsearch, NotFoundError

from gongkai.engines.elastic.mapping import Names
from gongkai.settings import Settings

_PRIORITY = 500
_REPLICAS = ("auto_expand_replicas", "number_of_replicas")
_ONE_SHARD: Mapping[str, Any] = {"number_of_shards": 1}


class IndexCreator:
    """Creates the indices of one installation; cluster errors pass through."""

    def __init__(self, client: Elasticsearch, settings: Settings) -> None:
        self._client = client
        self._settings = settings
        self._names = Names(settings.elasticsearch_prefix)
        self._has_template = False

    def create(
        self,
        index: str,
        mappings: Mapping[str, Any],
        settings: Mapping[str, Any] | None = None,
        active_shards: str = "1",
    ) -> None:
        """Creates an index. `settings` override every template."""
        if not self._has_template:
            self._put_template()
            self._has_template = True
        self._client.indices.create(
            index=index,
            mappings=mappings,
            settings=settings or {},
            wait_for_active_shards=active_shards,
        )

    def ensure(self, index: str, properties: Mapping[str, Any]) -> None:
        """Creates a small index with a strict mapping, or adds the properties that it lacks."""
        try:
            (found,) = self._client.indices.get_mapping(index=index).values()
        except NotFoundError:
            self._create_strict(index, properties)
            return
        lacking = properties.keys() - found["mappings"].get("properties", {})
        if lacking:
            # A change of the mapping goes through the master and to every node.
            self._client.indices.put_mapping(
                index=index, properties={name: properties[name] for name in lacking}
            )

    def read_replicas(self, index: str) -> dict[str, Any]:
        """Returns the replica settings that the templates give an index of this name."""
        found = self._client.indices.simulate_index_template(name=index)
        settings = found["template"]["settings"]["index"]
        return {name: settings[name] for name in _REPLICAS if name in settings}

    def _create_strict(self, index: str, properties: Mapping[str, Any]) -> None:
        try:
            self.create(index, {"dynamic": "strict", "properties": properties}, _ONE_SHARD)
        except BadRequestError as error:
            if not is_already_there(error):
                raise

    def _put_template(self) -> None:
        names = self._names
        self._client.cluster.put_component_template(
            name=names.settings_template,
            template={"settings": {"index": _build_settings(self._settings)}},
        )
        self._client.indices.put_index_template(
            name=names.template,
            index_patterns=names.all_indices,
            composed_of=[names.settings_template, names.custom_template],
            ignore_missing_component_templates=[names.custom_template],
            priority=_PRIORITY,
            # A late write must not recreate a dropped index.
            allow_auto_create=False,
        )


def is_already_there(error: BadRequestError) -> bool:
    """Whether another process created the index in between."""
    return bool(error.error == "resource_already_exists_exception")


def _build_settings(settings: Settings) -> dict[str, Any]:
    """Returns shards and replicas: one replica with a second node, unless a number is set."""
    shards = {"number_of_shards": settings.elasticsearch_shards}
    if settings.elasticsearch_replicas is None:
        return {**shards, "auto_expand_replicas": "0-1"}
    return {**shards, "number_of_replicas": settings.elasticsearch_replicas}
