"""Loads the ranking weights of each profile from relevance.toml."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from gettext import gettext as _
from importlib import resources
from typing import Any

from analyzers.errors import TableError
from gongkai.errors import BadRequestError

DEFAULT_PROFILE = "default"
"""The profile with every weight; other profiles switch some off for comparison."""

_KINDS = ("score", "boost", "value")


@dataclass(frozen=True, slots=True)
class Weights:
    """The numbers of `relevance.toml`, named `section_name`.

    Units are points, multiples of BM25, or as the reason in the file states.
    """

    exact_title: float
    exact_document_number: float
    exact_index_number: float
    exact_number_part: float
    exact_cited_number: float
    exact_cited_part: float
    exact_titled_year: float
    exact_named_law: float
    pinned_score: float
    words_title: float
    words_entry: float
    words_body: float
    words_tie_breaker: float
    words_literal: float
    words_expanded: float
    words_agency: float
    words_stopword: float
    pairs_inside: float
    pairs_across: float
    pairs_question: float
    characters_word: float
    characters_question: float
    run_title: float
    run_text: float
    run_expanded: float
    full_anywhere: float
    full_near: float
    full_title: float
    full_distance: float
    message_words: float
    message_deciding: float
    message_telling: float
    message_asked: float
    message_official: float
    message_named: float
    message_unnamed: float
    message_story: float
    static_rank_base: float
    static_rank_term: float
    static_rank_most: float
    static_rank_valid: float
    static_rank_law: float
    static_rank_matched: float
    static_rank_interpretation: float
    static_rank_recent: float
    static_rank_decade: float
    static_rank_guide: float
    similar_title: float
    similar_entry: float
    similar_topic: float
    similar_least: float
    similar_share: float
    relaxation_few: float
    relaxation_telling: float
    relaxation_share: float
    spelling_few: float
    spelling_gain: float
    spelling_offer: float
    spelling_rare: float
    hybrid_window: float
    hybrid_static_rank: float
    hybrid_regularized: float
    hybrid_likeness: float
    hybrid_likeness_power: float
    fusion_keywords: float
    fusion_nearness: float
    fusion_static_nearness: float
    fusion_estimated_keywords: float
    fusion_estimated_nearness: float
    fusion_coverage: float
    passage_least: float
    passage_length: float
    passage_nearness: float
    passage_covered: float
    answer_records: float
    answer_passages: float
    answer_nearness: float
    answer_sureness: float


@cache
def load_weights(profile: str = DEFAULT_PROFILE) -> Weights:
    """Returns the shipped weights of a profile.

    Raises TableError for a number that is missing, unknown or without a reason, and BadRequestError
    for an unknown profile.
    """
    table = _read_table()
    off = _left_out(table.pop("profile"), profile)
    numbers: dict[str, float] = {}
    for section, entries in table.items():
        for name, entry in entries.items():
            if not entry.get("reason"):
                raise TableError(
                    _("relevance.toml: [{section}.{name}] has no reason.").format(
                        section=section, name=name
                    )
                )
            is_off = section in off or f"{section}.{name}" in off
            value = 0.0 if is_off else float(next(entry[kind] for kind in _KINDS if kind in entry))
            numbers[f"{section}_{name}"] = value
    try:
        return Weights(**numbers)
    except TypeError as error:
        raise TableError(_("relevance.toml: {error}").format(error=error)) from None


@cache
def profiles() -> tuple[str, ...]:
    """Returns the names of all profiles, the default last."""
    return (*_read_table()["profile"], DEFAULT_PROFILE)


def _left_out(profiles: Mapping[str, Any], profile: str) -> frozenset[str]:
    if profile == DEFAULT_PROFILE:
        return frozenset()
    if profile not in profiles:
        known = ", ".join((*profiles, DEFAULT_PROFILE))
        raise BadRequestError(
            "profile",
            _("There is no profile {profile}; there are {known}.").format(
                profile=profile, known=known
            ),
        )
    return frozenset(profiles[profile]["off"])


def _read_table() -> dict[str, Any]:
    text = resources.files("gongkai.query").joinpath("relevance.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
