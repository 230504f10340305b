"""Crawls a portal: finds its record pages through sitemaps, feeds and lists, and saves them.

Each record page has a folder of its own with its attachments, where the readers find them.
"""

import hashlib
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from gettext import gettext as _
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

from gongkai.files.documents import SUFFIXES
from gongkai.files.durable import make_folder
from gongkai.files.errors import BrokenFileError
from indexer.portal.crawl_state import CrawlState, Kind, Result, Waiting
from indexer.portal.links import read_links
from indexer.portal.saved_page import SavedPage, read_saved_page, stamp_address
from indexer.portal.web_client import (
    MAX_FILE_BYTES,
    MAX_PAGE_BYTES,
    PageError,
    Reply,
    WebClient,
    normalize,
)

PAGE_NAME = "page.html"
_MOST_FAULTS = 10
"""Faults of the network in succession after which the portal counts as unreachable."""
_MOST_FILES = 50
_LONGEST_NAME = 80
_NO_NAME = '/\\:*?"<>|\0'
_SITEMAPS = ("/sitemap.xml",)


@dataclass(frozen=True, slots=True)
class CrawlJob:
    """What to pull: the start address, the folder of the copies, and the limit of pages."""

    start: str
    folder: Path
    limit: int = 100_000
    with_files: bool = True


@dataclass(slots=True)
class CrawlReport:
    """Counts of one call. `left` tells whether addresses still wait."""

    saved: int = 0
    unchanged: int = 0
    removed: int = 0
    files: int = 0
    passed: int = 0
    """Pages that are no records, and pages that robots.txt excludes."""
    is_left: bool = False
    is_resumed: bool = False
    faults: list[tuple[str, str]] = field(default_factory=list)


