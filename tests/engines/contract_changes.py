"""The change journal of every engine: each change once, in order, whatever changed the index."""

from contextlib import closing, suppress

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gongkai.engines.changes import ChangeKind, ChangePage
from gongkai.engines.port import DISCLOSURE, STAFF, IndexStore
from gongkai.engines.withdrawals import Withdrawal
from gongkai.errors import EngineUnavailableError
from tests.engines.contract import Make, Opened

PUBLISHED, CHANGED, WITHDRAWN = ChangeKind
LATE = "2021-01-01T00:00:00+00:00"

_ACTS = st.sampled_from(("index", "rebuild", "withdraw", "restore", "rollback"))
_STATES = st.dictionaries(
    st.sampled_from("abcdef"), st.sampled_from("一二"), min_size=1, max_size=4
)


def _read(opened: Opened, after: int = 0, limit: int = 100) -> ChangePage:
    return opened.run(opened.engine.changes(after, limit))


class Reader:
    """A program that follows the journal in small pages and knows what is public."""

    def __init__(self, opened: Opened) -> None:
        self._opened = opened
        self._at = 0
        self.public: set[str] = set()
        self.told: list[tuple[str, ChangeKind]] = []

    def follow(self) -> list[tuple[str, ChangeKind]]:
        """Returns what is new, and checks that nothing is told twice or out of order."""
        told: list[tuple[str, ChangeKind]] = []
        while changes := _read(self._opened, self._at, 2).changes:
            numbers = [each.sequence for each in changes]
            assert numbers == sorted(set(numbers))
            assert numbers[0] > self._at
            self._at = numbers[-1]
            told += [(each.id, each.kind) for each in changes]
        assert len({each for each, _ in told}) == len(told)
        for record_id, kind in told:
            if kind is WITHDRAWN:
                self.public.discard(record_id)
            else:
                self.public.add(record_id)
        self.told += told
        return told


class ChangesContract:
    """A mixin beside EngineContract: it needs the fixtures `opened` and `make`."""

    def _other_store(self) -> IndexStore:
        raise NotImplementedError

    def test_before_the_first_run_there_is_no_change(self, opened: Opened) -> None:
        assert _read(opened) == ChangePage("", (), 0)

    def test_a_change_is_told_once_and_in_order(self, opened: Opened, make: Make) -> None:
        reader = Reader(opened)
        opened.index([make(id="a"), make(id="b"), make(id="c")])
        assert sorted(reader.follow()) == [(each, PUBLISHED) for each in "abc"]
        opened.index([make(id="a"), make(id="b", title="关于修订供水办法的通知")])
        assert reader.follow() == [("b", CHANGED)]
        with opened.store.update() as writer:
            writer.delete("c")
            writer.put(make(id="d"))
            writer.commit()
        assert sorted(reader.follow()) == [("c", WITHDRAWN), ("d", PUBLISHED)]
        assert reader.follow() == []
        everything = _read(opened)
        assert [(each.id, each.kind) for each in everything.changes[:1]] == [("a", PUBLISHED)]
        assert sorted(each.id for each in everything.changes) == ["a", "b", "c", "d"]
        assert everything.last == everything.changes[-1].sequence

    def test_a_rebuild_and_a_rollback_tell_what_differs(self, opened: Opened, make: Make) -> None:
        opened.index([make(id=each) for each in "abc"])
        reader = Reader(opened)
        reader.follow()
        opened.rebuild([make(id=each) for each in "abc"])
        assert reader.follow() == []
        opened.rebuild([make(id="a"), make(id="b", summary="新的概述"), make(id="d")])
        assert sorted(reader.follow()) == [("b", CHANGED), ("c", WITHDRAWN), ("d", PUBLISHED)]
        opened.store.rollback()
        assert sorted(reader.follow()) == [("b", CHANGED), ("c", PUBLISHED), ("d", WITHDRAWN)]
        assert reader.public == set(opened.all_ids())

    def test_a_withdrawal_is_told_at_once(self, opened: Opened, make: Make) -> None:
        opened.index([make(id="a"), make(id="b"), make(id="c")])
        reader = Reader(opened)
        reader.follow()
        opened.store.withdraw(["a", "never"], cause=STAFF)
        assert reader.follow() == [("a", WITHDRAWN)]
        with (
            opened.store.update() as writer,
            closing(self._other_store()) as other,
        ):
            other.withdraw(["b", "unborn"], cause=STAFF)
            assert reader.follow() == [("b", WITHDRAWN)]
            writer.put(make(id="unborn"))
            writer.commit()
        assert reader.follow() == []
        opened.store.restore(["a"])
        assert reader.follow() == []
        opened.index([make(id="a")])
        assert reader.follow() == [("a", PUBLISHED)]
        opened.store.put_withdrawals({"c": Withdrawal(LATE, DISCLOSURE)})
        assert reader.follow() == [("c", WITHDRAWN)]
        assert reader.public == set(opened.all_ids()) == {"a"}

    def test_a_failed_run_tells_what_it_committed(self, opened: Opened, make: Make) -> None:
        opened.index([make(id="a")])
        reader = Reader(opened)
        reader.follow()
        with suppress(RuntimeError), opened.store.update() as writer:
            writer.put(make(id="b"))
            writer.commit()
            writer.put(make(id="c"))
            raise RuntimeError
        assert reader.follow() == [("b", PUBLISHED)]
        with suppress(RuntimeError), opened.store.rebuild() as writer:
            writer.put(make(id="d"))
            writer.commit()
            raise RuntimeError
        opened.index([make(id="a")])
        assert reader.follow() == []

    def test_a_lost_comparison_is_made_up_for(self, opened: Opened, make: Make) -> None:
        """A process is killed after it switched generations and before it wrote the journal."""
        opened.index([make(id="a"), make(id="b")])
        opened.rebuild([make(id="a", summary="新的概述"), make(id="c")])
        reader = Reader(opened)
        reader.follow()
        (_, older) = opened.store.generations()
        opened.store._backend.generations.point_at(older.name)  # type: ignore[attr-defined]
        assert reader.follow() == []
        opened.index([])
        assert sorted(reader.follow()) == [("a", CHANGED), ("b", PUBLISHED), ("c", WITHDRAWN)]
        assert reader.public == set(opened.all_ids())

    @given(st.lists(st.tuples(_ACTS, _STATES), min_size=1, max_size=4))
    @settings(max_examples=10, suppress_health_check=list(HealthCheck))
    def test_a_reader_knows_what_is_public(
        self, opened: Opened, make: Make, steps: list[tuple[str, dict[str, str]]]
    ) -> None:
        """Whatever is done between two reads."""
        reader = Reader(opened)
        for act, states in steps:
            closed = opened.store.withdrawn() if act in ("index", "rebuild") else {}
            documents = [make(id=i, summary=s) for i, s in states.items() if i not in closed]
            match act:
                case "index":
                    opened.index(documents)
                case "rebuild":
                    opened.rebuild(documents)
                case "withdraw":
                    opened.store.withdraw(states, cause=STAFF)
                case "restore":
                    opened.store.restore(states)
                case _:
                    with suppress(EngineUnavailableError):
                        opened.store.rollback()
            reader.follow()
            if opened.store.generations():
                assert reader.public == set(opened.all_ids())
