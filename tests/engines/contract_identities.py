"""What every engine finds by identity keys, and what it says of ids that were never public."""

from gongkai.catalog.identity import by_kind
from gongkai.engines.port import DISCLOSURE, STAFF, IndexStore
from indexer.record_ids import read_keys
from tests.engines.contract import Make, Opened

NUMBER = "宜水〔2020〕8号"


def _find(opened: Opened, *keys: str, live: bool = False) -> list[str]:
    return sorted(record_id for record_id, _ in opened.store.find_identities(keys, live=live))


class IdentitiesContract:
    """Inherited beside EngineContract, whose fixtures it uses."""

    def _other_store(self) -> IndexStore:
        raise NotImplementedError

    def test_records_are_found_by_any_of_their_keys(self, opened: Opened, make: Make) -> None:
        first = make(id="a", document_number=NUMBER, url="http://a.example/1.html")
        opened.index([first, make(id="b", document_number="宜水[2020] 8号", title="另一件通知")])
        said = by_kind(read_keys(first))
        assert _find(opened, f"number:{said['number']}") == ["a", "b"]
        assert _find(opened, f"url:{said['url']}", "number:none") == ["a"]
        assert dict(opened.store.find_identities(read_keys(first)))["a"] == read_keys(first)
        assert _find(opened) == _find(opened, "url:none") == []

    def test_a_writer_knows_what_it_holds(self, opened: Opened, make: Make) -> None:
        document = make(id="a")
        opened.index([document])
        with opened.store.update() as writer:
            assert writer.identities("a") == read_keys(document)
            assert writer.identities("b") == ()
            assert writer.stored("a") == document.stored
            assert writer.stored("b") is None
            assert writer.count() == 1
            writer.put(make(id="b"))
            writer.commit()
            assert writer.count() == 2
            assert writer.stored("b") == make(id="b").stored

    def test_keys_are_found_in_every_generation_or_the_live_one(
        self, opened: Opened, make: Make
    ) -> None:
        key = f"title:{by_kind(read_keys(make(id='a')))['title']}"
        opened.index([make(id="a"), make(id="b")])
        opened.rebuild([make(id="b")])
        assert _find(opened, key) == ["a", "b", "b"]
        assert _find(opened, key, live=True) == ["b"]
        opened.store.withdraw(["b"], cause=STAFF)
        assert _find(opened, key) == ["a"]

    def test_many_keys_and_many_records(self, opened: Opened, make: Make) -> None:
        documents = [make(id=f"r{place}") for place in range(30)]
        opened.index(documents)
        keys = [f"id:{by_kind(read_keys(each))['id']}" for each in documents]
        assert len(_find(opened, *keys, *(f"id:x{n}" for n in range(11_000)))) == 30

    def test_an_id_that_was_never_public_is_not_said_to_be_withdrawn(
        self, opened: Opened, make: Make
    ) -> None:
        opened.index([make(id="a")])
        assert opened.store.withdraw(["never"], cause=DISCLOSURE) == {"never": False}
        assert not opened.is_withdrawn("never")
        with opened.store.update() as writer:
            # Another process withdraws while this one writes.
            other = self._other_store()
            assert other.withdraw(["a", "never"], cause=STAFF) == {"a": True, "never": False}
            writer.put(make(id="never"))
            writer.commit()
        assert set(opened.store.withdrawn()) == {"a", "never"}
        assert opened.all_ids() == []
        assert opened.is_withdrawn("a")
        assert not opened.is_withdrawn("never")

    def test_a_withdrawal_within_the_own_writer_counts_at_once(
        self, opened: Opened, make: Make
    ) -> None:
        opened.index([make(id="a"), make(id="b")])
        with opened.store.update() as writer:
            writer.delete("a")
            found = opened.store.withdraw(["a", "never"], cause=DISCLOSURE)
            assert found == {"a": True, "never": False}
            assert opened.all_ids() == ["b"]
            assert opened.is_withdrawn("a")
            writer.commit()
        assert opened.all_ids() == ["b"]
        assert set(opened.store.withdrawn()) == {"a"}

    def test_a_record_deleted_before_it_was_public_is_not_found(
        self, opened: Opened, make: Make
    ) -> None:
        opened.index([make(id="a")])
        with opened.store.rebuild() as writer:
            writer.put(make(id="a"))
            writer.put(make(id="b"))
            writer.commit()
            writer.delete("b")
            writer.commit()
            opened.store.publish(writer.name)
        assert opened.store.withdraw(["b"], cause=DISCLOSURE) == {"b": False}
        assert not opened.is_withdrawn("b")
