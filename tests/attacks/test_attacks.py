"""Every attack on a real server of each engine, with semantic search off and on; prints a table."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from gongkai.engines.elastic.connection import open_client
from gongkai.settings import EngineKind, Settings
from tests.attacks.attacks import ATTACKS, Attack
from tests.attacks.conftest import RESULTS
from tests.attacks.target import Target, attacked, make_settings

pytestmark = pytest.mark.attack
VARIANTS = ("embedded", "embedded, semantic", "elasticsearch", "elasticsearch, semantic")


@pytest.fixture(scope="module", params=VARIANTS)
def variant(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def target(
    variant: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Target]:
    folder = tmp_path_factory.mktemp("attack")
    is_elastic = variant.startswith("elasticsearch")
    url = request.getfixturevalue("elasticsearch_url") if is_elastic else ""
    settings = make_settings(folder, semantic=variant.endswith("semantic"), elastic_url=url)
    with attacked(settings, folder) as opened:
        yield opened
    if is_elastic:
        _drop_indices(url, settings["GONGKAI_ELASTICSEARCH_PREFIX"])


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
def test_attack_is_held(target: Target, variant: str, attack: Attack) -> None:
    before, is_held = target.sent, False
    try:
        attack(target)
        is_held = True
    finally:
        RESULTS.append((attack, variant, target.sent - before, is_held))


def _drop_indices(url: str, prefix: str) -> None:
    settings = Settings(
        engine=EngineKind.ELASTICSEARCH, elasticsearch_url=url, elasticsearch_prefix=prefix
    )
    with closing(open_client(settings)) as client:
        for index in client.indices.get(index=f"{prefix}-*"):
            client.indices.delete(index=index)
        client.options(ignore_status=404).indices.delete_index_template(name=f"{prefix}-generation")
