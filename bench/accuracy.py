"""Measures accuracy on real data: wrong characters, words typed in pinyin, document numbers.

    python -m bench.accuracy typos DATA_DIR PAIRS [COUNT]
    python -m bench.accuracy pinyin RECORDS [COUNT]
    python -m bench.accuracy numbers FILE

PAIRS is TSV of wrong, right and count; RECORDS is JSON Lines; FILE is TSV with a column
`document_number`. COUNT records are drawn with a fixed seed.
"""

import asyncio
import csv
import math
import random
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from analyzers.completion import CompletionIndex
from analyzers.dictionary import load_dictionary
from analyzers.pinyin import read_word
from analyzers.text_analyzer import TextAnalyzer
from bench.known_items import PAGE, read_all
from gongkai.catalog.document_number import find_document_numbers, parse_document_number
from gongkai.engines.installation import open_installation
from gongkai.query.request import SearchRequest
from gongkai.search.service import SearchService
from gongkai.settings import Settings
from indexer.sources.json_lines import read_json_lines
from indexer.sources.row import SourceRow

FIRST = 8
SEED = 20090220
Pairs = Mapping[str, Sequence[tuple[str, int]]]
"""Correct character -> wrong characters with counts."""
_WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
_WRITTEN = str.maketrans("0123456789", "〇一二三四五六七八九")


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines, delimiter="\t"))


def _print_shares(found: Counter[str], asked: Counter[str]) -> None:
    for name, count in sorted(asked.items()):
        print(f"{name:<40} {found[name]:>7,} of {count:>7,}  {found[name] / count:.2%}")


async def measure_typos(data_dir: Path, pairs_file: Path, count: int = 2_000) -> None:
    """Prints how often titles and parts of them are found, with and without a wrong character."""
    pairs: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for row in _rows(pairs_file):
        pairs[row["right"]].append((row["wrong"], int(row["count"])))
    installation = open_installation(Settings(data_dir=data_dir))
    engine = installation.open_engine()
    service = SearchService(installation, engine)
    draw = random.Random(SEED)
    titles = [record["title"] for record in await read_all(engine) if record["title"]]
    found: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    for title in draw.sample(titles, count):
        part = cut_part(title, installation.analyzer, draw)
        for kind, right in (("title", title), ("part", part)):
            for state, text in (("right", right), ("one wrong", misspell(right, pairs, draw))):
                if not text:
                    continue
                answer = await service.search(SearchRequest(text, size=PAGE, facets=()))
                name = f"{kind}, {state}"
                is_found = any(hit.title == title or right in hit.title for hit in answer.hits)
                is_changed = answer.query.corrected_from is not None
                for sign, is_set in (("found", is_found), ("changed", is_changed)):
                    asked[f"{name}: {sign}"] += 1
                    found[f"{name}: {sign}"] += is_set
    _print_shares(found, asked)
    await engine.close()


def misspell(text: str, pairs: Pairs, draw: random.Random) -> str:
    """Returns the text with one wrong character, or nothing if no confusion is known."""
    places = [at for at, character in enumerate(text) if character in pairs]
    if not places:
        return ""
    weights = [sum(count for _, count in pairs[text[at]]) for at in places]
    (at,) = draw.choices(places, weights)
    wrongs, counts = zip(*pairs[text[at]], strict=True)
    wrong: str = draw.choices(wrongs, counts)[0]
    return text[:at] + wrong + text[at + 1 :]


def cut_part(title: str, analyzer: TextAnalyzer, draw: random.Random) -> str:
    """Returns two to four adjacent words with four to twelve characters, or nothing."""
    words = analyzer.tokenize(title)
    first = draw.randrange(max(len(words) - 3, 1))
    part = "".join(words[first : first + draw.randint(2, 4)])
    return part if 4 <= len(part) <= 12 and part in title else ""


def measure_pinyin(path: Path, count: int = 1_000) -> None:
    """Prints how often the word of a title with the highest tf-idf is suggested for its pinyin."""
    analyzer = TextAnalyzer(load_dictionary())
    rows = read_json_lines(path, lambda _: None)
    titles = [str(row.fields["title"]) for row in rows if isinstance(row, SourceRow)]
    words = {title: content_words(title, analyzer) for title in titles}
    counts = Counter(word for each in words.values() for word in set(each))
    lexicon = CompletionIndex(counts)
    found: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    for title in random.Random(SEED).sample(titles, count):
        weights = {
            word: often * math.log(len(titles) / counts[word])
            for word, often in Counter(words[title]).items()
        }
        if not weights:
            continue
        word = max(weights, key=lambda each: (weights[each], each))
        reading = read_word(word)[0]
        typed = {"full": "".join(reading), "initials": "".join(each[0] for each in reading)}
        for way, keys in typed.items():
            completions = lexicon.complete(keys, FIRST)
            for name in (way, f"{way}, {min(len(word), 4)} characters"):
                asked[name] += 1
                found[name] += any(each.text == word for each in completions)
    _print_shares(found, asked)


def content_words(title: str, analyzer: TextAnalyzer) -> list[str]:
    """Returns the Chinese words of a title that can be suggestions."""
    words = analyzer.tokenize(title)
    return [w for w in words if len(w) > 1 and read_word(w) and not analyzer.is_stopword(w)]


SPELLINGS: Mapping[str, Callable[[str], str]] = {
    "[] and a blank before 号": lambda n: _in_brackets(n, "[", "]").replace("号", " 号"),
    "（） with blanks inside": lambda n: _in_brackets(n, "（ ", " ） "),
    "【】 and 第": lambda n: _in_brackets(n, "【", "】第"),
    "no brackets: 年第": lambda n: _in_brackets(n, "", "年第"),
    "<>, full-width digits": lambda n: _in_brackets(n, "<", ">").translate(_WIDE),
    "a year in Chinese numerals": lambda n: re.sub(
        r"[0-9]{4}(?=[〕年])", lambda year: year[0].translate(_WRITTEN), n
    ),
    "a leading zero and 號": lambda n: re.sub("(?<=[〕第])", "0", n).replace("号", "號"),
    "an invisible sign and 文件": lambda n: n.replace("〔", "\u200b〔") + "文件",
}


def measure_numbers(path: Path) -> None:
    """Prints the share of real document numbers that eight spellings keep, also in a sentence."""
    numbers = {parse_document_number(row["document_number"]) for row in _rows(path)}
    print("odd:", *(number.canonical for number in numbers if number.form == "odd"))
    found: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    for number in numbers:
        for name, spell in SPELLINGS.items() if number.form != "odd" else ():
            text = spell(number.canonical)
            if text == number.canonical:
                continue
            named = [each.number for each in find_document_numbers(f"关于{text}的通知")]
            asked.update((name, f"{name}, in a sentence"))
            found[name] += parse_document_number(text) == number
            found[f"{name}, in a sentence"] += named == [number]
    _print_shares(found, asked)


def _in_brackets(number: str, opening: str, closing: str) -> str:
    return number.replace("〔", opening).replace("〕", closing)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["typos", folder, file, *rest]:
            asyncio.run(measure_typos(Path(folder), Path(file), *map(int, rest)))
        case ["pinyin", file, *rest]:
            measure_pinyin(Path(file), *map(int, rest))
        case ["numbers", file]:
            measure_numbers(Path(file))
        case _:
            sys.exit(__doc__)
