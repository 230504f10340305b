"""Combines the vectors of a text's parts."""

from collections.abc import Callable, Sequence

import numpy as np

from gongkai.semantic.model_port import EmbeddingModel, Vectors

TITLE_WEIGHT = 0.3
"""Weight of the title's vector, relative to the text; see docs/semantic-search.md."""
WORDS_WEIGHT = 0.3
"""Weight of a query's content terms (without 怎么, 吗), relative to the whole query."""


class InParts:
    """See EmbeddingModel; embeds the title and the text of a passage, each by itself.

    The vector of both in one mostly reflects the beginning. Queries often ask for one sentence of
    the text, or for the title alone, and match the vector of that part better.
    """

    def __init__(self, model: EmbeddingModel) -> None:
        self._model = model

    @property
    def name(self) -> str:
        return self._model.name

    @property
    def dimensions(self) -> int:
        return self._model.dimensions

    def embed_query(self, text: str) -> Vectors:
        return self._model.embed_query(text)

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        return embed_in_parts(texts, self._model.embed_passages)


def embed_in_parts(texts: Sequence[str], embed: Callable[[Sequence[str]], Vectors]) -> Vectors:
    """Returns the vectors of passages, each combined from its title and its text."""
    mixed = embed(list(map(text_part, texts)))
    parted = [(at, text.partition("\n")[0]) for at, text in enumerate(texts) if "\n" in text]
    if parted:
        rows, titles = map(list, zip(*parted, strict=True))
        # Passages of one record share a title.
        each = {title: row for row, title in enumerate(dict.fromkeys(titles))}
        mixed[rows] += TITLE_WEIGHT * embed(list(each))[[each[title] for title in titles]]
    return _unit(mixed)


def text_part(passage: str) -> str:
    """Returns the text of a passage; without one, the title is all there is."""
    return passage.partition("\n")[2] or passage


def embed_question(model: EmbeddingModel, text: str, words: str) -> Vectors:
    """Returns the vector of a query, shape (dimensions,); `words` may be empty."""
    whole = model.embed_query(text)
    if not words or words == text:
        return whole
    return _unit(whole + WORDS_WEIGHT * model.embed_query(words))


def _unit(vectors: Vectors) -> Vectors:
    found: Vectors = vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)
    return found
