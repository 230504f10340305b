"""What every engine's vectors have to do: keep, replace, drop, and name the nearest that may be."""

from collections.abc import Collection, Iterable, Sequence
from contextlib import closing
from dataclasses import replace

import numpy as np
import pytest

from gongkai.catalog.dates import PartialDate
from gongkai.catalog.stored_record import decode_record
from gongkai.engines.installation import Installation
from gongkai.engines.port import STAFF, IndexDocument
from gongkai.engines.vector_port import StoredVector, Vector
from gongkai.query.filters import published_between
from gongkai.query.tree import Query, Term
from gongkai.semantic import knn as nearest_module
from gongkai.semantic.knn import KnnQuery, search_knn
from gongkai.semantic.passages import choose_passage, name_passage, name_static
from tests.engines.contract import Make, Opened

MODEL, DIMENSIONS = "a model", 32


def draw(seed: int) -> Vector:
    """A vector of length 1, another for each seed."""
    values = np.random.default_rng(seed).standard_normal(DIMENSIONS).astype(np.float32)
    return values / np.float32(np.linalg.norm(values))


def rows_of(numbers: Iterable[int]) -> list[StoredVector]:
    return [StoredVector(f"r{n}", f"digest {n}", draw(n)) for n in numbers]


class VectorsContract:
    """A mixin beside EngineContract: it needs the fixtures `opened`, `make` and `fresh`."""

    def test_vectors_are_kept_replaced_and_dropped(
        self, opened: Opened, fresh: Installation
    ) -> None:
        with closing(fresh.open_vector_store(MODEL, DIMENSIONS)) as store:
            assert store.digests(["r1"]) == {}
            assert store.prune([]) == store.count() == 0
            store.put(rows_of(range(40)))
            store.put([StoredVector("r1", "another", draw(99))])
            assert store.count() == 40
            assert store.digests(["r0", "r1", "none"]) == {"r0": "digest 0", "r1": "another"}
            assert store.prune([f"r{n}" for n in range(30)]) == 10
        assert ask_vectors(opened, fresh, draw(99), 1) == ["r1"]
        assert set(ask_vectors(opened, fresh, draw(1), 100)) == {f"r{n}" for n in range(30)}

    def test_models_do_not_meet(self, opened: Opened, fresh: Installation) -> None:
        with closing(fresh.open_vector_store(MODEL, DIMENSIONS)) as store:
            store.put(rows_of(range(3)))
        other = fresh.open_vectors("another model", DIMENSIONS)
        assert opened.run(other.knn(draw(1), 5)) == []
        assert opened.run(other.size()) == 0
        opened.run(other.close())

    def test_the_nearest_come_first_with_their_cosines(
        self, opened: Opened, fresh: Installation
    ) -> None:
        with closing(fresh.open_vector_store(MODEL, DIMENSIONS)) as store:
            store.put(rows_of(range(200)))
        asked = draw(7) + draw(8) * np.float32(0.5)
        asked /= np.float32(np.linalg.norm(asked))
        cosines = {f"r{n}": float(draw(n) @ asked) for n in range(200)}
        expected = sorted(cosines, key=cosines.__getitem__, reverse=True)
        index = fresh.open_vectors(MODEL, DIMENSIONS)
        found = opened.run(index.knn(asked, 10))
        assert [each.id for each in found] == expected[:10]
        assert [each.cosine for each in found] == pytest.approx(
            [cosines[each.id] for each in found], abs=0.02
        )
        assert {each.digest for each in found} == {f"digest {each.id[1:]}" for each in found}
        among = expected[50:60]
        assert [each.id for each in opened.run(index.knn(asked, 4, among))] == among[:4]
        rows = opened.run(index.fetch(["r3", "none", "r5"]))
        assert {each.id: each.digest for each in rows} == {"r3": "digest 3", "r5": "digest 5"}
        for row in rows:
            assert row.values == pytest.approx(draw(int(row.id[1:])), abs=0.02)
        assert opened.run(index.fetch([])) == []
        opened.run(index.close())

    @pytest.mark.parametrize("few", [0, 500])
    def test_filters_and_the_wall_are_obeyed_before_the_nearest_are_taken(
        self,
        opened: Opened,
        make: Make,
        fresh: Installation,
        monkeypatch: pytest.MonkeyPatch,
        few: int,
    ) -> None:
        """As if nothing else were there; the two ways of looking, by what filters leave."""
        monkeypatch.setattr(nearest_module, "FEW", few)
        documents = [
            make(id=f"r{n}", genre="通知" if n % 7 == 0 else "公告", published_on=f"20{n % 20:02}")
            for n in range(100)
        ]
        opened.index(documents)
        with closing(fresh.open_vector_store(MODEL, DIMENSIONS)) as store:
            store.put([StoredVector(d.id, _digest_of(d), draw(int(d.id[1:]))) for d in documents])
            # Of records that are not there, and of a text that is another one now.
            store.put(rows_of([*range(100, 120), 9]))
        opened.store.withdraw(["r7", "r8"], cause=STAFF)
        index = fresh.open_vectors(MODEL, DIMENSIONS)
        public = [n for n in range(100) if n not in (7, 8, 9)]
        wanted: Sequence[tuple[dict[str, Query], list[int]]] = (
            ({}, public),
            ({"genre": Term("genre", "通知")}, [n for n in public if n % 7 == 0]),
            ({"year": Term("year", "2003")}, [n for n in public if n % 20 == 3]),
            ({"genre": Term("genre", "没有")}, []),
            (
                {"day": published_between(PartialDate(2015), None)},
                [n for n in public if n % 20 > 14],
            ),
        )
        for filters, numbers in wanted:
            asked = KnnQuery(draw(3), 9, -1.0, filters)
            found = opened.run(search_knn(opened.engine, index, asked))
            near = found.near
            # Eight bits a number change places with a neighbour; none is left out.
            expected = sorted((float(draw(n) @ draw(3)) for n in numbers), reverse=True)[:9]
            true = [float(draw(int(each.hit.id[1:])) @ draw(3)) for each in near]
            assert sorted(true, reverse=True) == pytest.approx(expected, abs=0.02), filters
            assert {each.hit.id for each in near} <= {f"r{n}" for n in numbers}
            assert not near or found.static_share > 0
            enough = opened.run(search_knn(opened.engine, index, replace(asked, floor=0.1))).near
            assert [e.hit.id for e in enough] == [e.hit.id for e in near if e.cosine >= 0.1]
        opened.run(index.close())

    def test_what_is_withdrawn_leaves_no_vector(
        self, opened: Opened, make: Make, fresh: Installation
    ) -> None:
        opened.index(make(id=f"r{n}") for n in range(5))
        with closing(fresh.open_vector_store(MODEL, DIMENSIONS)) as store:
            store.put(rows_of(range(5)))
            opened.store.withdraw(["r2"], cause=STAFF)
            assert store.digests(["r1", "r2"]) == {"r1": "digest 1"}
        assert "r2" not in ask_vectors(opened, fresh, draw(2), 5)


def _digest_of(document: IndexDocument) -> str:
    """Of both kinds of vectors, which searches mix while the model makes its own."""
    digest = name_passage(choose_passage(decode_record(document.stored)))
    return name_static(digest) if _has_static(document.id) else digest


def _has_static(record_id: str) -> bool:
    return int(record_id[1:]) % 2 == 1


def ask_vectors(
    opened: Opened,
    installation: Installation,
    vector: Vector,
    count: int,
    among: Collection[str] | None = None,
) -> list[str]:
    """Of an index that was opened just now."""
    index = installation.open_vectors(MODEL, DIMENSIONS)
    found = opened.run(index.knn(vector, count, among))
    opened.run(index.close())
    return [each.id for each in found]
