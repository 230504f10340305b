"""Checks the data of an installation part by part; each finding says what to do.

`gongkai doctor` prints the findings, and the staff page shows the same ones.
"""

import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from gettext import gettext as _
from pathlib import Path

from gongkai.engines.installation import Installation
from gongkai.engines.port import IntegrityReport
from gongkai.files.ocr import find_ocr_fault
from gongkai.trusted_proxies import find_proxy_faults
from indexer.databases import list_databases

LEAST_FREE = 0.1
"""Share of a disk that should be free: a rebuild needs space for a second index."""


class Part(StrEnum):
    """What is checked, in the order of the output."""

    INDEX = "index"
    LEDGER = "ledger"
    DATABASES = "databases"
    DISK = "disk"
    PROXY = "proxy"
    OCR = "ocr"


class Status(StrEnum):
    """`warning`: the service works, but something needs attention."""

    GOOD = "good"
    WARNING = "warning"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault of a part, as a sentence."""

    part: Part
    status: Status
    text: str


def find_faults(
    installation: Installation, examined: Iterable[IntegrityReport], ledger: Iterable[str]
) -> Iterator[Finding]:
    """Yields the faults of all parts; a part without one is intact.

    `examined` are the generations, `ledger` the faults of the ledger of withdrawals.
    """
    folder = installation.settings.data_dir
    for each in examined:
        status = Status.FAULT if each.live else Status.WARNING
        yield from (Finding(Part.INDEX, status, f"{each.name}: {fault}") for fault in each.faults)
    yield from (Finding(Part.LEDGER, Status.FAULT, fault) for fault in ledger)
    yield from (Finding(Part.DATABASES, Status.FAULT, fault) for fault in _read_databases(folder))
    yield from (Finding(Part.DISK, Status.WARNING, fault) for fault in _measure_disk(folder))
    yield from (Finding(Part.PROXY, Status.WARNING, fault) for fault in find_proxy_faults(folder))
    if installation.settings.ocr and (fault := find_ocr_fault()):
        yield Finding(Part.OCR, Status.WARNING, fault)


def summarize(faults: Iterable[Finding], examined: Iterable[IntegrityReport]) -> list[Finding]:
    """Returns the faults, and the advice on the index where none can be searched."""
    found = list(faults)
    if not any(each.live and not each.faults for each in examined):
        return [Finding(Part.INDEX, Status.FAULT, advise(list(examined))), *found]
    return found


def advise(examined: list[IntegrityReport]) -> str:
    """Returns what to do about the index."""
    live = next((each for each in examined if each.live), None)
    if live and not live.faults:
        return _("The live generation is intact.")
    whole = next((each for each in examined if not each.faults), None)
    if whole:
        return _("Go back to {name}: run `gongkai doctor --repair`.").format(name=whole.name)
    if not examined:
        return _("Nothing is indexed yet: run `gongkai index` first.")
    return _("No generation can be searched: run `gongkai index --rebuild` over the exports.")


def _read_databases(folder: Path) -> Iterator[str]:
    for database in list_databases(folder):
        if fault := database.examine():
            yield _("{name}: {fault}. Restore it from its backup.").format(
                name=database.path.name, fault=fault
            )


def _measure_disk(folder: Path) -> Iterator[str]:
    if not folder.exists():
        return
    usage = shutil.disk_usage(folder)
    if usage.free < LEAST_FREE * usage.total:
        yield _("Only {value:,.1f} GB of disk space are free; a rebuild may not fit.").format(
            value=usage.free / 1000000000.0
        )
