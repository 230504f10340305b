"""Rejects files in, the same files without any text that must not be kept out."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import orjson

from catalog.identity import base_id, is_hash_id
from catalog.intake import Accepted, IntakeRules, Refused, take_row
from engines.port import STAFF
from files.durable import open_private, sync_folder
from staff.rejected import rejects_folder


def withdrawn_by_staff(withdrawn: Mapping[str, str]) -> frozenset[str]:
    """Ids that rows of records withdrawn by staff state, of a withdrawal ledger (id -> cause)."""
    return frozenset(base_id(each) for each, cause in withdrawn.items() if cause == STAFF)


def may_keep(refused: Refused, by_staff: frozenset[str]) -> bool:
    """Whether the cells of a refused row may be written down: not those of a withdrawn record.

    A row that doesn't say which record it is may be any of those without an id of their own.
    """
    if refused.id is None:
        return not any(map(is_hash_id, by_staff))
    return base_id(refused.id) not in by_staff


def purge_rejects(data_dir: Path, rules: IntakeRules, withdrawn: Mapping[str, str]) -> int:
    """Judge every row kept in the rejects files again, and take out the cells that must go.

    Gives the number of rows that lost cells. Of a run where one did, other forms of its rejects
    (CSV, XLSX) are deleted: the JSON Lines file is the one that is rewritten.
    """
    by_staff = withdrawn_by_staff(withdrawn)
    return sum(
        _purge_file(path, rules, by_staff)
        for path in sorted(rejects_folder(data_dir).glob("*.jsonl"))
    )


def _purge_file(path: Path, rules: IntakeRules, by_staff: frozenset[str]) -> int:
    beside = path.with_name(f".{path.name}.{os.getpid()}.new")
    changed = 0
    try:
        with path.open("rb") as lines, open_private(beside, os.O_TRUNC) as file:
            for line in lines:
                kept = _purge_line(line, rules, by_staff)
                changed += kept != line
                file.write(kept)
            file.flush()
            os.fsync(file.fileno())
        if changed:
            beside.replace(path)
            for other in _other_forms(path):
                other.unlink()
            sync_folder(path.parent)
    finally:
        beside.unlink(missing_ok=True)
    return changed


def _other_forms(path: Path) -> Iterator[Path]:
    yield from (each for each in path.parent.glob(f"{path.stem}*") if each.suffix != path.suffix)


def _purge_line(line: bytes, rules: IntakeRules, by_staff: frozenset[str]) -> bytes:
    """The line as it may stay; nothing of one that can't be read."""
    try:
        entry = orjson.loads(line)
        row = entry["row"]
    except (ValueError, KeyError, TypeError):
        return b""
    if not isinstance(row, Mapping):
        return line
    kept = _kept_of(row, rules, by_staff)
    if kept == row:
        return line
    return orjson.dumps({**entry, "row": kept}, option=orjson.OPT_APPEND_NEWLINE)


def _kept_of(
    row: Mapping[str, object], rules: IntakeRules, by_staff: frozenset[str]
) -> Mapping[str, object] | None:
    """What may stay of a row; a record that would be accepted now has lost its reason to stay."""
    outcome = take_row(row, rules)
    if isinstance(outcome, Accepted):
        return None
    if isinstance(outcome, Refused) and may_keep(outcome, by_staff):
        return outcome.kept
    return None
