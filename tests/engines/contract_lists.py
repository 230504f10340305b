"""One list for one query: orders, facets, pages and exports hold the records counted."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import chain, product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gongkai.engines.installation import Installation
from gongkai.query.request import SearchRequest, Sort
from gongkai.search.responses import FacetValueView, SearchAnswer
from gongkai.search.service import SearchService
from tests.engines.contract import Make, Opened
from tests.scale import scaled

SUBJECTS = ("农村饮水安全", "住房公积金提取", "失业保险金申领", "城乡低保标准", "老旧小区加装电梯")
FORMS = ("通知", "办事指南", "2021年工作总结", "实施办法")
PUBLISHERS = ("安庆市水利局", "安庆市财政局", "安庆市民政局")
BODIES = ("申请条件和材料", "由人民政府公布，公民、法人可以提取", "失业人员领取条件", "")
WORDS = (
    *("饮水", "公积金", "提取", "失业金", "领取", "条件", "低保", "加装电梯", "怎么申请", "民政"),
    *(
        "人民政府",
        "办事指南",
        "2021年的",
        "标准",
        "火星",
        "供积金",
        "“低保”",
        '"公积金提取"',
        "-通知",
    ),
)
texts = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join)
FACETS = ("year", "publisher", "genre", "disclosure")


class ListsContract:
    """A mixin beside EngineContract: it needs the fixtures `opened`, `make` and `fresh`."""

    @pytest.fixture
    def lists(self, opened: Opened, make: Make, fresh: Installation) -> "Lists":
        rows = enumerate(product(SUBJECTS, FORMS))
        opened.index(
            make(
                id=f"r{at:02}",
                title=f"关于{subject}的{form}",
                publisher=PUBLISHERS[at % 3],
                published_on=f"20{19 + at % 4}-0{1 + at % 9}-11",
                body=BODIES[at % 4],
            )
            for at, (subject, form) in rows
        )
        return Lists(opened, SearchService(fresh, opened.engine))

    def test_what_is_counted_is_what_is_listed(self, lists: "Lists") -> None:
        @settings(
            max_examples=scaled(8, 100),
            deadline=None,
            suppress_health_check=[HealthCheck.function_scoped_fixture],
        )
        @given(texts, st.sampled_from([{}, {"publisher": (PUBLISHERS[0],)}, {"year": ("2021",)}]))
        def check(text: str, chosen: Mapping[str, tuple[str, ...]]) -> None:
            lists.check(SearchRequest(text, chosen=chosen, facets=FACETS, size=100))

        check()

    def test_the_list_goes_on_after_full_matches(self, lists: "Lists") -> None:
        answer = lists.ask(SearchRequest("公积金提取 办事指南", size=100))
        assert answer.hits[0].title == "关于住房公积金提取的办事指南"
        assert 0 < answer.query.complete < answer.total == len(answer.hits)

    def test_a_cursor_goes_on_in_the_list_without_the_date(self, lists: "Lists") -> None:
        request = SearchRequest("2035年的饮水", size=1)
        assert lists.ask(request).total == len(FORMS)
        assert lists.follow(request) == _ids(lists.ask(replace(request, size=100)))


class Lists:
    """Requests of one service, and the laws that their answers obey."""

    def __init__(self, opened: Opened, service: SearchService) -> None:
        self._opened = opened
        self._service = service

    def ask(self, request: SearchRequest) -> SearchAnswer:
        return self._opened.run(self._service.search(request))

    def follow(self, request: SearchRequest) -> list[str]:
        """Returns the ids of all pages, each reached by the cursor of the one before."""
        answer = self.ask(request)
        ids = _ids(answer)
        while answer.next_cursor:
            answer = self.ask(replace(request, cursor=answer.next_cursor))
            ids += _ids(answer)
        return sorted(ids)

    def check(self, request: SearchRequest) -> None:
        answer = self.ask(request)
        ids = _ids(answer)
        assert answer.total == len(ids)
        for sort in (Sort.NEWEST, Sort.OLDEST):
            assert _ids(self.ask(replace(request, sort=sort))) == ids
        assert sorted(chain.from_iterable(self._pages(request, 7))) == ids
        assert self._opened.run(self._export(request)) == ids
        strict = self.ask(replace(request, relax=False, dates=not answer.query.relaxed))
        if answer.query.relaxed and not answer.query.date and not answer.query.corrected_from:
            assert answer.query.complete == strict.total
            assert set(_ids(strict)) <= set(ids)
        for name in FACETS:
            self._check_facet(request, name, answer.facets[name])

    def _check_facet(
        self, request: SearchRequest, name: str, values: Sequence[FacetValueView]
    ) -> None:
        whole = self._opened.run(self._service.facet(request, name))
        assert {v.value: v.count for v in values} == {v.value: v.count for v in whole}
        for value in values:
            chosen = {**request.chosen, name: (value.value,)}
            assert self.ask(replace(request, chosen=chosen)).total == value.count

    def _pages(self, request: SearchRequest, size: int) -> list[list[str]]:
        total = self.ask(request).total
        pages = range(1, total // size + 2)
        return [_ids(self.ask(replace(request, page=page, size=size))) for page in pages]

    async def _export(self, request: SearchRequest) -> list[str]:
        return sorted([record.id async for record in self._service.every(request)])


def _ids(answer: SearchAnswer) -> list[str]:
    return sorted(hit.id for hit in answer.hits)
