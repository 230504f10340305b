"""Loads and checks the classification and agency tables, shipped or a city's own."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass
from gettext import gettext as _
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
from gongkai.catalog.table_reader import Problem, TableRow, read_table

_TREE_COLUMNS = ("path", "aliases")
AGENCY_COLUMNS = ("code", "name", "short_names", "level", "parent", "former_names", "place")


@dataclass(frozen=True)
class Tables:
    """The agencies and the classification trees of one installation, one tree for each column."""

    agencies: AgencyDirectory
    trees: Mapping[str, ClassificationTree]

    def tree(self, column: str) -> ClassificationTree:
        """Returns the tree of one of `CLASSIFIED`. Raises KeyError for another name."""
        return self.trees[column]


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


def _build_nodes(rows: Sequence[TableRow]) -> tuple[Classification, ...]:
    nodes: dict[str, Classification] = {}
    for order, row in enumerate(rows):
        segments = split_path(row["path"])
        if segments:
            path = "/".join(segments)
            aliases = split_values(row["aliases"])
            nodes.setdefault(path, Classification(path, segments[-1], aliases, order))
    return tuple(nodes.values())


def _check_tree(rows: Sequence[TableRow]) -> Iterator[Problem]:
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


def _check_labels(row: TableRow) -> Iterator[Problem]:
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


def _check_aliases(rows: Sequence[TableRow], paths: set[str]) -> Iterator[Problem]:
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


def _check_agencies(rows: Sequence[TableRow]) -> Iterator[Problem]:
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


def _check_unique(rows: Sequence[TableRow], column: str) -> Iterator[Problem]:
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
