"""The shipped tables once a session, and intake rules over them."""

import pytest

from gongkai.catalog.intake import IntakeRules
from gongkai.catalog.tables import Tables, load_tables


@pytest.fixture(scope="session")
def tables() -> Tables:
    return load_tables()


@pytest.fixture(scope="session")
def rules(tables: Tables) -> IntakeRules:
    return IntakeRules(tables)
