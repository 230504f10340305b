"""Measures spelling correction of dictionary words that the index lacks; none may be replaced.

    python -m bench.unheld_words DATA_DIR [SHARE]

SHARE is the part of the words that is asked, 1 by default, drawn with a fixed seed. Each word of
two to four characters is asked alone and in phrases; a phrase counts where its word is changed.
"""

import asyncio
import random
import re
import sys
from collections import Counter
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from analyzers.normalize import normalize_text
from analyzers.spelling import SpellingCorrector
from gongkai.engines.installation import open_installation
from gongkai.query.relevance import load_weights
from gongkai.query.request import SearchRequest
from gongkai.search.service import SearchService
from gongkai.settings import Settings

_PHRASES = ("{}", "{}怎么办", "补办{}", "{}办理流程", "{}管理办法")
_WORD = re.compile("[\u4e00-\u9fd5]{2,4}")
_SHOWN = 30


def read_words() -> Iterator[str]:
    """Yields the words of two to four characters in jieba's dictionary."""
    spec = find_spec("jieba")
    folder = next(iter(spec.submodule_search_locations or ())) if spec else ""
    for line in (Path(folder) / "dict.txt").read_text(encoding="utf-8").splitlines():
        word = normalize_text(line.split(" ")[0])
        if _WORD.fullmatch(word):
            yield word


def is_changed(corrector: SpellingCorrector, word: str, phrase: str, least_gain: float) -> bool:
    """Returns whether any likely correction of a phrase touches its word."""
    start = phrase.index("{}")
    return any(
        change.start < start + len(word) and start < change.end
        for found in corrector.correct(phrase.format(word))
        if found.gain >= least_gain
        for change in found.changes
    )


async def measure(data_dir: Path, share: float) -> None:
    """Prints how many words have a likely correction, and how many queries are replaced."""
    installation = open_installation(Settings(data_dir=data_dir))
    engine = installation.open_engine()
    service = SearchService(installation, engine)
    words = await service.term_dictionary.words()
    assert words is not None
    least, draw = load_weights().spelling_gain, random.Random(20090220)
    lacking = sorted({word for word in read_words() if word not in words.lexicon.counts})
    asked = draw.sample(lacking, int(len(lacking) * share))
    print(f"{len(lacking):,} words are not in the index; {len(asked):,} are asked")
    tally: Counter[str] = Counter()
    for phrase in _PHRASES:
        likely = [word for word in asked if is_changed(words.corrector, word, phrase, least)]
        for word in likely:
            text = phrase.format(word)
            answer = await service.search(SearchRequest(text, size=1, facets=()))
            if answer.query.corrected_from and word not in answer.query.text:
                tally[phrase] += 1
                if tally[phrase] <= _SHOWN:
                    print(f"{text} read as {answer.query.text}")
        print(f"{phrase:<12} likely {len(likely):>6,}  replaced {tally[phrase]:>6,}")
    await engine.close()


if __name__ == "__main__":
    asyncio.run(measure(Path(sys.argv[1]), float(sys.argv[2]) if len(sys.argv) > 2 else 1.0))
