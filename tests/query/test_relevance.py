"""The shipped weights: complete, with reasons, and in the order that they promise."""

import tomllib
from dataclasses import astuple, fields
from importlib import resources

from gongkai.query.relevance import Weights, load_weights


def test_every_number_has_a_reason() -> None:
    text = resources.files("gongkai.query").joinpath("relevance.toml").read_text(encoding="utf-8")
    entries = {
        f"{section}_{name}": entry
        for section, part in tomllib.loads(text).items()
        for name, entry in part.items()
        if section != "profile"
    }
    assert entries.keys() == {field.name for field in fields(Weights)}
    assert all(len(entry["reason"]) > 20 for entry in entries.values())
    assert all(
        sum(kind in entry for kind in ("score", "boost", "value")) == 1
        for entry in entries.values()
    )


def test_weights_are_positive_and_loaded_once() -> None:
    assert min(astuple(load_weights())) > 0
    assert load_weights() is load_weights()


def test_what_is_meant_exactly_stands_above_words() -> None:
    weights = load_weights()
    words = weights.words_title + weights.words_entry + weights.words_body + weights.run_title
    assert weights.exact_title > weights.exact_document_number > 10 * words
    assert weights.exact_index_number > 10 * words
    assert weights.words_title > weights.words_entry > weights.words_body > weights.words_literal
    assert weights.words_stopword < weights.words_body
    assert 0 < weights.words_tie_breaker < 1
