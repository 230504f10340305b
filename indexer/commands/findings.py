"""Messages of `gongkai index` on identities: clashes, closed records, missing records."""

import sys
from contextlib import closing
from gettext import gettext as _
from pathlib import Path

import typer
from rich.cells import set_cell_size

from gongkai.catalog.identity import SOURCE_NAME
from gongkai.engines.installation import Installation
from indexer.completeness import withdraw_missing
from indexer.pipeline import IndexReport
from indexer.review import Finding

_WORDS = {
    Finding.SAME_ID: _("same id"),
    Finding.LIKELY_CLOSED: _("to check"),
    Finding.MISSING: _("missing"),
    Finding.CLOSED_FILE: _("no text"),
}


def name_source(source: str, paths: list[Path], *, complete: bool) -> tuple[str, list[Path]]:
    """Returns the source's name and the paths: `--complete NAME PATH` has the name first."""
    first = str(paths[0])
    is_name = SOURCE_NAME.fullmatch(first) and len(paths) > 1 and not paths[0].exists()
    if complete and is_name and source in ("", first):
        source, paths = first, paths[1:]
    if source and not SOURCE_NAME.fullmatch(source):
        raise typer.BadParameter(_("a source name has up to 40 letters, digits, '.', '_' or '-'"))
    return source, paths


def print_findings(outcome: IndexReport) -> None:
    """Prints counts by kind, the first findings with their places, and the file with all."""
    summary = outcome.summary
    if summary.closed or summary.unmatched:
        print(
            _("closed     {closed:>10,}  (not public before {unmatched:,})").format(
                closed=summary.closed, unmatched=summary.unmatched
            )
        )
    counts = {**summary.reviews, Finding.MISSING: len(outcome.missing.ids)}
    for finding, count in counts.items():
        if count:
            print(f"{set_cell_size(_WORDS[finding], 10)} {count:>10,}")
    for example in outcome.examples:
        print(f"  {example}")
    if outcome.review:
        print(_("review     {review}").format(review=outcome.review))


def settle_missing(
    outcome: IndexReport, installation: Installation, *, withdraw: bool, allow: bool
) -> bool:
    """Withdraws the records that a full export lacks, if wanted. Returns whether none is left.

    Raises ShrinkingSourceError.
    """
    missing = outcome.missing
    if not missing.ids:
        return True
    if outcome.summary.refused:
        print(_("Nothing missing is withdrawn: refused rows may belong to these records."))
        return False
    question = _("Withdraw the {count:,} missing records?").format(count=len(missing.ids))
    if not withdraw and not (sys.stdin.isatty() and typer.confirm(question)):
        return False
    with closing(installation.open_store()) as store:
        count = withdraw_missing(store, missing, allow=allow or not withdraw)
    print(_("withdrawn  {count:>10,}").format(count=count))
    return True
