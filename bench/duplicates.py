"""Measures accuracy and cost of duplicate detection.

    python -m bench.duplicates                  the shared pairs, and copies with known changes
    python -m bench.duplicates DATA_DIR         a scan of all pairs, compared with an exhaustive
                                                check of 5,000 records, datasketch and rensa
    python -m bench.duplicates DATA_DIR check   single checks, on the engine of GONGKAI_*

datasketch and rensa are optional (`pip install datasketch rensa`).
"""

import asyncio
import csv
import gzip
import random
import resource
import statistics
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from gongkai.catalog.places import load_places
from gongkai.catalog.stored_record import decode_record
from gongkai.duplicates.classify import classify
from gongkai.duplicates.clusters import build_clusters
from gongkai.duplicates.draft_check import check_draft
from gongkai.duplicates.minhash import find_bands
from gongkai.duplicates.scan import find_pairs, gather, scan
from gongkai.duplicates.shingles import cut_shingles, measure_overlap
from gongkai.duplicates.texts import Subject
from gongkai.engines.installation import open_installation
from gongkai.engines.scan import read_hits
from gongkai.settings import Settings

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
SAMPLE = 5_000
CHECKS = 500
IS_PLACE = load_places().is_name
_PLAIN: Mapping[str, Any] = {
    **dict.fromkeys(("document_number", "index_number", "issued_on", "published_on")),
    "publisher": "",
}
_NAMES = frozenset(each.name for each in fields(Subject))
_HAN = [chr(code) for code in range(0x4E00, 0x9FA5)]


def read_documents() -> dict[str, Subject]:
    """Returns the shared documents by id."""
    found = {}
    for file in sorted((SHARED / "documents").glob("*.jsonl.gz")):
        with gzip.open(file) as lines:
            for row in map(orjson.loads, lines):
                found[row["id"]] = Subject(
                    **{**_PLAIN, **{key: row[key] for key in row.keys() & _NAMES}}
                )
    return found


def measure_pairs(documents: Mapping[str, Subject]) -> None:
    """Prints the confusion matrix of the shared pairs, and every wrongly classified pair."""
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    with (SHARED / "duplicates" / "pairs.tsv").open(encoding="utf-8") as lines:
        for pair in csv.DictReader(lines, delimiter="\t"):
            found = classify(documents[pair["id_a"]], documents[pair["id_b"]], IS_PLACE)
            named = found.kind.value if found else "none"
            counts[pair["kind"]][named] += 1
            is_copy = pair["kind"] == "copy"
            if (found and found.kind.is_duplicate != is_copy) or (is_copy and not found):
                print(f"{pair['kind']} is {named}: {pair['id_a']} {pair['id_b']} {pair['title']}")
    for kind, named_counts in counts.items():
        print(f"{kind:<24} {dict(named_counts)}")


def measure_spoiled(documents: Mapping[str, Subject], count: int = 300) -> None:
    """Prints how many changed copies are found as duplicates, and how many share a band."""
    draw = random.Random(20090220)
    whole = [each for each in documents.values() if len(each.text.stream) > 300]
    picked = draw.sample(whole, count)
    for name, spoil in _SPOILS.items():
        named, banded = 0, 0
        for subject in picked:
            plain = replace(subject, document_number=None)
            copy = replace(plain, id="copy", body=spoil(subject.body, draw))
            found = classify(plain, copy, IS_PLACE)
            named += bool(found and found.kind.is_duplicate)
            banded += bool(set(plain.text.bands) & set(copy.text.bands))
        print(
            f"{name:<28} called a duplicate {named / count:6.1%}"
            f"  shares a band {banded / count:6.1%}"
        )


def _misread(share: float) -> Callable[[str, random.Random], str]:
    def spoil(text: str, draw: random.Random) -> str:
        return "".join(
            draw.choice(_HAN) if "\u4e00" <= sign <= "\u9fff" and draw.random() < share else sign
            for sign in text
        )

    return spoil


def _brackets(text: str, _: random.Random) -> str:
    return text.translate(str.maketrans("〔〕（）《》，。；：“”", '[]()<>,.;:""'))


def _dates(text: str, _: random.Random) -> str:
    digits = str.maketrans("0123456789", "〇一二三四五六七八九")
    return "".join(
        part.translate(digits) if part[:4].isdigit() and part.endswith("年") else part
        for part in _split_years(text)
    )


def _split_years(text: str) -> Iterator[str]:
    at = 0
    while (found := text.find("年", at)) >= 0:
        start = found - 4 if text[max(found - 4, 0) : found].isdigit() else found
        yield text[at:start]
        yield text[start : found + 1]
        at = found + 1
    yield text[at:]


