"""What takes long for long texts is done in threads: the event loop answers others meanwhile."""

import asyncio
import sys
from collections.abc import Callable, Coroutine
from types import FrameType
from typing import Any

import httpx2
import pytest

from gongkai.engines.installation import Installation
from search_api.app import create_app
from tests.engines.records import changed, make_document

PARTS = 2_000
HEAVY = {"snippet", "highlight", "mark", "lay_out", "understand"}
"""Functions whose work grows with a record's text or the query's."""


@pytest.fixture(scope="module")
def long_record(
    installation: Installation, tmp_path_factory: pytest.TempPathFactory
) -> Installation:
    opened = changed(installation, data_dir=tmp_path_factory.mktemp("long"))
    body = "\n".join(f"第{number}段。饮水安全工程已经完成。" for number in range(PARTS))
    store = opened.open_store()
    with store.update() as writer:
        writer.put(make_document(opened, id="long", body=body))
        writer.commit()
        name = writer.name
    store.publish(name)
    store.close()
    return opened


def run_watched(ask: Callable[[], Coroutine[Any, Any, str]]) -> tuple[str, set[str]]:
    """What `ask` gives, and the names of all functions that ran in the loop's own thread."""
    called: set[str] = set()

    def note(frame: FrameType, event: str, _: object) -> None:
        if event == "call":
            called.add(frame.f_code.co_name)

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        return asyncio.run(ask()), called
    finally:
        sys.setprofile(before)


@pytest.mark.parametrize(
    "path", ["/api/v1/search", "/search", "/records/long", "/kiosk/records/long"]
)
def test_highlighting_is_done_off_the_loop(long_record: Installation, path: str) -> None:
    app = create_app(long_record)
    words = " ".join(["饮水安全", "工程", *(f"词{number}" for number in range(60))])

    async def ask() -> str:
        transport = httpx2.ASGITransport(app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://test") as client:
            answer = await client.get(path, params={"q": words})
            assert answer.status_code == 200
            return answer.text

    text, called = run_watched(ask)
    assert "<mark>饮水安全" in text
    assert "ask" in called
    assert not called & HEAVY
