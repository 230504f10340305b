"""What every engine logs: events with names and counts, never a title or an id."""

import json
import logging
from contextlib import closing

import pytest

from gongkai.engines.port import STAFF, IndexStore
from gongkai.events import JsonLines
from tests.engines.contract import Make, Opened

TITLE = "龘靐管理办法"


class EventsContract:
    """A mixin beside EngineContract: it needs the fixtures `opened` and `make`."""

    def _other_store(self) -> IndexStore:
        raise NotImplementedError

    @pytest.fixture(autouse=True)
    def _log(self, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.INFO, logger="gongkai")
        self._captured = caplog

    def _read_log(self) -> list[dict[str, object]]:
        """The lines since the last call, as they are written."""
        records = [each for each in self._captured.records if each.name == "gongkai.engines"]
        lines = [JsonLines().format(each) for each in records]
        self._captured.clear()
        assert not any(TITLE in line or "secret-id" in line for line in lines)
        return [json.loads(line) for line in lines]

    def test_the_life_of_generations_is_logged(self, opened: Opened, make: Make) -> None:
        opened.index([make(id="secret-id", title=TITLE), make(id="b")])
        (first,) = [each.name for each in opened.store.generations()]
        lines = self._read_log()
        assert [(each["message"], each["generation"]) for each in lines] == [
            ("generation.started", first),
            ("generation.committed", first),
            ("generation.published", first),
        ]
        assert (lines[1]["records"], lines[2]["before"]) == (2, None)
        for _ in range(2):
            opened.rebuild([make(id="b")])
        third, second = [each.name for each in opened.store.generations()]
        assert [(each["message"], each["generation"]) for each in self._read_log()] == [
            *((f"generation.{step}", second) for step in ("started", "committed", "published")),
            *((f"generation.{step}", third) for step in ("started", "committed", "published")),
            ("generation.dropped", first),
        ]
        opened.store.rollback()
        opened.store.drop_others()
        back, dropped = self._read_log()
        assert (back["message"], back["generation"], back["before"]) == (
            "generation.rolled_back",
            second,
            third,
        )
        assert (dropped["message"], dropped["generation"]) == ("generation.dropped", third)

    def test_a_failed_rebuild_is_logged_as_dropped(self, opened: Opened, make: Make) -> None:
        opened.index([make(id="b")])
        self._read_log()

        def fail() -> None:
            with opened.store.rebuild():
                raise RuntimeError(TITLE)

        with pytest.raises(RuntimeError):
            fail()
        started, dropped = self._read_log()
        assert (started["message"], dropped["message"]) == (
            "generation.started",
            "generation.dropped",
        )
        assert started["generation"] == dropped["generation"]

    def test_withdrawals_are_logged_by_number_and_cause(self, opened: Opened, make: Make) -> None:
        opened.index([make(id="secret-id", title=TITLE), make(id="b")])
        self._read_log()
        opened.store.withdraw(["secret-id", "none"], cause=STAFF)
        opened.store.restore(["secret-id"])
        applied, lifted = self._read_log()
        assert (applied["message"], applied["records"], applied["cause"]) == (
            "withdrawal.applied",
            1,
            STAFF,
        )
        assert (lifted["message"], lifted["records"]) == ("withdrawal.lifted", 1)

    def test_a_withdrawal_beside_a_writer_is_logged_too(self, opened: Opened, make: Make) -> None:
        opened.index([make(id="secret-id", title=TITLE)])
        with opened.store.update(), closing(self._other_store()) as other:
            self._read_log()
            other.withdraw(["secret-id"], cause=STAFF)
            (applied,) = self._read_log()
        assert (applied["message"], applied["records"]) == ("withdrawal.applied", 1)
