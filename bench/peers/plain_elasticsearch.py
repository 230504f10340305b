"""Elasticsearch 9 with its standard client: one index, two text fields, seven keyword fields."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jieba
from elasticsearch import Elasticsearch
from elasticsearch.helpers import bulk

from bench.corpus import FACETS
from bench.peers.peer import Answer, Question, Row
from development.distribution import NEWEST
from development.footprint import measure_footprint

_INDEX = "plain"
_SIZE = 10


class PlainElasticsearch:
    """With `words`, jieba segments the text in Python; otherwise the standard analyzer does."""

    def __init__(self, url: str, process: int, *, words: bool) -> None:
        self.name = f"Elasticsearch, {'jieba in Python' if words else 'standard analyzer'}"
        self._client = Elasticsearch(url, request_timeout=60)
        self.version = NEWEST.version
        self._process = process
        self._words = words
        self._index = f"{_INDEX}-{'jieba' if words else 'standard'}"

    def build(self, rows: Iterator[Row], folder: Path) -> None:  # noqa: ARG002 # it has its own
        text = {"type": "text", "analyzer": "whitespace" if self._words else "standard"}
        properties: dict[str, Any] = {"title": text, "body": text}
        properties |= {name: {"type": "keyword"} for name in (*FACETS, "document_number")}
        properties |= {"id": {"type": "keyword"}, "published_on": {"type": "date"}}
        self._client.options(ignore_status=404).indices.delete(index=self._index)
        self._client.indices.create(
            index=self._index,
            settings={"number_of_shards": 1, "number_of_replicas": 0, "refresh_interval": "-1"},
            mappings={"properties": properties, "dynamic": False},
        )
        actions = ({"_id": row["id"], "_source": self._send(row)} for row in rows)
        bulk(self._client, actions, index=self._index, chunk_size=1_000)
        self._client.indices.refresh(index=self._index)

    def memory(self) -> int | None:
        return measure_footprint(self._process)[0]

    def size_on_disk(self) -> int:
        self._client.indices.flush(index=self._index)
        stats = self._client.indices.stats(index=self._index, metric="store")
        return int(stats["_all"]["total"]["store"]["size_in_bytes"])

    def ask(self, question: Question) -> Answer:
        found = self._client.search(index=self._index, body=self.body(question))
        hits, counted = found["hits"]["hits"], found["aggregations"]
        return Answer(
            found["hits"]["total"]["value"],
            [hit["_source"]["id"] for hit in hits],
            {
                name: {each["key"]: each["doc_count"] for each in counted[name]["buckets"]}
                for name in FACETS
            },
            sum("highlight" in hit for hit in hits),
        )

    @property
    def path(self) -> str:
        """The path of its search endpoint."""
        return f"/{self._index}/_search"

    def body(self, question: Question) -> dict[str, Any]:
        """Returns the request body of a query."""
        return {
            "query": self._read(question),
            "from": _SIZE * (question.page - 1),
            "size": _SIZE,
            "track_total_hits": True,
            "aggs": {name: {"terms": {"field": name, "size": 1_000}} for name in FACETS},
            "highlight": {"fields": {"title": {}, "body": {}}},
        }

    def close(self) -> None:
        self._client.options(ignore_status=404).indices.delete(index=self._index)
        self._client.close()

    def _send(self, row: Row) -> dict[str, Any]:
        if not self._words:
            return dict(row)
        return {**row, "title": _cut(row["title"]), "body": _cut(row["body"])}

    def _read(self, question: Question) -> dict[str, Any]:
        filters: list[dict[str, Any]] = [
            {"term": {name: value}} for name, value in question.filters.items()
        ]
        if question.kind == "number":
            filters.append({"term": {"document_number": question.text}})
        must: list[dict[str, Any]] = []
        if question.text and question.kind != "number":
            bare = question.text.strip('"')
            must.append(
                {
                    "multi_match": {
                        "query": _cut(bare) if self._words else bare,
                        "fields": ["title^3", "body"],
                        "type": "phrase" if question.kind == "phrase" else "cross_fields",
                        **({} if question.kind == "phrase" else {"operator": "and"}),
                    }
                }
            )
        return {"bool": {"must": must or [{"match_all": {}}], "filter": filters}}


def _cut(text: str) -> str:
    return " ".join(jieba.cut_for_search(text))
