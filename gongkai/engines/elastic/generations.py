"""The generations as indices of a cluster, and which one is live."""

from dataclasses import asdict
from gettext import gettext as _
from typing import Any

from elasticsearch import ApiError, Elasticsearch, NotFoundError

from gongkai.engines.elastic.connection import translate_errors
from gongkai.engines.elastic.mapping import Names, build_index_settings, build_mapping
from gongkai.engines.manifest import Manifest, begin_generation
from gongkai.engines.port import Generation
from gongkai.settings import Settings


class GenerationIndices:
    """Creates, lists, describes and drops generations; cluster errors pass through."""

    def __init__(self, client: Elasticsearch, settings: Settings) -> None:
        self._client = client
        self._settings = settings
        self._names = Names(settings.elasticsearch_prefix)

    def create(self, fingerprint: str) -> Manifest:
        """Creates an incomplete generation; the index template has its mapping and settings."""
        with translate_errors():
            manifest = begin_generation(fingerprint, self._manifests())
            self._client.indices.put_index_template(
                name=self._names.template,
                index_patterns=[self._names.generations],
                template={
                    "settings": {"index": build_index_settings(self._settings)},
                    "mappings": build_mapping(),
                },
                priority=500,
                # A late write must not recreate a dropped generation.
                allow_auto_create=False,
            )
            self._client.indices.create(
                index=self._names.generation(manifest.name),
                mappings={"_meta": asdict(manifest)},
                wait_for_active_shards="all",
            )
        return manifest

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
        return [each.name for each in self._manifests().values() if not each.complete]

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
