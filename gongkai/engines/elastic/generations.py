"""The generations as indices of a cluster, and which one is live."""

from dataclasses import asdict
from typing import Any

from elasticsearch import ApiError, Elasticsearch, NotFoundError
from elasticsearch import BadRequestError as AlreadyThere

from gongkai.engines.elastic.connection import translate_errors
from gongkai.engines.elastic.mapping import Names, build_index_settings, build_mapping, copies
from gongkai.engines.manifest import Manifest, begin_generation
from gongkai.engines.port import Generation
from gongkai.errors import EngineUnavailableError, LostLedgerError
from gongkai.settings import Settings

_CONTROL: dict[str, Any] = {"dynamic": "strict", "properties": {"owner": {"type": "keyword"}}}
_LEDGER: dict[str, Any] = {
    "dynamic": "strict",
    "properties": {
        "id": {"type": "keyword"},
        "when": {"type": "keyword", "index": False},
        "cause": {"type": "keyword"},
        "erased": {"type": "boolean"},
        "public": {"type": "boolean"},
    },
}


class GenerationIndices:
    """Creates, lists, describes and drops generations; cluster errors pass through."""

    def __init__(self, client: Elasticsearch, settings: Settings) -> None:
        self._client = client
        self._settings = settings
        self._names = Names(settings.elasticsearch_prefix)

    def create(self, fingerprint: str) -> Manifest:
        """Creates an incomplete generation; the index template has its mapping and settings."""
        with translate_errors():
            manifest = begin_generation(fingerprint, self.manifests())
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

    def ensure(self) -> None:
        """Creates the two small indices of an installation.

        Raises LostLedgerError where a ledger existed, so that no empty one replaces it.
        """
        if self.has_lost_ledger():
            raise LostLedgerError("missing")
        self.make_small_indices()

    def has_lost_ledger(self) -> bool:
        """Whether the ledger is missing although a generation was made with one."""
        if self._client.indices.exists(index=self._names.ledger):
            return False
        return any(each.has_ledger for each in self.manifests().values())

    def make_small_indices(self) -> None:
        """Creates the small indices where they are missing, without any check."""
        for index, mapping in ((self._names.control, _CONTROL), (self._names.ledger, _LEDGER)):
            if self._client.indices.exists(index=index):
                # An older version created it without the newest fields.
                self._client.indices.put_mapping(index=index, properties=mapping["properties"])
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
        """Returns the generations that may be searched, newest first."""
        known = sorted(self.manifests().values(), key=lambda m: m.name, reverse=True)
        return [manifest for manifest in known if manifest.complete]

    def live_name(self) -> str | None:
        return next(iter(self.live_names()), None)

    def live_names(self) -> list[str]:
        """Returns all generations behind the alias, newest first; more than one is a fault."""
        try:
            found = self._client.indices.get_alias(name=self._names.live)
        except NotFoundError:
            return []
        return sorted(map(self._names.name_of, found), reverse=True)

    def find_live(self) -> Manifest | None:
        """Returns the live generation, or None before the first.

        Raises EngineUnavailableError where it is damaged, so that no empty one replaces it.
        """
        name = self.live_name()
        if name is None:
            complete = self.complete()
            if not complete:
                return None
            # The alias is lost, or a run was killed before it created the first one.
            name = complete[0].name
            self.point_at(name)
        manifest = self.manifests().get(name)
        if manifest is None:
            raise EngineUnavailableError(
                f"The live generation {name} is damaged: run `gongkai doctor`."
            )
        return manifest

    def check_integrity(self, name: str) -> list[str]:
        """Returns a sentence for each fault of an existing generation."""
        if self.health(name) == "red":
            return ["The cluster has lost a part of it (its health is red)."]
        try:
            self._client.search(
                index=self._names.generation(name), size=1, allow_partial_search_results=False
            )
        except ApiError as error:
            if error.status_code == 429:
                raise
            return [f"It can't be searched ({error.error})."]
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

    def drop_incomplete(self) -> None:
        """Drops generations left by killed rebuilds; the caller must hold the lock."""
        for manifest in self.manifests().values():
            if not manifest.complete:
                self.drop(manifest.name)

    def health(self, name: str) -> str:
        """Returns `green`, `yellow` (replicas are missing) or `red` (records are missing)."""
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
