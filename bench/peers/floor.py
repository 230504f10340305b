"""tantivy in process with two plain word fields: the lower bound of the components."""

from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import orjson
import rjieba
import tantivy

from bench.corpus import FACETS
from bench.peers.peer import Answer, Question, Row
from gongkai.engines.embedded.layout import folder_bytes

_SIZE = 10


def cut(text: str) -> str:
    """Returns words separated by spaces, segmented by jieba in Rust."""
    return " ".join(rjieba.cut_for_search(text))


class Floor:
    """The minimum of word search: no server, exact phrases, disclosure or document numbers."""

    name = "tantivy in process (floor)"

    version = version("tantivy")

    def __init__(self) -> None:
        builder = tantivy.SchemaBuilder()
        for name in ("title", "body"):
            builder.add_text_field(name, stored=True, tokenizer_name="whitespace")
        for name in (*FACETS, "id", "document_number"):
            builder.add_text_field(name, stored=name == "id", fast=True, tokenizer_name="raw")
        builder.add_bytes_field("stored", stored=True)
        self._schema = builder.build()

    def build(self, rows: Iterator[Row], folder: Path) -> None:
        self.open(folder)
        writer = self._index.writer(128_000_000, 1)
        for row in rows:
            writer.add_document(
                tantivy.Document(
                    title=[cut(str(row["title"]))],
                    body=[cut(str(row["body"]))],
                    stored=[orjson.dumps(row)],
                    **{name: [row[name]] for name in (*FACETS, "id", "document_number")},
                )
            )
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()

    def open(self, folder: Path) -> None:
        self._folder = folder
        self._index = tantivy.Index(self._schema, path=str(folder))

    def memory(self) -> int | None:
        return None

    def size_on_disk(self) -> int:
        return folder_bytes(self._folder)

    def ask(self, question: Question) -> Answer:
        searcher = self._index.searcher()
        query = self._read(question)
        found = searcher.search(query, limit=_SIZE, offset=_SIZE * (question.page - 1), count=True)
        plan = {name: {"terms": {"field": name, "size": 65_000}} for name in FACETS}
        counted = searcher.aggregate(query, plan)
        documents = [searcher.doc(address) for _, address in found.hits]
        marked = 0
        if question.text and question.kind != "number":
            snippets = tantivy.SnippetGenerator.create(searcher, query, self._schema, "body")
            marked = sum(bool(snippets.snippet_from_doc(each).to_html()) for each in documents)
        return Answer(
            int(found.count),  # type: ignore[attr-defined] # missing in tantivy's stub
            [str(each.get_first("id")) for each in documents],
            {
                name: {each["key"]: each["doc_count"] for each in counted[name]["buckets"]}
                for name in FACETS
            },
            marked,
        )

    def close(self) -> None:
        """Does nothing: no process runs."""

    def _read(self, question: Question) -> tantivy.Query:
        must = tantivy.Occur.Must
        parts = [
            (must, tantivy.Query.term_query(self._schema, name, value))
            for name, value in question.filters.items()
        ]
        if question.kind == "number":
            term = tantivy.Query.term_query(self._schema, "document_number", question.text)
            parts.append((must, term))
        elif question.text:
            words = cut(question.text.strip('"')).split()
            parts += [(must, self._anywhere(word)) for word in words]
        return tantivy.Query.boolean_query(parts) if parts else tantivy.Query.all_query()

    def _anywhere(self, word: str) -> tantivy.Query:
        should = tantivy.Occur.Should
        return tantivy.Query.boolean_query(
            [
                (should, tantivy.Query.term_query(self._schema, name, word))
                for name in ("title", "body")
            ]
        )
