"""What does a question cost that every shard has to answer? A simulation from measured times.

    python -m bench.fanout MILLISECONDS_P50 MILLISECONDS_P99

A shard's time is drawn from a log-normal law through the two quantiles of one shard; a question
is done when its slowest shard is, plus what merging one shard's answer costs. Copies: the same
work on the copy that would be done first, as adaptive replica selection approaches it.
"""

import math
import random
import statistics
import sys

SHARDS = (1, 3, 10, 30, 100, 300, 1_000)
DRAWS = 4_000
MERGE_MILLISECONDS = 0.02
"""One shard's part of ten facets and ten hits, merged; measured as the slope over shards."""
_Z99 = 2.326


def simulate(median: float, p99: float, shards: int, copies: int) -> tuple[float, float]:
    """p50 and p99 of a question over so many shards, in milliseconds."""
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
    """Print a table."""
    print(f"one shard: p50 {median} ms, p99 {p99} ms")
    print("| shards | p50 | p99 | p50 with a copy to choose | p99 with a copy to choose |")
    print("|---|---|---|---|---|")
    for shards in SHARDS:
        figures = [*simulate(median, p99, shards, 1), *simulate(median, p99, shards, 2)]
        print(f"| {shards} | " + " | ".join(f"{figure:.0f} ms" for figure in figures) + " |")


if __name__ == "__main__":
    main(float(sys.argv[1]), float(sys.argv[2]))
