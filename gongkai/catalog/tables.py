"""Loads and checks the classification and agency tables, shipped or a city's own."""

import csv
import hashlib
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass
from gettext import gettext as _
from importlib import resources
from pathlib import Path

from analyzers.errors import TableError
from gongkai.catalog.agencies import LEVELS, Agency, AgencyDirectory
from gongkai.catalog.classifications import (
    Classification,
    ClassificationTree,
    fold_path,
    split_path,
    split_values,
)
from gongkai.catalog.fields import CLASSIFIED

_TREE_COLUMNS = ("path", "aliases")
AGENCY_COLUMNS = ("code", "name", "short_names", "level", "parent", "former_names", "place")

COMMENT = "# "
"""A row that starts with it explains the table to its editor."""
_Problem = tuple[int, str]
"""The line number (1 is the header) and a sentence about the fault and its fix."""


@dataclass(frozen=True)
class Tables:
    """The agencies and the classification trees of one installation, one tree for each column."""

    agencies: AgencyDirectory
    trees: Mapping[str, ClassificationTree]

    def tree(self, column: str) -> ClassificationTree:
        """Returns the tree of one of `CLASSIFIED`. Raises KeyError for another name."""
        return self.trees[column]


@dataclass(frozen=True, slots=True)
class _Source:
    shown: str
    content: bytes


@dataclass(frozen=True, slots=True)
class TableRow:
    """Cells by column, and the line number."""

    line: int
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells[column].strip()


def load_tables(directory: Path | None = None) -> Tables:
    """Loads the shipped tables, each replaced by a file of the same name in `directory`.

    Files are CSV with a header, in UTF-8 (with or without BOM) or GB18030; additional columns are
    ignored. Raises TableError with the first problem: file, line and fix.
    """
    tables, problems = _read_tables(directory)
    if problems:
        raise TableError(problems[0])
    return tables


def check_tables(directory: Path | None = None) -> list[str]:
    """Returns every problem of the tables that `load_tables(directory)` would read."""
    try:
        return _read_tables(directory)[1]
    except TableError as error:
        return [str(error)]


def fingerprint(tables: Tables) -> str:
    """Returns hex SHA-256 of the content; encoding, blank rows and extra columns do not count."""
    trees = [[astuple(node) for node in tables.tree(field).nodes] for field in CLASSIFIED]
    agencies = [astuple(agency) for agency in tables.agencies.all()]
    content = json.dumps([trees, agencies], ensure_ascii=False)
    return hashlib.sha256(content.encode()).hexdigest()


def _read_tables(directory: Path | None) -> tuple[Tables, list[str]]:
    if directory is not None and not directory.is_dir():
        raise TableError(
            _("{directory}: is not a folder; name the folder that holds the tables.").format(
                directory=directory
            )
        )
    trees: dict[str, ClassificationTree] = {}
    problems: list[str] = []
    for field in CLASSIFIED:
        rows, found = read_table(f"{field}.csv", directory, _TREE_COLUMNS, _check_tree)
        trees[field] = ClassificationTree(field, _build_nodes(rows))
        problems += found
    rows, found = read_table("agencies.csv", directory, AGENCY_COLUMNS, _check_agencies)
    problems += found
    return Tables(AgencyDirectory(_build_agencies(rows)), trees), problems


def read_table(
    name: str,
    directory: Path | None,
    columns: Sequence[str],
    check: Callable[[Sequence[TableRow]], Iterable[_Problem]],
) -> tuple[list[TableRow], list[str]]:
    """Returns the rows of a table, shipped or replaced, and all its problems."""
    source = _open_source(name, directory)
    rows, found = _read_rows(source.content, columns)
    # Unreadable rows are not reported a second time as missing.
    return rows, _show(source, [*found, *(check(rows) if rows or not found else ())])


def _open_source(name: str, directory: Path | None) -> _Source:
    replacement = directory / name if directory else None
    if replacement is None or not replacement.exists():
        shipped = resources.files("gongkai.catalog").joinpath("data", name)
        return _Source(f"gongkai/catalog/data/{name}", shipped.read_bytes())
    try:
        return _Source(str(replacement), replacement.read_bytes())
    except OSError as error:
        raise TableError(
            _("{replacement}:1: cannot be read ({strerror}); fix its permissions.").format(
                replacement=replacement, strerror=error.strerror
            )
        ) from error


def _show(source: _Source, problems: Iterable[_Problem]) -> list[str]:
    return [f"{source.shown}:{line}: {message}" for line, message in sorted(problems)]


def _read_rows(content: bytes, columns: Sequence[str]) -> tuple[list[TableRow], list[_Problem]]:
    try:
        lines = list(_parse_csv(_decode(content)))
    except _UnreadableError as error:
        return [], [(error.line, str(error))]
    if not lines:
        return [], [(1, f"is empty; write the header {','.join(columns)}.")]
    (header_line, first), *body = lines
    header = [cell.strip().lower() for cell in first]
    if missing := [column for column in columns if column not in header]:
        if len(header) == 1 and (sign := next((s for s in "\t;|；，" if s in header[0]), None)):
            return [], [(header_line, f"is separated by {sign!r}; save the sheet as CSV (commas).")]
        return [], [(header_line, f"the header lacks {','.join(missing)}; add the column.")]
    too_long = [line for line, cells in body if any(cells[len(header) :])]
    rows = [TableRow(line, _name_cells(header, cells)) for line, cells in body]
    return rows, [
        (line, "has more cells than the header; quote a cell with commas.") for line in too_long
    ]