def _move(text: str, draw: random.Random) -> str:
    lines = text.split("\n")
    line = lines.pop(draw.randrange(len(lines)))
    lines.insert(draw.randrange(len(lines) + 1), line)
    return "\n".join(lines)


def _head(text: str, _: random.Random) -> str:
    place = "您现在的位置：首页 > 政府信息公开 > 政策文件"
    return f"{place}\n来源：市政府办公室 浏览次数：128\n【字体：大 中 小】\n{text}"


def _letterhead(text: str, _: random.Random) -> str:
    head = "某市人民政府文件\n某政发〔2020〕15号\n\n各县（市、区）人民政府，市直各部门："
    return f"{head}\n{text}\n某市人民政府\n2020年3月1日"


_SPOILS: Mapping[str, Callable[[str, random.Random], str]] = {
    "brackets and punctuation": _brackets,
    "years in Chinese numerals": _dates,
    "a paragraph moved": _move,
    "a site's navigation added": _head,
    "letterhead and signature": _letterhead,
    "1 % of characters misread": _misread(0.01),
    "2 % of characters misread": _misread(0.02),
    "3 % of characters misread": _misread(0.03),
    "5 % of characters misread": _misread(0.05),
    "moved, navigation, 2 %": lambda t, d: _head(_move(_misread(0.02)(t, d), d), d),
}


async def measure_scan(data_dir: Path) -> None:
    """Scans all pairs of an index in this process."""
    engine = open_installation(Settings(data_dir=data_dir)).open_engine()
    started = time.perf_counter()
    gathered = await gather(engine)
    read = time.perf_counter()
    compared = len(find_pairs(gathered))
    paired = time.perf_counter()
    pairs = await scan(engine, IS_PLACE)
    done = time.perf_counter()
    clusters = build_clusters(pairs)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"scan of {len(gathered.ids):,} records: read {read - started:.1f} s, candidates"
        f" {paired - read:.1f} s, whole scan {done - paired:.1f} s, {compared:,} pairs compared,"
        f" {len(pairs):,} duplicates in {len(clusters):,} clusters, peak {peak:,.0f} MiB"
    )
    await engine.close()


async def measure_recall(data_dir: Path) -> None:
    """Prints the recall of bands on a sample, compared with exact Jaccard of all pairs."""
    subjects = [each async for each in _read_subjects(data_dir)]
    draw = random.Random(20090220)
    sample = draw.sample([s for s in subjects if s.text.stream], min(SAMPLE, len(subjects)))
    started = time.perf_counter()
    exact = _exhaust(sample, 0.75)
    exhausted = time.perf_counter() - started
    started = time.perf_counter()
    banded = _pair_by_bands([set(each.text.bands) for each in sample])
    taken = time.perf_counter() - started
    for least in (0.75, 0.85, 0.95):
        wanted = {pair for pair, jaccard in exact.items() if jaccard >= least}
        share = len(wanted & banded) / len(wanted) if wanted else 1.0
        print(f"of {len(wanted):,} pairs with Jaccard {least} and more, bands find {share:.2%}")
    print(f"exhaustive {exhausted:.1f} s, by bands {taken:.1f} s, {len(banded):,} candidates")


async def measure_signing(data_dir: Path) -> None:
    """Measures the time of MinHash signatures of three implementations."""
    texts = [each.text.stream async for each in _read_subjects(data_dir)][:20_000]
    texts = [each for each in texts if each]
    _report("ours", texts, lambda text: find_bands(cut_shingles(text)))
    if find_spec("rensa"):
        import rensa  # type: ignore[import-not-found] # noqa: PLC0415

        def sign_by_rensa(text: str) -> object:
            made = rensa.RMinHash(num_perm=80, seed=1)
            made.update(list({text[at : at + 5] for at in range(max(len(text) - 4, 1))}))
            return made.digest()

        _report("rensa", texts, sign_by_rensa)
    if find_spec("datasketch"):
        import datasketch  # type: ignore[import-not-found] # noqa: PLC0415

        def sign_by_datasketch(text: str) -> object:
            made = datasketch.MinHash(num_perm=80)
            grams = {text[at : at + 5] for at in range(max(len(text) - 4, 1))}
            made.update_batch([gram.encode() for gram in grams])
            return made.hashvalues

        _report("datasketch", texts, sign_by_datasketch)


