"""Attacks by size: parameters at many times their length, the longest queries over long texts."""

import random
import threading
from itertools import cycle
from urllib.parse import quote

import orjson

from bench.sizes import FACTORS, FILLERS, fill, list_described, repeat
from tests.attacks.rows import LONG
from tests.attacks.target import Target

CLIENTS, QUERIES = 4, 5
LONGEST = 1_000
PATHS = ("/search", "/api/v1/search", f"/records/{LONG}", f"/kiosk/records/{LONG}")


def outgrow_parameters(target: Target) -> None:
    """Each parameter of the API at 10 to 10,000 times its length, once and many times over."""
    described = orjson.loads(target.ask("/openapi.json").content)
    fillers = cycle(FILLERS)
    for path, name in list_described(described):
        for make in (fill, repeat):
            for factor in FACTORS:
                address = make(path.replace("{record_id}", LONG), name, next(fillers), factor)
                status = target.ask(address).status
                assert status in (200, 404, 414, 422, 431), (address[:200], status)
    assert target.is_well()


def ask_the_longest(target: Target) -> None:
    """Four clients with queries of 1,000 characters over a text of 500,000: others are answered."""
    statuses: list[int] = []

    def ask(seed: int) -> None:
        draw = random.Random(seed)
        for _ in range(QUERIES):
            words = (chr(draw.randrange(0x4E00, 0x9FA5)) for _ in range(LONGEST))
            text = f"饮水安全 {draw.choice(('', ' ', '工程')).join(words)}"[:LONGEST]
            statuses.extend(target.ask(f"{path}?q={quote(text)}").status for path in PATHS)

    threads = [threading.Thread(target=ask, args=(seed,)) for seed in range(CLIENTS)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        assert target.ask("/healthz").status == 200
        threads[0].join(0.1)
    for thread in threads:
        thread.join()
    assert len(statuses) == CLIENTS * QUERIES * len(PATHS)
    assert set(statuses) == {200}
    assert target.is_well()
