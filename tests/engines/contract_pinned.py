"""What every engine has to list for the vocabulary of staff: synonyms and pinned records."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

import pytest

from analyzers.synonyms import BOTH_WAYS
from gongkai.engines.installation import Installation
from gongkai.engines.port import STAFF
from gongkai.query.request import Scope, SearchRequest, Sort
from gongkai.search.responses import SearchAnswer
from gongkai.search.service import SearchService
from gongkai.staff.staff_database import open_ledger
from gongkai.staff.vocabulary import Entry, EntryKind, VocabularyStore
from tests.engines.contract import Make, Opened

TODAY = date(2026, 11, 28)
WORDED = ("关于饮水证补办的通知", "饮水证办理指南", "饮水证遗失声明的规定")
OFFICIAL = "水质检测报告核发办法"
OTHER = "图书馆借阅证管理规定"


def pin(record_id: str, text: str = "饮水证", expires: str = "") -> Entry:
    return Entry(EntryKind.PIN, text, record_id, expires=expires)


class PinnedContract:
    """A mixin beside EngineContract: it needs the fixtures `opened`, `make` and `fresh`."""

    @pytest.fixture
    def store(self, fresh: Installation) -> VocabularyStore:
        return VocabularyStore(
            open_ledger(fresh.settings.data_dir), lambda: datetime.now(UTC), lambda: TODAY
        )

    @pytest.fixture
    def curated(
        self, opened: Opened, make: Make, fresh: Installation, store: VocabularyStore
    ) -> SearchService:
        rows = [make(id=f"w{at}", title=title) for at, title in enumerate(WORDED)]
        official = make(id="official", title=OFFICIAL, publisher="安庆市财政局")
        opened.index([*rows, official, make(id="other", title=OTHER)])
        return SearchService(fresh, opened.engine).with_vocabulary(store.current)

    def test_pinned_records_come_first_in_their_order_and_are_counted(
        self, opened: Opened, curated: SearchService, store: VocabularyStore
    ) -> None:
        before = ask(opened, curated)
        assert sorted(ids(before)) == ["w0", "w1", "w2"]
        store.add([pin("other"), pin("w2"), pin("gone")], "编辑")
        answer = ask(opened, curated, text=" 饮水证 ")
        assert ids(answer)[:2] == ["other", "w2"]
        assert [hit.id for hit in answer.hits if hit.pinned] == ["other", "w2"]
        assert answer.total == len(answer.hits) == before.total + 1
        assert sum(each.count for each in answer.facets["year"]) == answer.total
        for sort in (Sort.NEWEST, Sort.OLDEST):
            dated = ask(opened, curated, sort=sort)
            assert (dated.total, any(hit.pinned for hit in dated.hits)) == (answer.total, False)
        pages = [ask(opened, curated, size=1, page=page) for page in (1, 2, 3, 4)]
        assert [ids(each)[0] for each in pages] == ids(answer)
        parts = opened.run(curated.explain(SearchRequest("饮水证"), "other"))
        assert "pinned.score" in {part.name for part in parts}
        assert ids(ask(opened, curated, text="饮水证办理"))[0] == "w1"

    def test_a_pin_follows_filters_switches_and_withdrawals(
        self, opened: Opened, curated: SearchService, store: VocabularyStore
    ) -> None:
        store.add([pin("official"), pin("other")], "编辑")
        only_water = {"publisher": ("安庆市水利局",)}
        assert ids(ask(opened, curated, chosen=only_water))[0] == "other"
        assert "other" not in ids(ask(opened, curated, scope=Scope.TITLE))
        assert "other" not in ids(ask(opened, curated, expand=False))
        opened.store.withdraw(["official"], cause=STAFF)
        assert ids(ask(opened, curated))[0] == "other"
        assert "official" not in ids(ask(opened, curated))

    def test_a_pin_is_listed_where_no_word_matches(
        self, opened: Opened, curated: SearchService, store: VocabularyStore
    ) -> None:
        assert ask(opened, curated, text="水本本").total == 0
        store.add([pin("official", "水本本")], "编辑")
        answer = ask(opened, curated, text="水本本")
        assert (ids(answer), answer.total) == (["official"], 1)

    def test_synonyms_apply_at_once_until_their_last_day(
        self, opened: Opened, curated: SearchService, store: VocabularyStore, fresh: Installation
    ) -> None:
        synonym = Entry(EntryKind.SYNONYM, "大红本", "水质检测报告", BOTH_WAYS, "2026-11-28")
        assert ask(opened, curated, text="大红本").total == 0
        # Another worker adds it.
        VocabularyStore(open_ledger(fresh.settings.data_dir)).add([synonym], "编辑")
        assert ids(ask(opened, curated, text="大红本")) == ["official"]
        assert ask(opened, curated, text="大红本").query.expanded == {"大红本": ["水质检测报告"]}
        assert store.remove(synonym.id, "编辑")
        assert ask(opened, curated, text="大红本").total == 0
        assert store.restore(synonym.id, "编辑")
        assert not store.restore(synonym.id, "编辑")
        assert ask(opened, curated, text="大红本").total == 1
        ended = Entry(EntryKind.SYNONYM, "大红本", "水质检测报告", BOTH_WAYS, "2026-11-27")
        store.add([ended], "编辑")
        assert ask(opened, curated, text="大红本").total == 0


def ask(
    opened: Opened, curated: SearchService, text: str = "饮水证", **options: object
) -> SearchAnswer:
    return opened.run(curated.search(SearchRequest(text, **options)))  # type: ignore[arg-type]


def ids(answer: SearchAnswer) -> Sequence[str]:
    return [hit.id for hit in answer.hits]
