"""Measures spelling correction of queries with one wrong character, and of correct ones.

    python -m bench.typos DATA_DIR PAIRS [COUNT]

PAIRS is TSV of wrong, right and count. For COUNT records (fixed seed), whole titles and parts of
four to twelve characters are sent with one wrong character drawn by its count, and unchanged.
"""

import asyncio
import csv
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.known_items import PAGE, read_all
from gongkai.engines.installation import Installation, open_installation
from gongkai.query.request import SearchRequest
from gongkai.search.responses import SearchAnswer
from gongkai.search.service import SearchService
from gongkai.settings import Settings

Pairs = Mapping[str, Sequence[tuple[str, int]]]
"""Correct character -> wrong characters with counts."""


def read_pairs(path: Path) -> Pairs:
    """Returns the confusions of a TSV file."""
    pairs: dict[str, list[tuple[str, int]]] = defaultdict(list)
    with path.open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            pairs[row["right"]].append((row["wrong"], int(row["count"])))
    return pairs


def misspell(text: str, pairs: Pairs, draw: random.Random) -> str | None:
    """Returns the text with one wrong character, or None if no confusion is known."""
    places = [at for at, character in enumerate(text) if character in pairs]
    if not places:
        return None
    weights = [sum(count for _, count in pairs[text[at]]) for at in places]
    (at,) = draw.choices(places, weights)
    wrongs, counts = zip(*pairs[text[at]], strict=True)
    wrong: str = draw.choices(wrongs, counts)[0]
    return text[:at] + wrong + text[at + 1 :]


def cut_part(title: str, installation: Installation, draw: random.Random) -> str | None:
    """Returns two to four adjacent words with four to twelve characters."""
    words = installation.analysis.tokenize(title)
    first = draw.randrange(max(len(words) - 3, 1))
    part = "".join(words[first : first + draw.randint(2, 4)])
    return part if 4 <= len(part) <= 12 and part in title else None


def questions(
    title: str, installation: Installation, pairs: Pairs, draw: random.Random
) -> Iterator[tuple[str, str, bool]]:
    """Yields (kind, query, is correct)."""
    for kind, right in (("title", title), ("part", cut_part(title, installation, draw))):
        if right:
            yield kind, right, True
            if wrong := misspell(right, pairs, draw):
                yield kind, wrong, False


def is_found(answer: SearchAnswer, record: Mapping[str, Any], part: str) -> bool:
    """Returns whether a record with the same title, or with the part in its title, is found."""
    titles = {hit.title for hit in answer.hits}
    return record["title"] in titles or (part != "" and any(part in title for title in titles))


async def measure(data_dir: Path, pairs_file: Path, count: int) -> None:
    """Prints the shares found and changed, and some of the misses."""
    installation = open_installation(Settings(data_dir=data_dir))
    engine = installation.open_engine()
    service = SearchService(installation, engine)
    pairs, draw = read_pairs(pairs_file), random.Random(20090220)
    records = [r for r in await read_all(engine) if r["title"]]
    tally: Counter[str] = Counter()
    for record in draw.sample(records, count):
        right_part = ""
        for kind, text, is_right in questions(record["title"], installation, pairs, draw):
            right_part = text if kind == "part" and is_right else right_part
            answer = await service.search(SearchRequest(text, size=PAGE, facets=()))
            changed = answer.query.corrected_from is not None
            name = f"{kind}, {'right' if is_right else 'one wrong'}"
            tally[f"{name}: asked"] += 1
            tally[f"{name}: changed"] += changed
            found = is_found(answer, record, right_part if kind == "part" else "")
            tally[f"{name}: found"] += found
            tally[f"{name}: offered"] += answer.query.did_you_mean is not None
            if (is_right and changed) or (
                not is_right and not found and tally[f"{name}: asked"] < 200
            ):
                print(
                    f"{name}: {text!r} of {record['title'][:30]} read as {answer.query.text[:30]}"
                )
    for name, number in sorted(tally.items()):
        asked = tally[name.split(":")[0] + ": asked"]
        print(f"{name:<28} {number:>6,}  {number / asked:.2%}")
    await engine.close()


if __name__ == "__main__":
    asyncio.run(
        measure(
            Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 2_000
        )
    )
