"""The index of the live generation: its name, its manifest, whether this program can search it."""

from collections.abc import Mapping
from gettext import gettext as _
from typing import Any

from elasticsearch import AsyncElasticsearch, NotFoundError

from gongkai.engines.elastic.connection import is_elasticsearch
from gongkai.engines.elastic.mapping import Names
from gongkai.engines.fingerprint import check_fingerprint
from gongkai.engines.port import Generation
from gongkai.errors import EngineUnavailableError, NothingIndexedError


class LiveIndex:
    """Resolves the live index, or the index of one `generation`.

    `address` is the alias or the index, for requests that need not resolve it first.
    """

    def __init__(self, names: Names, fingerprint: str, generation: str = "") -> None:
        self._alias = names.live
        self._fixed = names.generation(generation) if generation else ""
        self._fingerprint = fingerprint
        self._checked: set[str] = set()
        self.address = self._fixed or self._alias
        self.latest: str | None = None
        """The index checked last."""

    async def find(self, client: AsyncElasticsearch) -> str:
        """Returns the name of the index. Raises NothingIndexedError, IndexMismatchError."""
        index = self._fixed or await self._resolve(client)
        await self.check(client, index)
        return index

    async def check(self, client: AsyncElasticsearch, index: str) -> None:
        """Raises IndexMismatchError for an index of another analysis; checks each index once."""
        if index not in self._checked:
            meta = await _read_manifest(client, index)
            check_fingerprint(meta["name"], meta["fingerprint"], self._fingerprint)
            self._checked.add(index)
        self.latest = index

    async def _resolve(self, client: AsyncElasticsearch) -> str:
        try:
            found = await client.indices.get_alias(name=self._alias)
        except NotFoundError as error:
            if not is_elasticsearch(error):
                raise
            raise NothingIndexedError from None
        index = next(iter(found), None)
        if index is None:
            raise NothingIndexedError
        return str(index)


async def describe_index(client: AsyncElasticsearch, index: str) -> Generation:
    """Returns the generation in an index that is live."""
    meta = await _read_manifest(client, index)
    stats = await client.indices.stats(index=index, metric=["docs", "store"])
    return Generation(
        name=meta["name"],
        created=meta["created"],
        records=stats["_all"]["primaries"]["docs"]["count"],
        bytes=stats["_all"]["total"]["store"]["size_in_bytes"],
        fingerprint=meta["fingerprint"],
        live=True,
    )


async def read_version(client: AsyncElasticsearch, address: str) -> tuple[str, str]:
    """Returns the index at an address, and a value that changes with every commit and switch."""
    stats = await client.indices.stats(
        index=address, metric=["docs", "refresh"], filter_path=["indices.*.primaries"]
    )
    ((index, found),) = stats["indices"].items()
    totals = found["primaries"]
    return index, repr((index, totals["docs"], totals["refresh"]["external_total"]))


async def _read_manifest(client: AsyncElasticsearch, index: str) -> Mapping[str, Any]:
    try:
        found = await client.indices.get_mapping(index=index)
    except NotFoundError as error:
        raise EngineUnavailableError(_("The live generation was just replaced.")) from error
    meta: Mapping[str, Any] = found[index]["mappings"]["_meta"]
    return meta
