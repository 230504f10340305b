"""Decides which rejected rows may be stored, and purges rejects files."""

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
    """Returns base ids of records withdrawn by staff, from a withdrawal ledger (id -> cause)."""
    return frozenset(base_id(each) for each, cause in withdrawn.items() if cause == STAFF)


def may_keep(refused: Refused, by_staff: frozenset[str]) -> bool:
    """Returns whether the cells of a refused row may be stored: not those of a withdrawn record.

    A row that does not identify its record may be any record without an id of its own.
    """
    if refused.id is None:
        return not any(map(is_hash_id, by_staff))
    return base_id(refused.id) not in by_staff


def purge_rejects(data_dir: Path, rules: IntakeRules, withdrawn: Mapping[str, str]) -> int:
    """Re-evaluates every row in the rejects files and removes cells that must not be stored.

    Warnings of withdrawn records are removed as well. Returns the number of changed lines. The CSV
    and XLSX files of a changed file are deleted; only the JSON Lines file is rewritten.
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
    """Returns a warning's line, or b"" if its record is withdrawn or it cannot be parsed."""
    entry = _read_entry(line)
    return line if entry and entry.get("id") not in withdrawn else b""


def _purge_line(line: bytes, rules: IntakeRules, by_staff: frozenset[str]) -> bytes:
    """Returns the line as it may stay, or b"" if it cannot be parsed."""
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
    # JSON can escape an unpaired surrogate; UTF-8 cannot encode it.
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
    """Returns the cells that may stay. A row that would now be accepted has no reason to stay."""
    outcome = take_row(row, rules)
    if isinstance(outcome, Accepted):
        return None
    if isinstance(outcome, Refused) and may_keep(outcome, by_staff):
        return outcome.kept
    return None
