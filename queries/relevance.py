"""relevance.toml in, one frozen set of weights out. Called by `understand`."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

from catalog.errors import TableError


@dataclass(frozen=True, slots=True)
class Weights:
    """The numbers of `relevance.toml`, by `section_name`; units: multiples of a BM25 score."""

    exact_title: float
    exact_document_number: float
    exact_index_number: float
    exact_cited_number: float
    words_title: float
    words_entry: float
    words_body: float
    words_tie: float
    words_literal: float
    words_stopword: float
    run_title: float
    run_text: float


@cache
def load_weights() -> Weights:
    """The shipped weights. Raises TableError for a number without a reason, missing or unknown."""
    text = resources.files("queries").joinpath("relevance.toml").read_text(encoding="utf-8")
    numbers: dict[str, float] = {}
    for section, entries in tomllib.loads(text).items():
        for name, entry in entries.items():
            if not entry.get("reason"):
                raise TableError(f"relevance.toml: [{section}.{name}] has no reason.")
            numbers[f"{section}_{name}"] = float(entry.get("boost", entry.get("score")))
    try:
        return Weights(**numbers)
    except TypeError as error:
        raise TableError(f"relevance.toml: {error}") from None
