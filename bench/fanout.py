"""Simulates the latency of a query that many shards have to answer.

    python -m bench.fanout MILLISECONDS_P50 MILLISECONDS_P99

The time of a shard follows a log-normal distribution through the two quantiles of one shard. A
query takes as long as its slowest shard, plus the time of merging each shard's response. With
copies, the faster copy answers, as adaptive replica selection approximates it.
"""

import math
import random
import statistics
import sys

SHARDS = (1, 3, 10, 30, 100, 300, 1_000)
DRAWS = 4_000
MERGE_MILLISECONDS = 0.02
"""Time to merge one shard's share of ten facets and ten hits, measured as a slope over shards."""
_Z99 = 2.326


def simulate(median: float, p99: float, shards: int, copies: int) -> tuple[float, float]:
    """Returns p50 and p99 of a query over this number of shards, in milliseconds."""
    draw = random.Random(shards * 10 + copies)
    sigma = math.log(p99 / median) / _Z99
    times = []
    for _ in range(DRAWS):
        slowest = max(
            min(draw.lognormvariate(math.log(median), sigma) for _ in range(copies))
            for _ in range(shards)
        )
        times.append(slowest + MERGE_MILLISECONDS * shards)
    cuts = statistics.quantiles(times, n=100)
    return cuts[49], cuts[98]


def main(median: float, p99: float) -> None:
    """Prints a table."""
    print(f"one shard: p50 {median} ms, p99 {p99} ms")
    print("| shards | p50 | p99 | p50 with a copy to choose | p99 with a copy to choose |")
    print("|---|---|---|---|---|")
    for shards in SHARDS:
        figures = [*simulate(median, p99, shards, 1), *simulate(median, p99, shards, 2)]
        print(f"| {shards} | " + " | ".join(f"{figure:.0f} ms" for figure in figures) + " |")


if __name__ == "__main__":
    main(float(sys.argv[1]), float(sys.argv[2]))
