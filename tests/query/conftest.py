"""One analysis and the shipped tables a session."""

import pytest

from analyzers.dictionary import load_dictionary
from analyzers.text_analyzer import TextAnalyzer
from gongkai.catalog.tables import Tables, load_tables


@pytest.fixture(scope="session")
def analyzer() -> TextAnalyzer:
    return TextAnalyzer(load_dictionary())


@pytest.fixture(scope="session")
def tables() -> Tables:
    return load_tables()
