"""Asks the product's search service from a test, with one event loop of its own."""

import asyncio
import threading
from collections.abc import Coroutine
from datetime import date
from typing import Any, TypeVar

from gongkai.engines.installation import Installation
from gongkai.query.request import SearchRequest
from gongkai.search.responses import SearchAnswer
from gongkai.search.service import SearchService

Answer = TypeVar("Answer")


class Asker:
    """The search service of one installation, and a loop to ask it from."""

    def __init__(self, installation: Installation, today: date | None = None) -> None:
        self.engine = installation.open_engine()
        clock = (lambda: today) if today else date.today
        self.service = SearchService(installation, self.engine, today=clock)
        self._loop = asyncio.new_event_loop()
        # Of its own thread: a browser of other tests may keep a loop in this one.
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()

    def run(self, asking: Coroutine[Any, Any, Answer]) -> Answer:
        return asyncio.run_coroutine_threadsafe(asking, self._loop).result()

    def search(self, text: str, **options: Any) -> SearchAnswer:
        return self.run(self.service.search(SearchRequest(text, **{"facets": (), **options})))

    def close(self) -> None:
        self.run(self.engine.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
