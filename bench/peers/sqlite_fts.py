"""SQLite FTS5 with trigrams: needs no installation."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from bench.corpus import FACETS
from bench.peers.peer import Answer, Question, Row

_SIZE = 10
_COLUMNS = ("id", "document_number", *FACETS)


class SqliteTrigrams:
    """Substrings of at least three characters; facets by GROUP BY over the matches."""

    name = "SQLite FTS5, trigrams"
    version = sqlite3.sqlite_version

    def build(self, rows: Iterator[Row], folder: Path) -> None:
        self.open(folder)
        columns = ", ".join(f"{name} TEXT" for name in _COLUMNS)
        self._connection.executescript(
            f"CREATE TABLE records (place INTEGER PRIMARY KEY, {columns}, title TEXT, body TEXT);"
            "CREATE VIRTUAL TABLE texts USING fts5(title, body, content='records',"
            " content_rowid='place', tokenize='trigram');"
        )
        names = (*_COLUMNS, "title", "body")
        marks = ", ".join("?" * len(names))
        with self._connection:
            self._connection.executemany(
                f"INSERT INTO records ({', '.join(names)}) VALUES ({marks})",
                ([row[name] for name in names] for row in rows),
            )
            self._connection.execute("INSERT INTO texts (texts) VALUES ('rebuild')")
            for name in (*FACETS, "document_number"):
                self._connection.execute(f"CREATE INDEX by_{name} ON records ({name})")
        self._connection.execute("ANALYZE")

    def open(self, folder: Path) -> None:
        self._path = folder / "records.sqlite3"
        self._connection = sqlite3.connect(self._path)

    def memory(self) -> int | None:
        return None

    def size_on_disk(self) -> int:
        return self._path.stat().st_size

    def ask(self, question: Question) -> Answer:
        run = self._connection.execute
        matching, given = self._read(question)
        run("CREATE TEMP TABLE found AS SELECT place, rank FROM (" + matching + ")", given)
        try:
            (total,) = run("SELECT COUNT(*) FROM found").fetchone()
            window = "SELECT place FROM found ORDER BY rank, place LIMIT ? OFFSET ?"
            places = [row[0] for row in run(window, (_SIZE, _SIZE * (question.page - 1)))]
            facets = {
                name: dict(
                    run(
                        f"SELECT {name}, COUNT(*) FROM found JOIN records USING (place)"
                        f" GROUP BY {name}"
                    ).fetchall()
                )
                for name in FACETS
            }
            shown = [run("SELECT id, body FROM records WHERE place = ?", (each,)).fetchone()
                     for each in places]  # fmt: skip
        finally:
            run("DROP TABLE found")
        # FTS5's snippet() has to match again. Searching ten texts for the words is cheaper.
        marked = sum(word in body for _, body in shown for word in question.text.split())
        return Answer(total, [record_id for record_id, _ in shown], facets, marked)

    def close(self) -> None:
        self._connection.close()

    def _read(self, question: Question) -> tuple[str, list[str]]:
        given: list[str] = []
        wanted = [f"{name} = ?" for name in question.filters]
        given += question.filters.values()
        if question.kind == "number":
            wanted.append("document_number = ?")
            given.append(question.text)
        long = [each for each in question.text.strip('"').split() if len(each) > 2]
        short = [each for each in question.text.strip('"').split() if len(each) < 3]
        if question.kind == "number" or not question.text:
            long, short = [], []
        # Trigrams cannot find two characters; LIKE scans every text for them.
        for word in short:
            wanted.append("(title LIKE ? OR body LIKE ?)")
            given += [f"%{word}%"] * 2
        where = f" WHERE {' AND '.join(wanted)}" if wanted else ""
        if not long:
            return f"SELECT place, 0 AS rank FROM records{where}", given
        joined = " AND ".join(f'"{word}"' for word in long)
        where = f"{where} AND texts MATCH ?" if where else " WHERE texts MATCH ?"
        chosen = "SELECT records.place, texts.rank FROM texts JOIN records ON place = texts.rowid"
        where = where.replace("(title LIKE", "(records.title LIKE").replace(
            "OR body LIKE", "OR records.body LIKE"
        )
        return chosen + where, [*given, joined]
