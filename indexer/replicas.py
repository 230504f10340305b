"""A copy of another installation's public index in, a generation of this one out, or nothing.

`gongkai replica pull` calls it. A copy without its last line is never read, and a generation is
never live before it is whole.
"""

from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from catalog.dates import PartialDate, parse_date
from catalog.disclosure import Disclosure
from catalog.errors import GongkaiError
from catalog.record import Attachment, AttachmentText, Record
from engines.opening import Installation
from engines.port import DISCLOSURE, REPLICA_FORMAT, STAFF, IndexStore
from files.durable import replace_file
from indexer.documents import build_document


class BrokenReplicaError(GongkaiError):
    """A copy that is half, damaged or of another format; what was served before goes on."""


@dataclass(frozen=True, slots=True)
class Replicated:
    """What a pull did: records written, and those taken off because the source has them no more."""

    generation: str
    records: int
    gone: int


def apply_replica(copy: Path, installation: Installation) -> Replicated:
    """Build a generation of a copy beside the live one, and switch in one step.

    Raises BrokenReplicaError, AnotherWriterError. Records that staff took off here stay off.
    """
    check_replica(copy)
    with closing(installation.open_store()) as store:
        withdrawn = store.withdrawn()
        before = _ids(_kept(installation))
        taken: set[str] = set()
        with store.rebuild() as writer:
            for record in read_replica(copy):
                if withdrawn.get(record.id) != STAFF:
                    writer.put(build_document(record, installation.analysis))
                    taken.add(record.id)
            writer.commit()
            store.publish(writer.name)
        _settle(store, before - taken, taken & withdrawn.keys())
        _keep(installation, taken)
        return Replicated(writer.name, len(taken), len(before - taken))


def check_replica(copy: Path) -> None:
    """Raises BrokenReplicaError unless the copy is whole."""
    with copy.open("rb") as lines:
        head = _parse(next(lines, b""))
        if head.get("format") != REPLICA_FORMAT:
            raise BrokenReplicaError("The copy is of another format, or of another program.")
        count, last = 0, b""
        for line in lines:
            count, last = count + 1, line
    if not last.endswith(b"\n") or _parse(last) != {"end": count - 1}:
        raise BrokenReplicaError("The copy breaks off; what was there before is still served.")


def read_replica(copy: Path) -> Iterator[Record]:
    """The records of a copy that `check_replica` has passed."""
    with copy.open("rb") as lines:
        next(lines)
        for line in lines:
            content = _parse(line)
            if "end" not in content:
                yield restore_record(content)


def restore_record(stored: Mapping[str, Any]) -> Record:
    """What `documents.stored_form` wrote, read back. Raises BrokenReplicaError."""
    try:
        plain: dict[str, Any] = {name: stored[name] for name in _PLAIN}
        lists: dict[str, Any] = {name: tuple(stored[name]) for name in _LISTS}
        attachments = tuple(
            Attachment(a["name"], a["url"], a["text"], AttachmentText(a["text_state"]))
            for a in stored["attachments"]
        )
        return Record(
            **plain,
            **lists,
            published_on=_date(stored["published_on"]),
            issued_on=_date(stored["issued_on"]) if stored["issued_on"] else None,
            disclosure=Disclosure(stored["disclosure"]),
            attachments=attachments,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise BrokenReplicaError("A record of the copy is damaged.") from error


def _settle(store: IndexStore, gone: set[str], back: set[str]) -> None:
    """What the source has no more leaves the older generation too; what is back may return."""
    if gone:
        store.withdraw(gone, cause=DISCLOSURE, held=gone)
    if back:
        store.restore(back, cause=DISCLOSURE)


def _kept(installation: Installation) -> Path:
    return installation.settings.data_dir / "replica" / "ids"


def _ids(path: Path) -> set[str]:
    try:
        return set(orjson.loads(path.read_bytes()))
    except FileNotFoundError:
        return set()


def _keep(installation: Installation, ids: set[str]) -> None:
    path = _kept(installation)
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_file(path, orjson.dumps(sorted(ids)))


def _parse(line: bytes) -> dict[str, Any]:
    try:
        content = orjson.loads(line)
    except orjson.JSONDecodeError:
        raise BrokenReplicaError("The copy is damaged.") from None
    return content if isinstance(content, dict) else {}


def _date(text: str) -> PartialDate:
    return parse_date(text, field="published_on")


_PLAIN = (
    "id", "index_number", "title", "document_number", "document_number_original", "publisher",
    "publisher_name", "issued_on_original", "category", "genre", "genre_inferred", "format",
    "validity", "summary", "body", "url", "extra",
)  # fmt: skip
_LISTS = ("topic", "audience", "life_event", "keywords")
