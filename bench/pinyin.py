"""Measures how often a key word typed in pinyin is among the first suggestions.

    python -m bench.pinyin FILE [COUNT]

FILE contains records as JSON Lines. For COUNT titles (fixed seed), the word with the highest tf-idf
and a random word are typed in full pinyin and by initials. Prints the share among the first 8 by
length, and the time per call.
"""

import math
import random
import statistics
import sys
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from analyzers.completion import CompletionIndex
from analyzers.dictionary import load_dictionary
from analyzers.pinyin import read_word
from analyzers.text_analyzer import TextAnalyzer
from indexer.sources.json_lines import read_json_lines
from indexer.sources.row import SourceRow

FIRST = 8


def read_titles(path: Path) -> list[str]:
    """Returns the titles of a file of records."""
    rows = read_json_lines(path, lambda _: None)
    return [str(row.fields["title"]) for row in rows if isinstance(row, SourceRow)]


def count_words(titles: list[str], analysis: TextAnalyzer) -> Counter[str]:
    """Returns word (at least two characters) -> number of titles that contain it."""
    return Counter(word for title in titles for word in set(content_words(title, analysis)))


def content_words(title: str, analysis: TextAnalyzer) -> list[str]:
    """Returns the Chinese words of a title that can be suggestions."""
    words = analysis.tokenize(title)
    return [w for w in words if len(w) > 1 and read_word(w) and not analysis.is_stopword(w)]


def measure(path: Path, count: int) -> None:
    """Prints shares, then times."""
    analysis = TextAnalyzer(load_dictionary())
    titles = read_titles(path)
    counts = count_words(titles, analysis)
    started = time.perf_counter()
    lexicon = CompletionIndex(counts)
    print(f"{len(counts):,} words, built in {time.perf_counter() - started:.2f} s")
    draw = random.Random(20090220)
    found: Counter[tuple[str, str, str]] = Counter()
    asked: Counter[tuple[str, str, str]] = Counter()
    seconds: list[float] = []
    for title in draw.sample(titles, count):
        words = content_words(title, analysis)
        if not words:
            continue
        for chosen, word in (
            ("key", tell(words, counts, len(titles))),
            ("any", draw.choice(words)),
        ):
            for way, typed in spell(word):
                began = time.perf_counter()
                completions = lexicon.complete(typed, FIRST)
                seconds.append(time.perf_counter() - began)
                for length in ("all", f"{min(len(word), 4)} characters"):
                    asked[chosen, way, length] += 1
                    found[chosen, way, length] += any(each.text == word for each in completions)
    for key in sorted(asked):
        print(
            f"{' '.join(key):<28} {found[key]:>5} of {asked[key]:>5}  {found[key] / asked[key]:.1%}"
        )
    cuts = statistics.quantiles(seconds, n=100)
    print(f"a call: p50 {cuts[49] * 1000:.2f} ms, p99 {cuts[98] * 1000:.2f} ms")


def tell(words: list[str], counts: Mapping[str, int], total: int) -> str:
    """Returns the word with the highest tf-idf."""
    return max(words, key=lambda word: (words.count(word) * math.log(total / counts[word]), word))


def spell(word: str) -> list[tuple[str, str]]:
    """Returns the word in full pinyin and by initials."""
    reading = read_word(word)[0]
    return [("full", "".join(reading)), ("initials", "".join(each[0] for each in reading))]


if __name__ == "__main__":
    measure(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1_000)
