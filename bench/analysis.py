"""Measures the speed of the text analysis and of two jieba implementations.

Run it as `python -m bench.analysis`. Each FILE is JSON Lines with `body`, plain or .gz. `--gold
FILE` adds F1 on text segmented by spaces. Each figure is the best of three in one run. Compare the
ratios; absolute speeds depend on the machine.
"""

import argparse
import gzip
import json
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from analyzers.dictionary import load_dictionary
from analyzers.highlight import mark_spans, snippet
from analyzers.normalize import normalize_text
from analyzers.segment import Segmenter
from analyzers.text_analyzer import TextAnalyzer

NEEDLES = ("政府信息公开", "最低生活保障", "养老保险", "管理", "规定")


def read_text(path: Path, size: int) -> str:
    content = path.read_bytes()
    lines = (gzip.decompress(content) if path.suffix == ".gz" else content).splitlines()
    return "\n".join(json.loads(line).get("body") or "" for line in lines)[:size]


def time_best(work: Callable[[], object], runs: int = 3) -> float:
    """Returns the seconds of the fastest of `runs`."""
    best = float("inf")
    for _ in range(runs):
        begun = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - begun)
    return best


def spans(words: list[str], text: str) -> Iterator[tuple[int, int]]:
    done = 0
    for word in words:
        start = text.index(word, done)
        done = start + len(word)
        yield start, done


def score_cuts(gold_file: Path, segmenter: Segmenter) -> float:
    """Returns F1 of word spans. Punctuation is ignored, because segmentation drops it."""
    right = given = wanted = 0
    for line in gold_file.read_text("utf-8").splitlines():
        gold = [word for word in map(normalize_text, line.split()) if word]
        text = "".join(gold)
        expected = {span for span in spans(gold, text) if any(map(str.isalnum, text[slice(*span)]))}
        found = set(spans(segmenter.cut(text), text))
        right, given, wanted = (
            right + len(expected & found),
            given + len(found),
            wanted + len(expected),
        )
    return 2 * right / (given + wanted)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", metavar="FILE", type=Path, nargs="+")
    parser.add_argument("--gold", type=Path)
    parser.add_argument("--size", type=int, default=700_000, help="characters read from each")
    options = parser.parse_args()
    dictionary = load_dictionary()
    rust, pure = TextAnalyzer(dictionary), TextAnalyzer(dictionary, pure=True)
    text = "\n".join(read_text(path, options.size) for path in options.files)
    size = len(text.encode()) / 1e6
    print(f"{size:.1f} MB; a second text of 20,000 characters for the marks")
    for name, work in {
        "normalize_text": lambda: normalize_text(text),
        "literal": lambda: rust.letters_only(text),
        "gram_text": lambda: rust.gram_text(text),
        "grams": lambda: rust.grams(text),
        "chars": lambda: rust.chars(text),
        "exact rjieba": lambda: rust.tokenize(text),
        "words rjieba": lambda: rust.tokenize_for_search(text),
        "words + grams": lambda: (rust.word_text(text), rust.gram_text(text)),
    }.items():
        print(f"{name:16} {size / time_best(work):8.1f} MB/s")
    rust_time, pure_time = (
        time_best(partial(each.tokenize_for_search, text), 1) for each in (rust, pure)
    )
    print(f"{'words jieba':16} {size / pure_time:8.1f} MB/s, rjieba x{pure_time / rust_time:.1f}")
    print(
        f"agreement of the two: {rust.tokenize_for_search(text) == pure.tokenize_for_search(text)}"
    )
    body = text[:20_000]
    for mark in (mark_spans, snippet):
        milliseconds = time_best(partial(mark, body, NEEDLES), 20) * 1000
        print(f"{mark.__name__:16} {milliseconds:8.2f} ms")
    if options.gold:
        words_known = Segmenter(dictionary.words)
        print(f"F1 {score_cuts(options.gold, words_known):.4f} with our words")
        print(f"F1 {score_cuts(options.gold, Segmenter()):.4f} without")


if __name__ == "__main__":
    main()
