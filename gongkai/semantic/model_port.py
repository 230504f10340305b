"""The interface of every embedding model: texts to vectors of unit length."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


class EmbeddingModel(Protocol):
    """An embedding model; `name` identifies everything its vectors depend on.

    An instance may be used by one thread at a time.
    """

    @property
    def name(self) -> str: ...

    @property
    def dimensions(self) -> int: ...

    def embed_query(self, text: str) -> Vectors:
        """Returns the vector of one query, shape (dimensions,)."""

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Returns the vectors of passages, shape (len(texts), dimensions)."""
