"""Draws the queries for all peers from the indexed rows."""

import random
from collections.abc import Iterator, Sequence

from analyzers.dictionary import load_dictionary
from analyzers.text_analyzer import TextAnalyzer
from bench.peers.peer import Question, Row

KINDS = ("one word", "two words", "phrase", "number", "filter only", "deep page")
EXACT = frozenset(("number", "filter only"))
"""Kinds with one correct total, independent of a peer's segmentation."""

_FLAT = ("genre", "format")
"""Facets without descendants: the other systems filter by the value alone."""


def worded(questions: Sequence[Question]) -> list[Question]:
    """Returns the most common kinds of query: one word or two."""
    return [each for each in questions if each.kind in {"one word", "two words"}]


def draw_questions(rows: Sequence[Row], count: int) -> Iterator[Question]:
    """Yields `count` queries of each kind in turn. Equal rows give equal queries."""
    draw = random.Random(20090220)
    analyzer = TextAnalyzer(load_dictionary())
    for _ in range(count):
        row = draw.choice(rows)
        words = [each for each in analyzer.tokenize(str(row["body"])) if len(each) > 1] or ["通知"]
        start = draw.randrange(max(1, len(str(row["body"])) - 6))
        kinds = {name: str(row[name]) for name in _FLAT}
        yield Question("one word", draw.choice(words))
        yield Question("two words", " ".join(draw.sample(words, min(2, len(words)))))
        yield Question("phrase", f'"{str(row["body"])[start : start + 6]}"')
        yield Question("number", str(row["document_number"]))
        yield Question("filter only", filters=dict([draw.choice(list(kinds.items()))]))
        yield Question("deep page", draw.choice(words), page=50)
