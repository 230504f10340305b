"""What every engine does when its own state is lost, and when two ledgers are merged."""

import pytest

from gongkai.engines.port import DISCLOSURE, STAFF
from gongkai.engines.withdrawals import REOPENED, Withdrawal
from gongkai.errors import EngineUnavailableError, LostLedgerError
from tests.engines.contract import Make, Opened

EARLY, LATE = "2020-01-01T00:00:00+00:00", "2021-01-01T00:00:00+00:00"


class RecoveryContract:
    """A mixin beside EngineContract: it needs the fixtures `opened`, `make` and `fresh`."""

    def _lose_ledger(self) -> None:
        raise NotImplementedError

    def _lose_pointer(self) -> None:
        raise NotImplementedError

    def _damage_live(self) -> None:
        raise NotImplementedError

    def test_a_lost_ledger_is_never_taken_for_an_empty_one(
        self, opened: Opened, make: Make
    ) -> None:
        opened.index([make(id="a"), make(id="b")])
        opened.store.withdraw(["a"], cause=STAFF)
        assert opened.store.examine_ledger() == []
        self._lose_ledger()
        assert opened.store.examine_ledger() != []
        for begin in (opened.store.update, opened.store.rebuild, opened.store.recover):
            with pytest.raises(LostLedgerError, match="restore"):
                begin()
        with pytest.raises(LostLedgerError):
            opened.store.withdrawn()
        with pytest.raises(LostLedgerError):
            opened.store.withdraw(["b"], cause=STAFF)
        opened.store.restart_ledger()
        opened.store.put_withdrawals({"a": Withdrawal(EARLY, STAFF)})
        assert opened.store.examine_ledger() == []
        assert opened.all_ids() == ["b"]
        assert opened.is_withdrawn("a")

    def test_an_index_whose_live_pointer_is_lost_is_not_replaced_by_an_empty_one(
        self, opened: Opened, make: Make
    ) -> None:
        opened.index([make(id="a"), make(id="b")])
        self._lose_pointer()
        assert not any(each.live for each in opened.store.check_integrity())
        opened.index([make(id="c")])
        assert opened.all_ids() == ["a", "b", "c"]
        self._lose_pointer()
        assert opened.store.recover() is not None
        assert opened.all_ids() == ["a", "b", "c"]

    def test_a_damaged_live_generation_is_not_replaced_by_an_empty_one(
        self, opened: Opened, make: Make
    ) -> None:
        opened.index([make(id="a"), make(id="b")])
        self._damage_live()
        (examined,) = opened.store.check_integrity()
        assert examined.live
        assert examined.faults
        with pytest.raises(EngineUnavailableError, match="doctor"):
            opened.store.update()
        assert [each.name for each in opened.store.check_integrity()] == [examined.name]

    def test_a_restored_index_loses_again_what_was_withdrawn(
        self, opened: Opened, make: Make
    ) -> None:
        """The ledger knows of a withdrawal that a snapshot of the index is older than."""
        opened.index([make(id=each) for each in "abc"])
        opened.store.withdraw(["c"], cause=STAFF)
        assert opened.store.examine_ledger() == []
        ledger = opened.store._backend.ledger  # type: ignore[attr-defined]
        ledger.put({"a": Withdrawal(LATE, STAFF, erased=True)})
        (fault,) = opened.store.examine_ledger()
        assert "1 withdrawn records" in fault
        assert opened.store.recover() is None
        assert opened.all_ids() == ["b"]
        assert opened.store.examine_ledger() == []

    def test_states_of_another_ledger_are_taken_as_they_are(
        self, opened: Opened, make: Make
    ) -> None:
        opened.index([make(id=each) for each in "abc"])
        states = {"a": Withdrawal(EARLY, DISCLOSURE), "b": Withdrawal(LATE, REOPENED)}
        opened.store.put_withdrawals(states)
        assert opened.all_ids() == ["b", "c"]
        assert opened.store.withdrawn() == {"a": DISCLOSURE}
        kept = opened.store.withdrawals()
        assert {key: (each.when, each.cause) for key, each in kept.items()} == {
            "a": (EARLY, DISCLOSURE),
            "b": (LATE, REOPENED),
        }
        assert (opened.is_withdrawn("a"), opened.is_withdrawn("b")) == (True, False)

    def test_reopening_a_record_keeps_its_time(self, opened: Opened, make: Make) -> None:
        opened.index([make(id="a")])
        opened.store.withdraw(["a"], cause=STAFF)
        assert opened.store.restore(["a"]) == {"a": True}
        assert opened.store.restore(["a"]) == {"a": False}
        entry = opened.store.withdrawals()["a"]
        assert (entry.cause, bool(entry.when)) == (REOPENED, True)
        assert opened.store.withdrawn() == {}
        assert not opened.is_withdrawn("a")
        opened.index([make(id="a")])
        assert opened.all_ids() == ["a"]
