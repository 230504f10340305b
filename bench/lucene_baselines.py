"""Evaluates the Chinese analyzers of Lucene with the judged questions of the shared data.

    python -m bench.lucene_baselines FOLDER

Maven brings Lucene and IK into FOLDER; Java 17 or newer runs them. Prints a row of the table in
docs/relevance.md for each analyzer.
"""

import subprocess
import sys
from collections import defaultdict
from pathlib import Path

from bench.relevance import RELEVANCE, read_articles
from gongkai.evaluation.metrics import measure, read_judgements, read_queries

_SOURCE = Path(__file__).parent / "lucene"
_WORDINGS = ("text", "keywords")
_BETWEEN = "/"


def bring_analyzers(folder: Path) -> Path:
    """Returns the folder with the archives of Lucene and IK."""
    archives = folder / "archives"
    command = ("mvn", "--quiet", "--batch-mode", "dependency:copy-dependencies")
    wanted = (f"--file={_SOURCE / 'pom.xml'}", f"-DoutputDirectory={archives}")
    subprocess.run((*command, *wanted), check=True)
    return archives


def rank(folder: Path, archives: Path) -> dict[str, dict[str, list[str]]]:
    """Returns the ids of each analyzer and query, best first; a query is its id and wording."""
    texts, asked = folder / "articles.tsv", folder / "questions.tsv"
    articles = (_join(each["id"], each["title"], each["text"]) for each in read_articles())
    questions = (
        _join(f"{query.id}{_BETWEEN}{wording}", text)
        for query in read_queries(RELEVANCE / "questions_train.jsonl")
        for wording, text in query.texts.items()
    )
    texts.write_text("".join(articles), encoding="utf-8")
    asked.write_text("".join(questions), encoding="utf-8")
    command = ("java", "-cp", f"{archives}/*", _SOURCE / "Baselines.java", texts, asked)
    found = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    ranked: dict[str, dict[str, list[str]]] = defaultdict(dict)
    for line in found.stdout.splitlines():
        analyzer, query, ids = line.split("\t")
        ranked[analyzer][query] = ids.split()
    return ranked


def _join(key: str, *texts: str) -> str:
    return f"{key}\t{' '.join(' '.join(texts).split())}\n"


def main() -> None:
    """Prints the table."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    judgements = read_judgements(RELEVANCE / "qrels_train.tsv")
    for analyzer, found in rank(folder, bring_analyzers(folder)).items():
        cells = []
        for wording in _WORDINGS:
            figures = measure(
                (ids, judgements.get(query.split(_BETWEEN)[0], {}))
                for query, ids in found.items()
                if query.endswith(wording)
            )
            cells += [f"{figures.ndcg:.3f}", f"{figures.recall:.3f}"]
        print(f"| {analyzer} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
