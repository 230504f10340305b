"""A passage or a question in, one vector of the whole and of its parts out."""

from collections.abc import Sequence

import numpy as np

from gongkai.semantic.port import EmbeddingModel, Vectors

TITLE_WEIGHT, TEXT_WEIGHT = 0.25, 0.75
"""Weights of title and text vectors beside the whole passage; see docs/semantic-search.md."""
WORDS_WEIGHT = 0.3
"""Of a question's words without what stands between them (怎么, 吗), beside the question."""


class InParts:
    """See EmbeddingModel; `model` puts each part by itself.

    A whole passage says most of what its beginning is about. A rule is often asked for by one
    sentence of its text, or by its title alone, and nearer to that than to both in one.
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
        mixed = self._model.embed_passages(texts)
        parted = [(at, *text.split("\n", 1)) for at, text in enumerate(texts) if "\n" in text]
        if parted:
            rows, titles, rest = map(list, zip(*parted, strict=True))
            mixed[rows] += TITLE_WEIGHT * self._model.embed_passages(titles)
            mixed[rows] += TEXT_WEIGHT * self._model.embed_passages(rest)
        return _unit(mixed)


def embed_question(model: EmbeddingModel, text: str, words: str) -> Vectors:
    """The vector of a question, shape (dimensions,); `words` may be empty."""
    whole = model.embed_query(text)
    if not words or words == text:
        return whole
    return _unit(whole + WORDS_WEIGHT * model.embed_query(words))


def _unit(vectors: Vectors) -> Vectors:
    found: Vectors = vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)
    return found
