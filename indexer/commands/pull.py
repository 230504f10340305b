"""`gongkai pull`: saves the record pages of a portal in a folder, for `gongkai index`."""

from gettext import gettext as _
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer
from rich.progress import SpinnerColumn, TextColumn

from gongkai.command_line import open_progress
from indexer.portal.crawl import Crawl, CrawlJob, CrawlReport
from indexer.portal.web_client import Pace, PageError, WebClient, is_on, normalize

_SHOWN = 10
_UNFINISHED = 3


def pull(  # noqa: PLR0913, PLR0917 - options of a command
    address: Annotated[str, typer.Argument(help="A portal, a list page, a sitemap or a feed.")],
    folder: Annotated[Path, typer.Argument(help="Folder for the saved pages.")],
    also: Annotated[
        list[str] | None, typer.Option(help="Another host that holds pages or attachments.")
    ] = None,
    delay: Annotated[float, typer.Option(min=0, help="Seconds between two requests.")] = 1.0,
    limit: Annotated[int, typer.Option(min=1, help="Most pages and files of this call.")] = 100_000,
    files: Annotated[bool, typer.Option(help="Save attachments too.")] = True,
) -> None:
    """Save the record pages of a portal: only changed ones, and where it stopped the last time."""
    start = _check_start(address)
    hosts = frozenset((urlsplit(start).netloc, *(host.lower() for host in also or ())))
    client = WebClient(hosts, Pace(delay))
    columns = (SpinnerColumn(), TextColumn("{task.description}"))
    with open_progress(*columns, is_transient=True) as bar:
        task = bar.add_task("")
        crawl = Crawl(
            CrawlJob(start, folder, limit, files),
            client,
            lambda report: bar.update(task, description=_describe(report)),
        )
        report = crawl.run()
    _print_report(report, folder)
    if report.is_left or report.faults:
        raise typer.Exit(_UNFINISHED)


def _check_start(address: str) -> str:
    start = normalize(address)
    if not is_on(start, (urlsplit(start).netloc,)) or not urlsplit(start).hostname:
        raise PageError(
            _("The address is invalid; write it like https://www.example.gov.cn/zwgk/.")
        )
    return start


def _describe(report: CrawlReport) -> str:
    return _("{saved:,} saved, {unchanged:,} unchanged, {files:,} files").format(
        saved=report.saved, unchanged=report.unchanged, files=report.files
    )


def _print_report(report: CrawlReport, folder: Path) -> None:
    if report.is_resumed:
        print(_("Continued where the last call stopped."))
    print(
        _("{describe}, {removed:,} removed, {passed:,} other pages").format(
            describe=_describe(report), removed=report.removed, passed=report.passed
        )
    )
    for address, fault in report.faults[:_SHOWN]:
        print(f"{address}: {fault}")
    if len(report.faults) > _SHOWN:
        print(_("{value:,} more addresses failed").format(value=len(report.faults) - _SHOWN))
    if report.is_left:
        print(_("Addresses are left: run the same command again to continue."))
    print(_("Next: gongkai inspect {folder}").format(folder=folder))
