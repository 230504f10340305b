"""Xapian from Debian's packages: characters and bigrams, facets by match spies."""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from bench.corpus import FACETS
from bench.peers.peer import Answer, MissingPeerError, Question, Row
from gongkai.engines.embedded.layout import folder_bytes

_SIZE = 10
_SYSTEM = "/usr/lib/python3/dist-packages"
_SNIPPET = 200
"""Maximum bytes of a snippet."""


def load_xapian() -> Any:
    """Returns the binding of this Python, or Debian's for the same version.

    Raises MissingPeerError.
    """
    try:
        return importlib.import_module("xapian")
    except ImportError:
        sys.path.append(_SYSTEM)
    try:
        return importlib.import_module("xapian")
    except ImportError:
        raise MissingPeerError("python3-xapian is not installed") from None
    finally:
        sys.path.remove(_SYSTEM)


class XapianNgrams:
    """Xapian in process, its usual form."""

    name = "Xapian, n-grams"

    def __init__(self) -> None:
        self._xapian = load_xapian()
        self.version = self._xapian.version_string()

    def build(self, rows: Iterator[Row], folder: Path) -> None:
        xapian = self._xapian
        self._folder = folder
        database = xapian.WritableDatabase(str(folder), xapian.DB_CREATE_OR_OVERWRITE)
        terms = xapian.TermGenerator()
        terms.set_flags(xapian.TermGenerator.FLAG_CJK_NGRAM)
        for row in rows:
            document = xapian.Document()
            terms.set_document(document)
            terms.index_text(str(row["title"]), 3)
            terms.increase_termpos()
            terms.index_text(str(row["body"]))
            document.add_boolean_term(f"XN{row['document_number']}")
            for slot, name in enumerate(FACETS):
                document.add_value(slot, str(row[name]))
                document.add_boolean_term(f"X{slot}{row[name]}")
            document.set_data(orjson.dumps(row))
            database.add_document(document)
        database.commit()
        database.close()
        self.open(folder)

    def open(self, folder: Path) -> None:
        xapian = self._xapian
        self._folder = folder
        self._database = xapian.Database(str(folder))
        self._parser = xapian.QueryParser()
        self._parser.set_default_op(xapian.Query.OP_AND)
        self._parser.set_database(self._database)

    def size_on_disk(self) -> int:
        return folder_bytes(self._folder)

    def memory(self) -> int | None:
        return None

    def ask(self, question: Question) -> Answer:
        xapian = self._xapian
        enquire = xapian.Enquire(self._database)
        enquire.set_query(self._read(question))
        spies = {name: xapian.ValueCountMatchSpy(slot) for slot, name in enumerate(FACETS)}
        for spy in spies.values():
            enquire.add_matchspy(spy)
        every = self._database.get_doccount()
        found = enquire.get_mset(_SIZE * (question.page - 1), _SIZE, every)
        rows = [orjson.loads(match.document.get_data()) for match in found]
        flags = found.SNIPPET_CJK_NGRAM | found.SNIPPET_EMPTY_WITHOUT_MATCH
        stemmer = xapian.Stem("none")
        marked = [
            found.snippet(row["body"], _SNIPPET, stemmer, flags, "<mark>", "</mark>", "…")
            for row in rows
        ]
        return Answer(
            found.get_matches_estimated(),
            [row["id"] for row in rows],
            {
                name: {each.term.decode(): each.termfreq for each in spy.values()}
                for name, spy in spies.items()
            },
            sum(map(bool, marked)),
        )

    def close(self) -> None:
        self._database.close()

    def _read(self, question: Question) -> Any:
        query = self._xapian.Query
        parts = [query(f"X{FACETS.index(name)}{value}") for name, value in question.filters.items()]
        if question.kind == "number":
            parts.append(query(f"XN{question.text}"))
        elif question.text:
            flags = self._parser.FLAG_CJK_NGRAM | self._parser.FLAG_PHRASE
            parts.append(self._parser.parse_query(question.text, flags))
        return query(query.OP_AND, parts) if parts else query("")