async def measure_datasketch(data_dir: Path) -> None:
    """Measures datasketch in its basic form: MinHash of 128, LSH at 0.75, each text against the
    rest.
    """
    import datasketch  # noqa: PLC0415

    started = time.perf_counter()
    index = datasketch.MinHashLSH(threshold=0.75, num_perm=128)
    count, pairs = 0, 0
    async for subject in _read_subjects(data_dir):
        text = subject.text.stream
        if not text:
            continue
        made = datasketch.MinHash(num_perm=128)
        grams = {text[at : at + 5] for at in range(max(len(text) - 4, 1))}
        made.update_batch([gram.encode() for gram in grams])
        pairs += len(index.query(made))
        index.insert(subject.id, made)
        count += 1
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"datasketch, plainly, {count:,} texts: {time.perf_counter() - started:.1f} s,"
        f" {pairs:,} candidates, peak {peak:,.0f} MiB"
    )


async def measure_checks(data_dir: Path) -> None:
    """Measures checks against the whole index. Each draft is an indexed record under another id."""
    installation = open_installation(Settings(data_dir=data_dir))
    engine = installation.open_engine()
    draw = random.Random(20090220)
    subjects = [each async for each in _read_subjects(data_dir)]
    times: list[float] = []
    found = 0
    for subject in draw.sample(subjects, CHECKS):
        draft = replace(subject, id="draft")
        started = time.perf_counter()
        matches = await check_draft(draft, engine, installation.analysis, IS_PLACE)
        times.append((time.perf_counter() - started) * 1000)
        found += any(match.record.id == subject.id for match in matches)
    cut = statistics.quantiles(times, n=100)
    print(
        f"check against {len(subjects):,} records on {installation.settings.engine}: p50"
        f" {cut[49]:.1f} ms, p99 {cut[98]:.1f} ms, {found:,} of {CHECKS} find themselves"
    )
    await engine.close()


async def _read_subjects(data_dir: Path) -> AsyncIterator[Subject]:
    engine = open_installation(Settings(data_dir=data_dir)).open_engine()
    async for hit in read_hits(engine):
        yield Subject.of(decode_record(hit.stored))
    await engine.close()


def _report(name: str, texts: Sequence[str], sign: Callable[[str], object]) -> None:
    started = time.perf_counter()
    for text in texts:
        sign(text)
    taken = time.perf_counter() - started
    size = sum(map(len, texts))
    print(
        f"{name:<12} {taken / len(texts) * 1e6:7.0f} us a text,"
        f" {size / taken / 1e6:5.2f} M characters/s"
    )


def _exhaust(sample: Sequence[Subject], least: float) -> dict[tuple[int, int], float]:
    """Returns the exact Jaccard of every pair with a shared shingle that reaches `least`."""
    sets = [each.text.shingles for each in sample]
    owners = np.repeat(np.arange(len(sets)), [len(each) for each in sets])
    order = np.argsort(np.concatenate(sets), kind="stable")
    shingles, owners = np.concatenate(sets)[order], owners[order]
    shared: Counter[tuple[int, int]] = Counter()
    edges = np.flatnonzero(np.append(True, shingles[1:] != shingles[:-1]))
    for start, end in zip(edges, np.append(edges[1:], len(shingles)), strict=True):
        group = owners[start:end].tolist()
        for at, one in enumerate(group):
            for other in group[at + 1 :]:
                shared[one, other] += 1
    found = {}
    for (one, other), count in shared.items():
        if count >= least * max(len(sets[one]), len(sets[other])):
            jaccard = measure_overlap(sets[one], sets[other])[0]
            if jaccard >= least:
                found[one, other] = jaccard
    return found


def _pair_by_bands(bands: Sequence[set[str]]) -> set[tuple[int, int]]:
    holders: defaultdict[str, list[int]] = defaultdict(list)
    for at, words in enumerate(bands):
        for word in words:
            holders[word].append(at)
    return {
        (one, other)
        for group in holders.values()
        for at, one in enumerate(group)
        for other in group[at + 1 :]
    }


if __name__ == "__main__":
    match sys.argv[1:]:
        case []:
            shared = read_documents()
            measure_pairs(shared)
            measure_spoiled(shared)
        case [folder, "check"]:
            asyncio.run(measure_checks(Path(folder)))
        case [folder, "datasketch"]:
            asyncio.run(measure_datasketch(Path(folder)))
        case [folder, "scan"]:
            asyncio.run(measure_scan(Path(folder)))
        case [folder]:
            asyncio.run(measure_signing(Path(folder)))
            asyncio.run(measure_recall(Path(folder)))
            # Peak memory is per process, so each measurement runs in its own.
            for part in ("scan", *(["datasketch"] if find_spec("datasketch") else [])):
                command = [sys.executable, "-m", "bench.duplicates", folder, part]
                subprocess.run(command, check=True)
