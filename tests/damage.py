"""Ways to damage a file. A process that has mapped the old file keeps it: each writes a new one."""

import random
from pathlib import Path

_CHANCE = random.Random(1)


def replace(file: Path, content: bytes) -> None:
    """Writing in place would truncate a file that the engine may still read: SIGBUS."""
    file.unlink()
    file.write_bytes(content)


def cut(file: Path) -> None:
    content = file.read_bytes()
    replace(file, content[: len(content) // 2])


def flip(file: Path) -> None:
    """Flips a bit of the middle byte."""
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 0x01
    replace(file, bytes(content))


def flip_any(file: Path) -> None:
    """Flips a random bit of a random byte."""
    content = bytearray(file.read_bytes())
    if content:
        content[_CHANCE.randrange(len(content))] ^= 1 << _CHANCE.randrange(8)
    replace(file, bytes(content))


def scramble(file: Path) -> None:
    replace(file, _CHANCE.randbytes(max(5_000, file.stat().st_size)))


def empty(file: Path) -> None:
    replace(file, b"")


def make_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()
