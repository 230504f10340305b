"""The circuit opens after failures in a row, and finds out by itself that the cluster is back."""

import asyncio

import pytest

from gongkai.engines.elastic.circuit import FAILURES_TO_OPEN, SECONDS_OPEN, Circuit
from gongkai.errors import EngineUnavailableError, NothingIndexedError, QueryTimeoutError


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


async def ask(circuit: Circuit, *, fails: bool) -> None:
    async with circuit.guard():
        if fails:
            raise EngineUnavailableError("away")


def fail(circuit: Circuit, times: int) -> None:
    for _ in range(times):
        with pytest.raises(EngineUnavailableError, match="away"):
            asyncio.run(ask(circuit, fails=True))


def test_it_opens_after_failures_in_a_row() -> None:
    circuit = Circuit(Clock())
    fail(circuit, FAILURES_TO_OPEN - 1)
    asyncio.run(ask(circuit, fails=False))
    fail(circuit, FAILURES_TO_OPEN - 1)
    assert not circuit.is_open
    fail(circuit, 1)
    assert circuit.is_open
    with pytest.raises(EngineUnavailableError, match="away"):
        asyncio.run(ask(circuit, fails=False))


def test_one_question_finds_out_that_it_is_back() -> None:
    clock = Clock()
    circuit = Circuit(clock)
    fail(circuit, FAILURES_TO_OPEN)
    clock.now += SECONDS_OPEN

    async def meet() -> None:
        async with circuit.guard():
            assert circuit.is_open, "the others wait until the one that looks has come back"
        assert not circuit.is_open

    asyncio.run(meet())
    asyncio.run(ask(circuit, fails=False))


@pytest.mark.parametrize("kind", [NothingIndexedError, QueryTimeoutError])
def test_an_empty_cluster_or_a_slow_query_is_not_away(kind: type[EngineUnavailableError]) -> None:
    circuit = Circuit(Clock())

    async def find_nothing() -> None:
        async with circuit.guard():
            raise kind

    for _ in range(2 * FAILURES_TO_OPEN):
        with pytest.raises(kind):
            asyncio.run(find_nothing())
    assert not circuit.is_open


def test_other_errors_are_not_the_clusters_fault() -> None:
    circuit = Circuit(Clock())

    async def stumble() -> None:
        async with circuit.guard():
            raise ValueError("of this one question")

    for _ in range(2 * FAILURES_TO_OPEN):
        with pytest.raises(ValueError, match="of this one question"):
            asyncio.run(stumble())
    assert not circuit.is_open
