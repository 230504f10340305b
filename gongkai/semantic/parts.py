"""Combines the vector of a whole text with the vectors of its parts."""

from collections.abc import Sequence

import numpy as np

from gongkai.semantic.model_port import EmbeddingModel, Vectors

TITLE_WEIGHT, TEXT_WEIGHT = 0.25, 0.75
"""Weights of the title and text vectors, relative to the whole; see docs/semantic-search.md."""
WORDS_WEIGHT = 0.3
"""Weight of a query's content terms (without 怎么, 吗), relative to the whole query."""


class InParts:
    """See EmbeddingModel; embeds a passage as a whole, by its title and by its text.

    The vector of a whole passage mostly reflects its beginning. Queries often ask for one sentence
    of the text, or for the title alone, and match the vector of that part better.
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
    """Returns the vector of a query, shape (dimensions,); `words` may be empty."""
    whole = model.embed_query(text)
    if not words or words == text:
        return whole
    return _unit(whole + WORDS_WEIGHT * model.embed_query(words))


def _unit(vectors: Vectors) -> Vectors:
    found: Vectors = vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)
    return found
