"""An index of vectors that is read while it is written: as one that is opened afterwards."""

import asyncio
import random
from contextlib import closing
from pathlib import Path

from gongkai.engines.embedded.knn import SETTLE_SECONDS, EmbeddedVectors
from gongkai.engines.embedded.vectors import VectorFile, forget_vectors
from gongkai.engines.vector_port import StoredVector
from tests.engines.contract_vectors import DIMENSIONS, MODEL, draw

_READ = 40


def test_what_is_added_replaced_and_deleted_is_read_step_by_step(tmp_path: Path) -> None:
    now = [0.0]
    kept = EmbeddedVectors(tmp_path, MODEL, DIMENSIONS, lambda: now[0])
    choose = random.Random(7)
    with closing(VectorFile(tmp_path, MODEL)) as file:
        for step in range(15):
            numbers = choose.sample(range(_READ), 5)
            if step % 5 == 3:
                forget_vectors(tmp_path, [f"r{n}" for n in numbers])
            elif step % 5 == 4:
                file.prune([f"r{n}" for n in range(_READ) if n not in numbers])
            file.put([StoredVector(f"r{n}", f"{n} {step}", draw(n + step)) for n in numbers[:3]])
            if step == 11:
                file.put([StoredVector("r0", "0", draw(0))])
                (tmp_path / "vectors").rename(tmp_path / "earlier")
                file.put([StoredVector(f"r{n}", f"{n}", draw(n)) for n in range(_READ)])
            now[0] += SETTLE_SECONDS
            assert _read(kept) == _read(EmbeddedVectors(tmp_path, MODEL, DIMENSIONS))


def _read(index: EmbeddedVectors) -> list[tuple[str, str, float]]:
    found = asyncio.run(index.knn(draw(3), _READ))
    return [(each.id, each.digest, each.cosine) for each in found]
