"""The port that every embedding model keeps: texts in, vectors of unit length out."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


class EmbeddingModel(Protocol):
    """`name` names the model and all that its vectors depend on; safe for one thread at a time."""

    @property
    def name(self) -> str: ...

    @property
    def dimensions(self) -> int: ...

    def embed_query(self, text: str) -> Vectors:
        """One question, shape (dimensions,)."""

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Texts that may answer one, shape (len(texts), dimensions)."""
