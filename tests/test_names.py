"""Names that the glossary replaced are not used in code again."""

import re
import tokenize
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("analyzers", "gongkai", "indexer", "search_api", "bench", "development", "tests")
RETIRED = frozenset(
    [
        *("Understanding", "UnderstoodQuery", "Scoring", "Knowledge", "AnyTerm", "Everything"),
        *("Asking", "Answering", "Blending", "Blend", "Meanings", "Looked", "NoMeaningsError"),
        *("Analysis", "Corrector", "Lexicon", "Suggesting", "Relating", "Vocabulary", "VectorRow"),
        *("Observing", "Rates", "Lane", "WholeBodies", "PatientProtocol", "Freshness"),
        *("Doorkeeper", "Duplicating", "UnfoundSearches", "take_refused", "open_answering"),
        *("standing", "needles", "prepare_rows", "choose_needles", "find_spoken_date"),
        *("may_ask_meaning", "spoken_date", "words_tie", "analysis"),
    ]
)
_GERUND = re.compile(r"\w+ing")
_NOUNS = {
    "caching",
    "embedding",
    "mapping",
    "masking",
    "rendering",
    "routing",
    "sampling",
    "spelling",
}


@pytest.mark.parametrize("package", PACKAGES)
def test_no_retired_name_is_used(package: str) -> None:
    used = []
    for path in sorted((ROOT / package).rglob("*.py")):
        with tokenize.open(path) as file:
            for token in tokenize.generate_tokens(file.readline):
                if token.type == tokenize.NAME and token.string in RETIRED:
                    used += [f"{path.relative_to(ROOT)}:{token.start[0]}: {token.string}"]
    assert used == []


@pytest.mark.parametrize("package", ["analyzers", "gongkai", "indexer", "search_api"])
def test_modules_are_named_by_nouns(package: str) -> None:
    names = {path.stem for path in (ROOT / package).rglob("*.py")}
    assert {name for name in names if _GERUND.fullmatch(name)} <= _NOUNS
