"""Checks one generation: its manifest, its files and the analysis that built it."""

from collections.abc import Collection
from gettext import gettext as _

from gongkai.engines.port import IntegrityReport
from gongkai.engines.store_backend import StoreBackend

OTHER_ANALYSIS = _("It was built with another analysis, dictionary or schema.")
"""The one fault of a generation whose files may be intact."""
UNFINISHED = _("Its manifest is missing or damaged, or it was never finished.")


def examine_generation(
    backend: StoreBackend, name: str, live: Collection[str], fingerprint: str
) -> IntegrityReport:
    """Returns the faults of a generation, for the program with this fingerprint."""
    manifest = backend.generations.manifest(name)
    if manifest is None or not manifest.complete:
        return IntegrityReport(name, name in live, (UNFINISHED,))
    is_own = manifest.fingerprint == fingerprint
    faults = backend.examine(name, is_own=is_own)
    if not is_own:
        faults.append(OTHER_ANALYSIS)
    return IntegrityReport(name, name in live, tuple(faults))


def is_damaged(report: IntegrityReport) -> bool:
    """Whether a generation has another fault than the analysis that built it."""
    return bool(report.faults) and report.faults != (OTHER_ANALYSIS,)


def examine_withdrawn(backend: StoreBackend) -> list[str]:
    """Returns a fault if a generation has records that were deleted from it earlier."""
    erased = [key for key, entry in backend.ledger.entries().items() if entry.erased]
    # Opening an index writes a lock, which a full or read-only disk refuses.
    count = sum(backend.look_up(erased).values()) if erased else 0
    if not count:
        return []
    said = _("{count:,} withdrawn records are in the index again; run `gongkai doctor --repair`.")
    return [said.format(count=count)]


def erase_withdrawn(backend: StoreBackend) -> list[str]:
    """Deletes withdrawn records that a restored generation still has; returns withdrawn ids."""
    closed = list(backend.ledger.entries())
    if closed:
        backend.erase(closed, None)
    return closed
