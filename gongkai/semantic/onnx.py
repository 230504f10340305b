"""An embedding model from a folder: one ONNX file and its `tokenizer.json`, in the style of BGE.

The last state of the first token is the vector of the whole text, as those models are trained.
"""

import hashlib
from collections.abc import Sequence
from gettext import gettext as _
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from gongkai.errors import MissingModelError
from gongkai.semantic.model_port import Vectors

LONGEST_TOKENS = 512
_AT_ONCE = 8
"""Texts in one batch; a larger batch is no faster on a CPU."""


class OnnxModel:
    """See EmbeddingModel. Raises MissingModelError for a folder without the two files."""

    def __init__(self, folder: Path, threads: int) -> None:
        model, tokenizer = _only(folder, "*.onnx"), _only(folder, "*tokenizer.json")
        self.name = f"{model.stem} {_name_files(model, tokenizer)}"
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        try:
            self._tokenizer = Tokenizer.from_file(str(tokenizer))
            self._session = onnxruntime.InferenceSession(
                str(model), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:
            # Neither library has an exception class for an invalid file.
            raise MissingModelError(
                _("The model in {folder} can't be read: {error}").format(folder=folder, error=error)
            ) from error
        self._tokenizer.enable_truncation(LONGEST_TOKENS)
        self._tokenizer.enable_padding()
        self._inputs = {each.name for each in self._session.get_inputs()}
        self.dimensions = int(self._session.get_outputs()[0].shape[-1])

    def embed_query(self, text: str) -> Vectors:
        # BGE's optional query instruction makes results worse on these queries.
        first: Vectors = self._embed([text])[0]
        return first

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        # Texts of similar length are batched together, since a batch is padded to its longest.
        order = sorted(range(len(texts)), key=lambda at: len(texts[at]))
        found = np.empty((len(texts), self.dimensions), np.float32)
        for start in range(0, len(order), _AT_ONCE):
            part = order[start : start + _AT_ONCE]
            found[part] = self._embed([texts[at] for at in part])
        return found

    def _embed(self, texts: Sequence[str]) -> Vectors:
        read = self._tokenizer.encode_batch(list(texts))
        ids = np.array([each.ids for each in read], np.int64)
        given: dict[str, Any] = {
            "input_ids": ids,
            "attention_mask": np.array([each.attention_mask for each in read], np.int64),
            "token_type_ids": np.zeros_like(ids),
        }
        wanted = {name: each for name, each in given.items() if name in self._inputs}
        states = np.asarray(self._session.run(None, wanted)[0], np.float32)
        first: Vectors = states[:, 0].copy()
        first /= np.linalg.norm(first, axis=1, keepdims=True)
        return first


def _only(folder: Path, pattern: str) -> Path:
    found = sorted(folder.glob(pattern)) if folder.is_dir() else []
    if len(found) != 1:
        raise MissingModelError(
            _("The folder {folder} has {count} files {pattern}, not one.").format(
                folder=folder, count=len(found), pattern=pattern
            )
        )
    return found[0]


def _name_files(*paths: Path) -> str:
    """Returns a name for the content of model files, 16 hexadecimal digits."""
    digest = hashlib.sha256()
    for path in paths:
        with path.open("rb") as opened:
            digest.update(hashlib.file_digest(opened, "sha256").digest())
    return digest.hexdigest()[:16]
