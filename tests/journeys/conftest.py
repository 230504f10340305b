"""The sample, indexed and served: in process for the API, on a real port for a real browser."""

import asyncio
import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
import uvicorn
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, Page, expect, sync_playwright

from gongkai.engines.installation import Installation
from search_api.app import create_app
from search_api.http import caching
from tests.conftest import require_or_skip
from tests.journeys.browsing import SIZES
from tests.scale import THOROUGH

_FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
)


@pytest.fixture(scope="module")
def client(sampled: Installation) -> Iterator[TestClient]:
    with TestClient(create_app(sampled), raise_server_exceptions=False) as opened:
        yield opened


@pytest.fixture(scope="module")
def address(sampled: Installation) -> Iterator[str]:
    """The sample on a port of this machine: `http://127.0.0.1:PORT`."""
    with serving(sampled) as served:
        yield served


@contextmanager
def serving(
    installation: Installation, http: type[asyncio.Protocol] | str = "auto"
) -> Iterator[str]:
    """A real server over an installation, in a thread; its address without a last slash."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        config = uvicorn.Config(create_app(installation), log_level="error", http=http)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture
def always_fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each request asks for the version of the data: a test may be quicker than half a second."""
    monkeypatch.setattr(caching, "VERSION_SECONDS", 0.0)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium; skips, saying so, where there is none and none is required.

    The headless shell is the same engine without windows: a page costs a third of the CPU time.

    One for each module: as long as it is open, Playwright's event loop counts as running in this
    thread, and `asyncio.run` of another module would be refused.
    """
    names = ("chromium", "chromium-headless-shell")
    found = filter(None, map(shutil.which, names if THOROUGH else reversed(names)))
    path = next(found, None)
    if path is None:
        require_or_skip("chromium", "no page was looked at, Chromium is not installed")
    # A page is not late where the machine is busy.
    expect.set_options(timeout=30_000)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=list(_FLAGS))
        yield opened
        opened.close()


@pytest.fixture(
    params=[
        ("phone", False),
        ("kiosk", True),
        pytest.param(("desk", False), marks=pytest.mark.slow),
        pytest.param(("phone", True), marks=pytest.mark.slow),
    ],
    ids=lambda param: f"{param[0]}-{'script' if param[1] else 'plain'}",
)
def sized(request: pytest.FixtureRequest, browser: Browser, address: str) -> Iterator[Page]:
    """A page of one size, with JavaScript or without; a script must not complain of anything."""
    with watched_page(browser, address, *request.param) as page:
        yield page


@contextmanager
def watched_page(browser: Browser, address: str, size: str, has_script: bool) -> Iterator[Page]:
    """A page of one of SIZES; fails at its end if a script complained of anything."""
    width, height = SIZES[size]
    faults: list[str] = []
    with browser.new_context(
        viewport={"width": width, "height": height},
        java_script_enabled=has_script,
        base_url=address,
        locale="zh-CN",
    ) as context:
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        yield page
    assert faults == []
