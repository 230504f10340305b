"""The generations as indices of a cluster, and which one is live."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from gettext import gettext as _
from typing import Any

from elasticsearch import ApiError, Elasticsearch, NotFoundError

from gongkai.engines.elastic.connection import translate_errors
from gongkai.engines.elastic.index_templates import IndexCreator
from gongkai.engines.elastic.mapping import Names, build_mapping, build_refresh_settings
from gongkai.engines.manifest import Manifest, begin_generation
from gongkai.engines.port import Generation
from gongkai.settings import Settings

LOADING: Mapping[str, Any] = {
    "index": {"auto_expand_replicas": "false", "number_of_replicas": 0, "refresh_interval": "-1"}
}
"""Settings of a generation while several processes load it."""
UNSET: Mapping[str, Any] = {"auto_expand_replicas": "false"}
_HEALTH_SECONDS = 10


class GenerationIndices:
    """Creates, lists, describes and drops generations; cluster errors pass through."""

    def __init__(self, client: Elasticsearch, settings: Settings, creator: IndexCreator) -> None:
        self._client = client
        self._settings = settings
        self._creator = creator
        self._names = Names(settings.elasticsearch_prefix)

    def create(self, fingerprint: str, slots: int = 0, plan: str = "") -> Manifest:
        """Creates an incomplete generation.

        A rebuild in slots has no replicas and is not refreshed until `settle`.
        """
        with translate_errors():
            manifest = begin_generation(fingerprint, self._manifests())
            manifest = replace(manifest, slots=slots, plan=plan)
            self._creator.create(
                self._names.generation(manifest.name),
                {**build_mapping(), "_meta": asdict(manifest)},
                LOADING if slots else build_refresh_settings(self._settings),
                active_shards="all",
            )
        return manifest

    def settle(self, name: str) -> None:
        """Gives a loaded generation the settings of its template, and waits for its replicas.

        Does not wait for a replica that no node can take.
        """
        index = self._names.generation(name)
        chosen = {**self._creator.read_replicas(index), **build_refresh_settings(self._settings)}
        self._client.indices.put_settings(index=index, settings={"index": {**UNSET, **chosen}})
        while True:
            health = self._client.options(ignore_status=408).cluster.health(
                index=index, wait_for_active_shards="all", timeout=f"{_HEALTH_SECONDS}s"
            )
            if not health["timed_out"] or not health["initializing_shards"]:
                return

    def has_ledger(self) -> bool:
        """Whether some generation was made while a withdrawal ledger existed."""
        return any(each.has_ledger for each in self._manifests().values())

    def write_manifest(self, manifest: Manifest) -> None:
        self._client.indices.put_mapping(
            index=self._names.generation(manifest.name), meta=asdict(manifest)
        )

    def manifest(self, name: str) -> Manifest | None:
        return self._manifests().get(name)

    def names(self) -> list[str]:
        """Returns all generations, complete or not."""
        return list(self._manifests())

    def complete(self) -> list[Manifest]:
        known = sorted(self._manifests().values(), key=lambda m: m.name, reverse=True)
        return [manifest for manifest in known if manifest.complete]

    def left_behind(self) -> list[str]:
        known = self._manifests().values()
        return [each.name for each in known if not each.complete and not each.slots]

    def in_slots(self) -> Manifest | None:
        known = self._manifests().values()
        return next((each for each in known if not each.complete and each.slots), None)

    def damaged(self) -> list[str]:
        """Empty: a generation without a manifest has no name."""
        return []

    def live_names(self) -> list[str]:
        """Returns all generations behind the alias, newest first."""
        try:
            found = self._client.indices.get_alias(name=self._names.live)
        except NotFoundError:
            return []
        return sorted(map(self._names.name_of, found), reverse=True)

    def check_integrity(self, name: str) -> list[str]:
        """Returns a sentence for each fault of an existing generation."""
        if self.health(name) == "red":
            return [_("The cluster has lost a part of it (its health is red).")]
        try:
            self._client.search(
                index=self._names.generation(name), size=1, allow_partial_search_results=False
            )
        except ApiError as error:
            if error.status_code == 429:
                raise
            return [_("It can't be searched ({error}).").format(error=error.error)]
        return []

    def point_at(self, name: str) -> None:
        """Moves the alias atomically."""
        alias = self._names.live
        actions: list[dict[str, Any]] = [
            {"remove": {"index": self._names.generations, "alias": alias, "must_exist": False}},
            {"add": {"index": self._names.generation(name), "alias": alias}},
        ]
        self._client.indices.update_aliases(actions=actions)

    def drop(self, name: str) -> None:
        self._client.indices.delete(index=self._names.generation(name), ignore_unavailable=True)

    def health(self, name: str) -> str:
        """Returns `green`, `yellow` (replicas are missing) or `red` (records are missing)."""
        answer = self._client.cluster.health(index=self._names.generation(name), level="indices")
        return str(answer["status"])

    def describe(self, manifest: Manifest) -> Generation:
        """Returns a manifest together with the size and record count of its index."""
        stats = self._client.indices.stats(
            index=self._names.generation(manifest.name), metric=["docs", "store"]
        )
        return Generation(
            name=manifest.name,
            created=manifest.created,
            records=stats["_all"]["primaries"]["docs"]["count"],
            bytes=stats["_all"]["total"]["store"]["size_in_bytes"],
            fingerprint=manifest.fingerprint,
            live=manifest.name in self.live_names()[:1],
        )

    def _manifests(self) -> dict[str, Manifest]:
        found = self._client.indices.get_mapping(index=self._names.generations)
        metas = (each["mappings"].get("_meta") for each in found.values())
        return {meta["name"]: Manifest(**meta) for meta in metas if meta}
