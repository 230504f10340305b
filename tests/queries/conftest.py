"""One analysis and the shipped tables a session."""

import pytest

from analyzers.chains import Analysis
from analyzers.dictionary import load_dictionary
from catalog.tables import Tables, load_tables


@pytest.fixture(scope="session")
def analysis() -> Analysis:
    return Analysis(load_dictionary())


@pytest.fixture(scope="session")
def tables() -> Tables:
    return load_tables()
