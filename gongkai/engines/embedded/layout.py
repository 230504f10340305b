"""The layout of a data folder: generations, manifests and the live pointer. No tantivy here.

DATA_DIR/live                      the name of the live generation
DATA_DIR/write.lock                held by the single writer
DATA_DIR/withdrawn.json            the withdrawal ledger
DATA_DIR/withdrawn.copy.json       its second copy
DATA_DIR/vectors/MODEL.sqlite      vectors of passages, where semantic search is on
DATA_DIR/generations/NAME/manifest.json
DATA_DIR/generations/NAME/index/   tantivy's files
"""

import re
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path

import orjson

from gongkai.engines.manifest import Manifest, begin_generation
from gongkai.engines.port import Generation
from gongkai.files.durable import make_folder, read_json, replace_file, sync_folder

_NAME = re.compile(r"[0-9]{8}t[0-9]{12}-[0-9a-f]{6}")


@dataclass(frozen=True, slots=True)
class Layout:
    """The paths of one data folder."""

    root: Path

    @property
    def pointer(self) -> Path:
        return self.root / "live"

    @property
    def lock(self) -> Path:
        return self.root / "write.lock"

    @property
    def ledger(self) -> Path:
        return self.root / "withdrawn.json"

    @property
    def generations(self) -> Path:
        return self.root / "generations"

    def index_folder(self, name: str) -> Path:
        return self.generations / name / "index"

    def live_name(self) -> str | None:
        """Returns the live generation; None before the first, or for a damaged pointer."""
        try:
            name = self.pointer.read_text(encoding="ascii").strip()
        except (FileNotFoundError, IsADirectoryError, UnicodeDecodeError):
            return None
        return name if _NAME.fullmatch(name) else None

    def live_names(self) -> list[str]:
        name = self.live_name()
        return [name] if name else []

    def point_at(self, name: str) -> None:
        if self.pointer.is_dir():
            self.pointer.rename(self.root / "live.folder")
        replace_file(self.pointer, name.encode("ascii") + b"\n")

    def create(self, fingerprint: str) -> Manifest:
        """Creates a new, incomplete generation with a new name."""
        manifest = begin_generation(fingerprint, (each.name for each in self._manifests()))
        make_folder(self.index_folder(manifest.name))
        self.write_manifest(manifest)
        return manifest

    def write_manifest(self, manifest: Manifest) -> None:
        path = self.generations / manifest.name / "manifest.json"
        replace_file(path, orjson.dumps(asdict(manifest), option=orjson.OPT_INDENT_2))

    def manifest(self, name: str) -> Manifest | None:
        """Returns the manifest of a generation; None where it is missing or torn."""
        try:
            content = read_json(self.generations / name / "manifest.json")
            found = Manifest(**content) if content else None
        except (ValueError, TypeError, OSError):
            return None
        return found if found and found.name == name and found.complete in (True, False) else None

    def has_ledger(self) -> bool:
        """Whether some generation was made while a withdrawal ledger existed."""
        return any(each.has_ledger for each in self._manifests())

    def complete(self) -> list[Manifest]:
        """Returns the generations that may be searched, newest first."""
        return [each for each in self._manifests() if each.complete]

    def drop(self, name: str) -> None:
        shutil.rmtree(self.generations / name, ignore_errors=True)

    def left_behind(self) -> list[str]:
        """Returns the generations that killed runs left; valid while the write lock is held.

        A generation with a damaged manifest is kept, because it may be the live one.
        """
        live = self.live_name()
        names = []
        for folder in self._folders():
            manifest = self.manifest(folder.name)
            if manifest is None:
                is_left = not (folder / "index" / "meta.json").exists()
            else:
                is_left = not manifest.complete
            if is_left and folder.name != live:
                names.append(folder.name)
        return names

    def in_slots(self) -> Manifest | None:
        """Returns None: one process writes a folder."""
        return None

    def damaged(self) -> list[str]:
        """Returns the names of generations with an index and a missing or torn manifest."""
        return [
            folder.name
            for folder in self._folders()
            if self.manifest(folder.name) is None and (folder / "index" / "meta.json").exists()
        ]

    def describe(self, manifest: Manifest, records: int) -> Generation:
        """Returns a manifest together with the size and record count on disk."""
        return Generation(
            name=manifest.name,
            created=manifest.created,
            records=records,
            bytes=folder_bytes(self.index_folder(manifest.name)),
            fingerprint=manifest.fingerprint,
            live=self.live_name() == manifest.name,
        )

    def prepare(self) -> None:
        """Creates the folders where they are missing."""
        make_folder(self.generations)
        sync_folder(self.root)

    def _manifests(self) -> list[Manifest]:
        found = (self.manifest(folder.name) for folder in self._folders())
        return sorted((m for m in found if m), key=lambda m: m.name, reverse=True)

    def _folders(self) -> list[Path]:
        if not self.generations.is_dir():
            return []
        return [folder for folder in self.generations.iterdir() if folder.is_dir()]


def folder_bytes(folder: Path) -> int:
    """Returns the bytes of all files in a folder; files that disappear meanwhile count as 0."""
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size
        except FileNotFoundError:
            continue
    return total
