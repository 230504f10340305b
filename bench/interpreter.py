"""Measures the interpretation of a query, compared with segmentation only.

    python -m bench.interpreter FILE

FILE is JSON Lines with `text`. Every text runs once as a warm-up, then three times; both alternate.
"""

import statistics
import sys
import time
from pathlib import Path

from gongkai.engines.installation import open_installation
from gongkai.evaluation.metrics import read_queries
from gongkai.query.expansion import QueryExpander
from gongkai.query.interpreter import QueryInterpreter
from gongkai.settings import Settings

_ROUNDS = 3


def measure(path: Path) -> None:
    """Prints p50 and p99 in milliseconds, and the ratio of the medians."""
    installation = open_installation(Settings())
    expander = QueryExpander(installation.synonyms, installation.tables.agencies)
    interpreter = QueryInterpreter(installation.analysis, expander=expander)
    texts = [text for query in read_queries(path) for text in query.texts.values()]
    for text in texts:
        interpreter.interpret(text)
    reading: list[float] = []
    cutting: list[float] = []
    for text in texts * _ROUNDS:
        began = time.perf_counter()
        interpreter.interpret(text)
        read = time.perf_counter()
        installation.analysis.tokenize(text)
        cutting.append(time.perf_counter() - read)
        reading.append(read - began)
    for name, seconds in (("interpretation", reading), ("segmentation", cutting)):
        cuts = statistics.quantiles(seconds, n=100)
        print(f"{name:<14} p50 {cuts[49] * 1000:.3f} ms  p99 {cuts[98] * 1000:.3f} ms")
    ratio = statistics.median(reading) / statistics.median(cutting)
    print(f"{len(texts):,} texts, ratio of medians {ratio:.1f}")


if __name__ == "__main__":
    measure(Path(sys.argv[1]))
