"""Generations as indices of a cluster, and which is live. Called by `store`, which has the lock."""

from dataclasses import asdict
from typing import Any

from elasticsearch import BadRequestError as AlreadyThere
from elasticsearch import Elasticsearch, NotFoundError

from engines.elastic.connection import explained
from engines.elastic.mapping import Names, build_index_settings, build_mapping, copies
from engines.manifest import Manifest, begin_generation
from engines.port import Generation
from engines.settings import Settings

_CONTROL = {"dynamic": "strict", "properties": {"owner": {"type": "keyword"}}}
_LEDGER = {
    "dynamic": "strict",
    "properties": {
        "id": {"type": "keyword"},
        "when": {"type": "keyword", "index": False},
        "cause": {"type": "keyword"},
        "erased": {"type": "boolean"},
    },
}


class GenerationIndices:
    """Makes, lists, names and drops them; errors of the cluster pass through."""

    def __init__(self, client: Elasticsearch, settings: Settings) -> None:
        self._client = client
        self._settings = settings
        self._names = Names(settings.elasticsearch_prefix)

    def create(self, fingerprint: str) -> Manifest:
        """A new, still incomplete generation; the template gives it its mapping and settings."""
        with explained():
            manifest = begin_generation(fingerprint, self.manifests())
            self._client.indices.put_index_template(
                name=self._names.template,
                index_patterns=[self._names.generations],
                template={
                    "settings": {"index": build_index_settings(self._settings)},
                    "mappings": build_mapping(),
                },
                priority=500,
                # A write that comes late must not make a dropped generation again.
                allow_auto_create=False,
            )
            self._client.indices.create(
                index=self._names.generation(manifest.name),
                mappings={"_meta": asdict(manifest)},
                wait_for_active_shards="all",
            )
        return manifest

    def ensure(self) -> None:
        """The two small indices that an installation has beside its generations."""
        for index, mapping in ((self._names.control, _CONTROL), (self._names.ledger, _LEDGER)):
            if self._client.indices.exists(index=index):
                continue
            settings = {"index": {"number_of_shards": 1, **copies(self._settings)}}
            try:
                self._client.indices.create(index=index, mappings=mapping, settings=settings)
            except AlreadyThere as error:
                if error.error != "resource_already_exists_exception":
                    raise

    def write_manifest(self, manifest: Manifest) -> None:
        self._client.indices.put_mapping(
            index=self._names.generation(manifest.name), meta=asdict(manifest)
        )

    def manifests(self) -> dict[str, Manifest]:
        found = self._client.indices.get_mapping(index=self._names.generations)
        metas = (each["mappings"].get("_meta") for each in found.values())
        return {meta["name"]: Manifest(**meta) for meta in metas if meta}

    def complete(self) -> list[Manifest]:
        """Generations that may be searched, the newest first."""
        known = sorted(self.manifests().values(), key=lambda m: m.name, reverse=True)
        return [manifest for manifest in known if manifest.complete]

    def live_name(self) -> str | None:
        try:
            found = self._client.indices.get_alias(name=self._names.live)
        except NotFoundError:
            return None
        return next((self._names.name_of(index) for index in found), None)

    def point_at(self, name: str) -> None:
        """Move the alias in one step."""
        alias = self._names.live
        actions: list[dict[str, Any]] = [
            {"remove": {"index": self._names.generations, "alias": alias, "must_exist": False}},
            {"add": {"index": self._names.generation(name), "alias": alias}},
        ]
        self._client.indices.update_aliases(actions=actions)

    def drop(self, name: str) -> None:
        self._client.indices.delete(index=self._names.generation(name), ignore_unavailable=True)

    def drop_incomplete(self) -> None:
        """What a killed rebuild left behind; only the holder of the lock may ask for it."""
        for manifest in self.manifests().values():
            if not manifest.complete:
                self.drop(manifest.name)

    def health(self, name: str) -> str:
        """`green`, `yellow` (copies are missing) or `red` (records are)."""
        answer = self._client.cluster.health(index=self._names.generation(name), level="indices")
        return str(answer["status"])

    def describe(self, manifest: Manifest, live: str | None) -> Generation:
        stats = self._client.indices.stats(
            index=self._names.generation(manifest.name), metric=["docs", "store"]
        )
        return Generation(
            name=manifest.name,
            created=manifest.created,
            records=stats["_all"]["primaries"]["docs"]["count"],
            bytes=stats["_all"]["total"]["store"]["size_in_bytes"],
            fingerprint=manifest.fingerprint,
            live=manifest.name == live,
        )
