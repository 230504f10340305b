"""Static vectors: what they learn from a model, and what a file of them holds."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from gongkai.semantic.model_port import Vectors
from gongkai.semantic.static_model import (
    StaticVectors,
    distill,
    load_static_vectors,
    save_static_vectors,
)

WORDS = [chr(0x4E00 + number) for number in range(300)]


def draw_texts(seed: int, count: int) -> list[str]:
    draw = np.random.default_rng(seed)
    return [" ".join(draw.choice(WORDS, size=12)) for _ in range(count)]


def embed(texts: Sequence[str]) -> Vectors:
    """A model of the simplest kind: the sum of a vector for each word."""
    draw = np.random.default_rng(7)
    vectors = dict(zip(WORDS, draw.standard_normal((len(WORDS), 48)) + 1, strict=True))
    sums = np.array([sum(vectors[word] for word in text.split()) for text in texts], np.float32)
    return sums / np.linalg.norm(sums, axis=1, keepdims=True)


@pytest.fixture(scope="module")
def static() -> StaticVectors:
    return distill(draw_texts(1, 800), str.split, embed)


def test_texts_that_were_not_seen_are_near_where_the_model_puts_them(static: StaticVectors) -> None:
    texts = draw_texts(2, 50)
    found = static.embed([text.split() for text in texts])
    assert np.linalg.norm(found, axis=1) == pytest.approx(1, abs=1e-3)
    assert float((found * embed(texts)).sum(axis=1).min()) > 0.9
    nearest = (embed(texts) @ found.T).argmax(axis=1)
    assert (nearest == np.arange(len(texts))).all()


def test_unknown_words_and_none_give_a_vector(static: StaticVectors) -> None:
    assert static.embed([]).shape == (0, 48)
    found = static.embed([[], ["unknown"], [WORDS[0], "unknown"]])
    assert np.isfinite(found).all()
    assert np.linalg.norm(found, axis=1) == pytest.approx(1, abs=1e-3)


def test_a_file_gives_back_the_same_vectors(static: StaticVectors, tmp_path: Path) -> None:
    path = tmp_path / "models" / "static.npz"
    save_static_vectors(static, path)
    texts = [text.split() for text in draw_texts(3, 5)]
    assert load_static_vectors(path).embed(texts) == pytest.approx(static.embed(texts), abs=1e-6)
