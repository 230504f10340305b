"""What every engine has to keep of a corrected record, and what it has to erase."""

from gongkai.catalog.stored_record import decode_record
from gongkai.engines.port import DISCLOSURE, STAFF
from gongkai.engines.withdrawals import REOPENED, Withdrawal
from tests.engines.contract import Make, Opened


class VersionsContract:
    """A mixin beside EngineContract: it needs the fixtures `opened` and `make`."""

    def titles_before(self, opened: Opened, record_id: str) -> list[str]:
        return [
            decode_record(each.stored).title for each in opened.store.earlier_versions(record_id)
        ]

    def test_a_corrected_record_keeps_what_was_public(self, opened: Opened, make: Make) -> None:
        opened.index([make(id="a", title="供水通知一"), make(id="b", title="供水公告")])
        opened.index([make(id="a", title="供水通知二"), make(id="b", title="供水公告")])
        opened.index([make(id="a", title="供水通知三")])
        assert self.titles_before(opened, "a") == ["供水通知二", "供水通知一"]
        assert self.titles_before(opened, "b") == []
        with opened.store.rebuild() as writer:
            writer.put(make(id="a", title="供水通知四"))
            writer.put(make(id="b", title="供水公告"))
            writer.commit()
            opened.store.publish(writer.name)
        assert self.titles_before(opened, "a") == ["供水通知三", "供水通知二", "供水通知一"]
        assert self.titles_before(opened, "b") == []

    def test_what_is_closed_keeps_no_versions(self, opened: Opened, make: Make) -> None:
        for number in "一二":
            opened.index([make(id=each, title=f"供水通知{number}") for each in "abcd"])
        opened.store.withdraw(["a"], cause=STAFF)
        opened.store.withdraw(["b"], cause=DISCLOSURE)
        opened.index([make(id="c", title="供水通知三", disclosure="依申请公开")])
        assert not any(self.titles_before(opened, each) for each in "abc")
        assert self.titles_before(opened, "d") == ["供水通知一"]
        opened.store.restore(["a"])
        opened.index([make(id="a", title="供水通知三")])
        assert self.titles_before(opened, "a") == []

    def test_versions_from_before_a_withdrawal_elsewhere_are_not_found(
        self, opened: Opened, make: Make
    ) -> None:
        for number in "一二":
            opened.index([make(id="a", title=f"供水通知{number}")])
        # The machine that withdrew it has another data folder.
        opened.store.put_withdrawals({"a": Withdrawal("2999-01-01T00:00:00+00:00", REOPENED)})
        assert self.titles_before(opened, "a") == []
