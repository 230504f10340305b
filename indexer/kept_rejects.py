"""Rejects files in, the same files without any text that must not be kept out."""

import json
import os
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from gongkai.catalog.identity import base_id, is_hash_id
from gongkai.catalog.intake import Accepted, IntakeRules, Refused, take_row
from gongkai.engines.port import STAFF
from gongkai.files.durable import open_private, sync_folder
from gongkai.staff.rejected import rejects_folder
from indexer.rejects import SHEETS
from indexer.warnings_file import warnings_path


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

    Warnings of records that are withdrawn go as well. Gives the number of lines that changed. Of a
    file where one did, the CSV and XLSX files are deleted: only the JSON Lines file is rewritten.
    """
    by_staff = withdrawn_by_staff(withdrawn)
    changed = 0
    for path in sorted(rejects_folder(data_dir).glob("*.jsonl")):
        if path == warnings_path(path.with_suffix("").with_suffix(".jsonl")):
            changed += _purge_file(path, partial(_purge_warning, withdrawn=withdrawn))
        else:
            changed += _purge_file(path, partial(_purge_line, rules=rules, by_staff=by_staff))
    return changed


def _purge_file(path: Path, purge_line: Callable[[bytes], bytes]) -> int:
    beside = path.with_name(f".{path.name}.{os.getpid()}.new")
    changed = 0
    try:
        with path.open("rb") as lines, open_private(beside, os.O_TRUNC) as file:
            for line in lines:
                kept = purge_line(line)
                changed += kept != line
                file.write(kept)
            file.flush()
            os.fsync(file.fileno())
        if changed:
            beside.replace(path)
            for suffix in SHEETS:
                path.with_suffix(suffix).unlink(missing_ok=True)
            sync_folder(path.parent)
    finally:
        beside.unlink(missing_ok=True)
    return changed


def _purge_warning(line: bytes, withdrawn: Mapping[str, str]) -> bytes:
    """The line of a warning, unless its record is withdrawn or it can't be read."""
    entry = _read_entry(line)
    return line if entry and entry.get("id") not in withdrawn else b""


def _purge_line(line: bytes, rules: IntakeRules, by_staff: frozenset[str]) -> bytes:
    """The line as it may stay; nothing of one that can't be read."""
    entry = _read_entry(line)
    if entry is None:
        return b""
    row = entry.get("row")
    if not isinstance(row, Mapping):
        return line
    kept = _kept_of(row, rules, by_staff)
    if kept == row:
        return line
    text = json.dumps({**entry, "row": kept}, ensure_ascii=False)
    # JSON has an escape for half of a surrogate pair, UTF-8 has none.
    return text.encode("utf-8", "backslashreplace") + b"\n"


def _read_entry(line: bytes) -> Mapping[str, object] | None:
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return entry if isinstance(entry, dict) else None


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