def _name_cells(header: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    # Excel omits empty cells at the end of a row.
    return {**dict.fromkeys(header, ""), **dict(zip(header, cells, strict=False))}


class _UnreadableError(Exception):
    """The file is no text or no CSV from `line` on."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


def _parse_csv(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yields each row that is neither blank nor a comment, with the line it starts on."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    start = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells) and not cells[0].startswith(COMMENT):
                yield start, cells
            start = reader.line_num + 1
    except csv.Error as error:
        raise _UnreadableError(
            start, _("is not CSV ({error}); fix the quotes.").format(error=error)
        ) from error


def _decode(content: bytes) -> str:
    if b"\0" in content:
        raise _UnreadableError(1, _("is not text; save the sheet as CSV UTF-8."))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
    if not _is_damaged_utf8(content):
        try:
            return content.decode("gb18030")
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
    raise _UnreadableError(line, _("is neither UTF-8 nor GB18030; save the sheet as CSV UTF-8."))


def _is_damaged_utf8(content: bytes) -> bool:
    # GB18030 would decode it into nonsense. Mostly valid UTF-8 Chinese tells them apart.
    text = content.decode("utf-8", errors="replace")
    chinese = sum("\u4e00" <= character <= "\u9fff" for character in text)
    return chinese > text.count("\ufffd")


def _build_nodes(rows: Sequence[TableRow]) -> tuple[Classification, ...]:
    nodes: dict[str, Classification] = {}
    for order, row in enumerate(rows):
        segments = split_path(row["path"])
        if segments:
            path = "/".join(segments)
            aliases = split_values(row["aliases"])
            nodes.setdefault(path, Classification(path, segments[-1], aliases, order))
    return tuple(nodes.values())


def _check_tree(rows: Sequence[TableRow]) -> Iterator[_Problem]:
    lines: dict[str, int] = {}
    for row in rows:
        yield from _check_labels(row)
        key = fold_path(split_path(row["path"]))
        if key in lines:
            yield (
                row.line,
                _("{path} is on line {value} too; delete one of the rows.").format(
                    path=row["path"], value=lines[key]
                ),
            )
        lines.setdefault(key, row.line)
    for row in rows:
        parent = "/".join(split_path(row["path"])[:-1])
        if parent and fold_path(parent.split("/")) not in lines:
            yield (
                row.line,
                _("the parent {parent} of {path} has no row; add one above.").format(
                    parent=parent, path=row["path"]
                ),
            )
    yield from _check_aliases(rows, set(lines))


def _check_labels(row: TableRow) -> Iterator[_Problem]:
    path = row["path"]
    if not all(label.strip() for label in path.split("/")):
        yield (
            row.line,
            _("has an empty label in the path '{path}'; write every label of it.").format(
                path=path
            ),
        )
    if len(split_values(path)) > 1:
        yield (
            row.line,
            _("the path {path} holds ; or |, which separate values; write it without.").format(
                path=path
            ),
        )


def _check_aliases(rows: Sequence[TableRow], paths: set[str]) -> Iterator[_Problem]:
    owners: dict[str, tuple[str, int]] = {}
    for row in rows:
        for alias in split_values(row["aliases"]):
            key = fold_path(split_path(alias))
            path, line = owners.setdefault(key, (row["path"], row.line))
            if path != row["path"]:
                yield (
                    row.line,
                    _("the alias {alias} belongs to line {line} too; delete one of them.").format(
                        alias=alias, line=line
                    ),
                )
            if key in paths:
                yield (
                    row.line,
                    _("the alias {alias} is a class of its own; delete the alias.").format(
                        alias=alias
                    ),
                )


def _build_agencies(rows: Sequence[TableRow]) -> tuple[Agency, ...]:
    agencies = (
        Agency(
            code=row["code"],
            name=row["name"],
            short_names=split_values(row["short_names"]),
            level=row["level"],
            parent=row["parent"],
            former_names=split_values(row["former_names"]),
            place=row["place"],
        )
        for row in rows
    )
    return tuple(agencies)


def _check_agencies(rows: Sequence[TableRow]) -> Iterator[_Problem]:
    for column in ("code", "name"):
        yield from _check_unique(rows, column)
    parents = {row["code"]: row["parent"] for row in rows}
    for row in rows:
        if row["level"] not in LEVELS:
            yield (
                row.line,
                _("unknown level '{level}'; write one of {choices}.").format(
                    level=row["level"], choices=" ".join(LEVELS)
                ),
            )
        if row["parent"] and row["parent"] not in parents:
            yield (
                row.line,
                _("the parent {parent} has no row; add it or fix the code.").format(
                    parent=row["parent"]
                ),
            )
        elif len(cycle := _find_cycle(row["code"], parents)) > 0:
            yield (
                row.line,
                _("is its own ancestor ({choices}); fix the parent.").format(
                    choices=" -> ".join(cycle)
                ),
            )


def _check_unique(rows: Sequence[TableRow], column: str) -> Iterator[_Problem]:
    lines: dict[str, int] = {}
    for row in rows:
        value = row[column]
        if not value:
            yield row.line, _("has an empty {column}; write one.").format(column=column)
        elif value in lines:
            yield (
                row.line,
                _("the {column} {value} is on line {value2} too; change one.").format(
                    column=column, value=value, value2=lines[value]
                ),
            )
        lines.setdefault(value, row.line)


def _find_cycle(code: str, parents: dict[str, str]) -> tuple[str, ...]:
    """Returns the cycle of parents from `code` back to itself; empty where there is none."""
    way = [code]
    while (above := parents.get(way[-1], "")) and above not in way:
        way.append(above)
    return (*way, code) if above == code else ()
