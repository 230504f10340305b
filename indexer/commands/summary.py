"""The summary that `gongkai index` prints: counts, reasons, values, files."""

from collections import Counter
from collections.abc import Sequence
from gettext import gettext as _

from gongkai.catalog.plain_text import clean_line
from gongkai.language import translate_code, translate_reason
from indexer.pipeline import IndexReport
from indexer.sources.row import SkippedPart
from indexer.warnings_file import ValueCounts

_SHOWN_VALUES, _LONGEST_VALUE = 10, 40


def print_summary(outcome: IndexReport, seconds: float) -> None:
    """Prints the counts of a run with their reasons, and the files that it has written."""
    summary = outcome.summary
    print(
        _("read       {read:>10,}  in {seconds:.1f} s").format(read=summary.read, seconds=seconds)
    )
    print(_("indexed    {indexed:>10,}").format(indexed=summary.indexed))
    print(_("unchanged  {unchanged:>10,}").format(unchanged=summary.unchanged))
    print(
        _("refused    {total:>10,}{reasons}").format(
            total=summary.refused.total(), reasons=_reasons(summary.refused)
        )
    )
    for row in summary.unreadable:
        print(f"  {row.source}:{row.line}: {translate_code(row.reason)}: {row.detail}")
    print(
        _("withheld   {total:>10,}{reasons}").format(
            total=summary.withheld.total(), reasons=_reasons(summary.withheld)
        )
    )
    if summary.warnings:
        print(
            _("warnings   {total:>10,}{reasons}").format(
                total=summary.warnings.total(), reasons=_reasons(summary.warnings)
            )
        )
        _print_values(summary.values)
    _print_values(summary.headings, _("unknown headings (kept as extra)"))
    print(_("generation {generation}").format(generation=outcome.generation))
    if not outcome.is_live:
        print(_("not live yet: other slots are not done, see gongkai slots"))
    _print_skipped(summary.skipped)
    if outcome.rejects:
        print(_("rejects    {rejects} (also .csv, .xlsx)").format(rejects=outcome.rejects))
    if outcome.warnings:
        print(_("listed in  {warnings} (also .csv)").format(warnings=outcome.warnings))


def _print_values(values: ValueCounts, title: str = "") -> None:
    """Prints the most frequent values of each warning with their counts."""
    for name, counts in sorted(values.counts.items()):
        shown = ", ".join(
            f"{clean_line(value)[:_LONGEST_VALUE]} {count:,}"
            for value, count in counts.most_common(_SHOWN_VALUES)
        )
        more = len(counts) - _SHOWN_VALUES
        others = _(", and {more:,} other values").format(more=more) if more > 0 else ""
        if values.more[name]:
            others += _(", and {count:,} cells with values beyond the counted ones").format(
                count=values.more[name]
            )
        print(f"  {title or translate_reason(name)}: {shown}{others}")


def _print_skipped(skipped: Sequence[SkippedPart]) -> None:
    if not skipped:
        return
    counts: Counter[str] = Counter()
    for part in skipped:
        counts[part.reason] += part.count
    print(
        _("not read   {total:>10,}{reasons}").format(total=counts.total(), reasons=_reasons(counts))
    )
    for part in skipped:
        reason = translate_code(part.reason)
        print(f"  {part.source}:{part.line}: {reason} {part.count:,}: {part.detail}")


def _reasons(counts: dict[str, int]) -> str:
    listed = ", ".join(f"{translate_reason(key)} {n:,}" for key, n in sorted(counts.items()) if n)
    return f"  ({listed})" if listed else ""
