"""Writes the tables and plots of docs/performance.md from the figures of `bench.peers`.

    python -m bench.peers.report FOLDER

The text between the two marks of the page is replaced; the prose around it stays.
"""

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
import orjson
from matplotlib import pyplot as plt

from bench.peers.ours import EMBEDDED
from bench.peers.questions import KINDS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "performance.md"
BEGIN, END = "<!-- figures: python -m bench.peers.report -->\n", "<!-- end of figures -->\n"
_CURVE, _GROWTH = "two words", "one word"

Figures = Mapping[str, Any]


def read_figures(folder: Path) -> list[Figures]:
    """Return the figures of every size, the smallest first."""
    found = [orjson.loads(path.read_bytes()) for path in folder.glob("figures-*.json")]
    return sorted(found, key=lambda each: each["records"])


def write_tables(sizes: Sequence[Figures]) -> Iterator[str]:
    """Yield the tables line by line, one size after the other."""
    machine = sizes[-1]["machine"]
    yield f"Measured on {machine['processor']}, {machine['memory']}, {machine['system']}; "
    versions = {each["peer"]: each["version"] for size in sizes for each in size["built"]}
    named = ", ".join(f"{peer} {version}" for peer, version in versions.items())
    yield f"Python {machine['python']}; {named}. Clients and servers on the same cores.\n\n"
    for figures in sizes:
        yield f"### {figures['records']:,} records\n\n"
        yield from _time_table(figures)
        yield from _index_table(figures)
        yield from _other_figures(figures)


def _time_table(figures: Figures) -> Iterator[str]:
    asked = {(each["peer"], each["kind"]): each for each in figures["asked"]}
    peers = list(dict.fromkeys(each["peer"] for each in figures["asked"]))
    yield f"| p50 / p99 of a response in ms | {' | '.join(KINDS)} |\n"
    yield f"|---|{'---|' * len(KINDS)}\n"
    for peer in peers:
        cells = (asked[peer, kind]["cuts"] for kind in KINDS)
        yield f"| {peer} | {' | '.join(f'{cuts[49]:.1f} / {cuts[98]:.1f}' for cuts in cells)} |\n"
    for other in ("tantivy in process (floor)", "Elasticsearch, standard analyzer"):
        if other in peers:
            ratios = (
                [
                    asked[EMBEDDED, kind]["cuts"][at] / asked[other, kind]["cuts"][at]
                    for at in (49, 98)
                ]
                for kind in KINDS
            )
            row = " | ".join(f"{p50:.2f} / {p99:.2f}" for p50, p99 in ratios)
            yield f"| *{EMBEDDED}, relative to {other}* | {row} |\n"
    yield "\n"


def _index_table(figures: Figures) -> Iterator[str]:
    floor = figures["built"][0]
    yield "| | records/s | relative to tantivy | index MB | relative to tantivy | memory MB |\n"
    yield "|---|---|---|---|---|---|\n"
    for each in figures["built"]:
        memory = f"{each['memory'] / 1e6:,.0f}" if each["memory"] else "–"
        yield (
            f"| {each['peer']} | {each['a_second']:,.0f} "
            f"| {each['a_second'] / floor['a_second']:.2f} | {each['size'] / 1e6:,.0f} "
            f"| {each['size'] / floor['size']:.2f} | {memory} |\n"
        )
    yield "\n"


def _other_figures(figures: Figures) -> Iterator[str]:
    for rate in figures.get("rates", ()):
        yield (
            f"- {rate['peer']}, 16 clients: {rate['a_second']:,.0f} responses/s, "
            f"p50 / p99 {rate['p50']:.0f} / {rate['p99']:.0f} ms, {rate['refused']} rejected\n"
        )
    suggest = figures["suggest"]
    yield f"- autocomplete over HTTP: p50 / p99 {suggest['p50']:.1f} / {suggest['p99']:.1f} ms\n"
    starts = ", ".join(f"{each:.1f}" for each in figures["start_seconds"])
    yield f"- time from start to first response: {starts} s\n"
    if overhead := figures.get("overhead"):
        yield (
            f"- our response on Elasticsearch {overhead['whole']:.1f} ms, the same queries sent "
            f"directly {overhead['own']:.1f} ms\n"
        )
    if switch := figures.get("switch"):
        calm, switched = switch["calm"], switch["switched"]
        yield (
            f"- 4 clients, p99 {calm['p99']:.0f} ms, and {switched['p99']:.0f} ms in twelve "
            "seconds with a generation switch in the middle\n"
        )
    yield "\n"


def draw_plots(sizes: Sequence[Figures], folder: Path) -> Iterator[str]:
    """Write SVG files next to the page and yield their names."""
    mpl.rcParams.update({"svg.hashsalt": "gongkai", "svg.fonttype": "none"})
    mpl.rcParams.update({"font.size": 9, "figure.figsize": (8, 4.2)})
    # The largest size that was measured with the most peers.
    largest = max(sizes, key=lambda size: (len(size["built"]), size["records"]))
    figure, axes = plt.subplots()
    for each in largest["asked"]:
        if each["kind"] == _CURVE:
            axes.plot(range(1, 100), each["cuts"], label=each["peer"])
    axes.set(yscale="log", xlabel="percent of queries", ylabel="ms", title=_title(largest))
    axes.legend(fontsize=7)
    yield _save(figure, folder, "latency")
    figure, axes = plt.subplots()
    peers = list(dict.fromkeys(each["peer"] for size in sizes for each in size["asked"]))
    for peer in peers:
        points = [
            (size["records"], each["cuts"][49])
            for size in sizes
            for each in size["asked"]
            if each["peer"] == peer and each["kind"] == _GROWTH
        ]
        axes.plot(*zip(*points, strict=True), marker="o", label=peer)
    title = f"p50 of {_GROWTH}"
    axes.set(xscale="log", yscale="log", xlabel="records", ylabel="ms", title=title)
    axes.legend(fontsize=7)
    yield _save(figure, folder, "growth")
    figure, parts = plt.subplots(1, 3, sharey=True)
    names = [each["peer"] for each in largest["built"]]
    shown = (
        ("records/s indexed", [each["a_second"] for each in largest["built"]]),
        ("index, MB", [each["size"] / 1e6 for each in largest["built"]]),
        ("memory, MB", [(each["memory"] or 0) / 1e6 for each in largest["built"]]),
    )
    for part, (title, values) in zip(parts, shown, strict=True):
        part.barh(names, values)
        part.set_title(title)
    figure.tight_layout()
    yield _save(figure, folder, "indexing")


def _title(figures: Figures) -> str:
    return f"{_CURVE}, {figures['records']:,} records"


def _save(figure: Any, folder: Path, name: str) -> str:
    file = f"performance-{name}.svg"
    figure.savefig(folder / file, metadata={"Date": None})
    plt.close(figure)
    return file


def main(folder: Path) -> None:
    """Write tables and plots into the page."""
    sizes = read_figures(folder)
    if not sizes:
        sys.exit(f"no figures in {folder}")
    tables = "".join(write_tables(sizes))
    plots = "\n".join(f"![{Path(name).stem}]({name})" for name in draw_plots(sizes, PAGE.parent))
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}\n{tables}{plots}\n\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