class Crawl:
    """One call of the crawler; it continues an interrupted one."""

    def __init__(
        self, job: CrawlJob, client: WebClient, on_page: Callable[[CrawlReport], None] | None = None
    ) -> None:
        make_folder(job.folder)
        self._job = job
        self._client = client
        self._state = CrawlState(job.folder, job.start)
        self._on_page = on_page
        self._faults = 0
        self.report = CrawlReport(is_resumed=self._state.is_resumed)
        if self._state.other_start is not None:
            raise PageError(
                _("The folder holds pages of {other_start}; use another folder.").format(
                    other_start=self._state.other_start
                )
            )

    def run(self) -> CrawlReport:
        """Fetches what waits, up to the limit. Raises PageError for an unreachable portal."""
        if not self._state.is_resumed:
            self._begin()
        fetched = 0
        while waiting := self._state.next():
            if fetched >= self._job.limit:
                self.report.is_left = True
                break
            fetched += self._visit(waiting)
            if self._on_page:
                self._on_page(self.report)
        self.report.faults = list(self._state.faults())
        return self.report

    def _begin(self) -> None:
        start = self._job.start
        self._state.add([normalize(start)], Kind.LIST)
        if urlsplit(start).path in ("", "/"):
            named = self._client.sitemaps(start) or [urljoin(start, each) for each in _SITEMAPS]
            self._state.add(map(normalize, named), Kind.LIST)

    def _visit(self, waiting: Waiting) -> bool:
        """Handles one address. Returns whether it was fetched."""
        if not self._client.allows(waiting.address):
            self.report.passed += 1
            self._state.done(waiting.address, waiting.last)
            return False
        most = MAX_FILE_BYTES if waiting.kind is Kind.FILE else MAX_PAGE_BYTES
        last = waiting.last
        try:
            reply = self._client.fetch(
                waiting.address, etag=last.etag, modified=last.modified, most=most
            )
        except PageError as error:
            self._note_fault(waiting, error)
            return True
        self._faults = 0
        if reply.is_unchanged:
            self.report.unchanged += waiting.kind is Kind.PAGE
            self._state.add_links_of(waiting.address)
            self._state.done(waiting.address, last)
        elif waiting.kind is Kind.FILE:
            self._take_file(waiting, reply)
        else:
            self._take_page(waiting, reply)
        return True

    def _note_fault(self, waiting: Waiting, error: PageError) -> None:
        if error.is_unreachable:
            self._faults += 1
            if self._faults >= _MOST_FAULTS:
                self._state.postpone(waiting.address, str(error))
                raise PageError(
                    _("{error} Run the command again to continue.").format(error=error)
                ) from error
        last = waiting.last
        if error.is_gone and last.folder:
            self._remove(waiting)
        # The sitemap of a portal without one is no fault.
        is_guess = urlsplit(waiting.address).path in _SITEMAPS
        fault = "" if error.is_gone and (last.folder or is_guess) else str(error)
        kept = Result() if error.is_gone else last
        self._state.done(waiting.address, replace(kept, fault=fault))

    def _take_page(self, waiting: Waiting, reply: Reply) -> None:
        """Saves a record page with its files, or follows the links of a list."""
        page = None if waiting.kind is Kind.LIST else self._read(reply)
        result = Result(reply.etag, reply.modified)
        if page is not None:
            folder = self._save(waiting, reply)
            self.report.saved += 1
            if self._job.with_files:
                self._state.add(page.files[:_MOST_FILES], Kind.FILE, waiting.address, folder)
            self._state.done(waiting.address, replace(result, folder=folder))
            return
        if waiting.last.folder:
            self._remove(waiting)
        self.report.passed += waiting.kind is Kind.PAGE
        if waiting.kind is Kind.LIST or self._is_below(reply.address):
            links = read_links(reply.address, reply.content)
            own = [each for each in map(normalize, links.pages) if self._client.allows(each)]
            further = [each for each in map(normalize, links.lists) if self._client.allows(each)]
            self._state.add(further, Kind.LIST, waiting.address)
            self._state.add(own, Kind.PAGE, waiting.address)
            self._state.done(waiting.address, result, Kind.LIST)
        else:
            self._state.done(waiting.address, result)

    def _read(self, reply: Reply) -> SavedPage | None:
        try:
            return read_saved_page(reply.address, reply.content)
        except BrokenFileError:
            return None

    def _is_below(self, address: str) -> bool:
        """Returns whether a page is in the folder of the start address or below it."""
        folder = urlsplit(self._job.start).path.rpartition("/")[0] + "/"
        return urlsplit(address).path.startswith(folder)

    def _save(self, waiting: Waiting, reply: Reply) -> str:
        folder = waiting.last.folder or _name_folder(waiting.address)
        target = self._job.folder / folder
        make_folder(target)
        (target / PAGE_NAME).write_bytes(stamp_address(reply.address, reply.content))
        return folder

    def _remove(self, waiting: Waiting) -> None:
        """Removes the copy of a page or file that the portal no longer has."""
        target = self._job.folder / waiting.last.folder
        if waiting.kind is Kind.FILE:
            if waiting.last.name:
                (target / waiting.last.name).unlink(missing_ok=True)
            return
        self.report.removed += 1
        shutil.rmtree(target, ignore_errors=True)

    def _take_file(self, waiting: Waiting, reply: Reply) -> None:
        name = _name_file(reply)
        folder = self._job.folder / waiting.last.folder
        if name and folder.is_dir():
            (folder / name).write_bytes(reply.content)
            self.report.files += 1
        validators = (reply.etag, reply.modified) if name else ("", "")
        self._state.done(waiting.address, Result(*validators, waiting.last.folder, name))


def _name_folder(address: str) -> str:
    digest = hashlib.blake2b(address.encode(), digest_size=8).hexdigest()
    return f"{digest[:2]}/{digest}"


def _name_file(reply: Reply) -> str:
    """Returns the name of an attachment with a readable suffix, or "" if it has none."""
    last = unquote(urlsplit(reply.address).path).rpartition("/")[2]
    for name in (last, reply.file_name):
        clean = "".join(sign for sign in name if sign.isprintable() and sign not in _NO_NAME)
        stem, dot, suffix = clean.strip(". ").rpartition(".")
        if dot and f".{suffix.lower()}" in SUFFIXES and stem:
            return f"{stem[:_LONGEST_NAME]}.{suffix}"
    return ""
