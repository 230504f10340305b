"""A hostile file costs itself: never the process that asked, another file, or the machine."""

import os
import signal
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from gongkai.catalog.record import AttachmentText
from gongkai.files.attachment_text import read_file, read_open_file
from gongkai.files.extraction import TextExtractor
from gongkai.files.extraction_worker import ExtractionLimits
from gongkai.files.limits import MIB
from tests.files.packages import PAGE, pack_docx, pack_page, pack_pdf, paragraph, run

LOW = ExtractionLimits(characters=10_000, cpu_seconds=1, wall_seconds=20, memory_bytes=192 * MIB)
TEXT = "A sentence that is long enough."


@pytest.fixture(scope="module")
def extractor() -> Iterator[TextExtractor]:
    with closing(TextExtractor(LOW)) as low:
        yield low


def plain_pdf(path: Path) -> Path:
    return pack_page(path, f"BT /F 9 Tf 9 9 Td ({TEXT})Tj ET".encode())


def many_texts(path: Path) -> Path:
    """Megabytes of text objects in kilobytes."""
    return pack_page(path, b"BT /F 9 Tf " + b"1 0 0 1 9 9 Tm (a)Tj " * 700_000 + b"ET")


def nested_forms(path: Path) -> Path:
    """Each form draws the next ten times."""
    last = b"BT /F 9 Tf (a)Tj ET"
    return pack_page(path, b"/X Do ", [*[b"/X Do " * 10] * 9, last])


def huge_stream(path: Path) -> Path:
    return pack_page(path, bytes(200_000_000))


def page_tree_loop(path: Path) -> Path:
    return pack_pdf(path, (PAGE[0], b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 99999999>>"))


def endless_graphics(path: Path) -> Path:
    return pack_page(path, b"q " * 500_000 + f"BT /F 9 Tf ({TEXT})Tj ET".encode())


def many_paragraphs(path: Path) -> Path:
    return pack_docx(path, "<w:p/>" * 3_000_000)


def deep_tables(path: Path) -> Path:
    return pack_docx(path, "<w:tbl><w:tr><w:tc>" * 100_000)


def deep_text_boxes(path: Path) -> Path:
    opened = "<w:p><w:r><w:pict><v:shape><v:textbox><w:txbxContent>" * 300
    closed = "</w:txbxContent></v:textbox></v:shape></w:pict></w:r></w:p>" * 300
    return pack_docx(path, f"{opened}{closed}")


def declared_entities(path: Path) -> Path:
    pack_docx(path, paragraph(run("a")))
    lol = '<!DOCTYPE w:document [<!ENTITY a "aaaaaaaaaa">' + "".join(
        f'<!ENTITY {name} "{f"&{before};" * 10}">'
        for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    )
    return replace_part(path, "word/document.xml", f"{lol}]><x>&i;</x>".encode())


def stored_forever(path: Path) -> Path:
    """The directory says a few bytes, the stream goes on."""
    pack_docx(path, paragraph(run("a" * 50_000_000)))
    content = path.read_bytes()
    with zipfile.ZipFile(path) as packed:
        size = packed.getinfo("word/document.xml").file_size
    path.write_bytes(content.replace(size.to_bytes(4, "little"), (999).to_bytes(4, "little")))
    return path


def replace_part(path: Path, name: str, content: bytes) -> Path:
    with zipfile.ZipFile(path) as packed:
        parts = {each: packed.read(each) for each in packed.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for each, kept in {**parts, name: content}.items():
            packed.writestr(each, kept)
    return path


PDF_BOMBS = (many_texts, nested_forms, huge_stream, page_tree_loop, endless_graphics)
DOCX_BOMBS = (many_paragraphs, deep_tables, deep_text_boxes, declared_entities, stored_forever)


@pytest.mark.parametrize("make", PDF_BOMBS + DOCX_BOMBS)
def test_a_bomb_costs_one_file(
    tmp_path: Path, extractor: TextExtractor, make: Callable[[Path], Path]
) -> None:
    bomb = make(tmp_path / ("bomb.pdf" if make in PDF_BOMBS else "bomb.docx"))
    text, state = read_file(bomb, extractor)
    assert len(text) <= LOW.characters
    if make in (many_texts, nested_forms, huge_stream):
        assert state is AttachmentText.TOO_COSTLY
    assert read_file(plain_pdf(tmp_path / "a.pdf"), extractor) == (TEXT, AttachmentText.READ)


def test_many_threads_read_pdfs_at_once(tmp_path: Path) -> None:
    paths = [plain_pdf(tmp_path / f"{number}.pdf") for number in range(40)]
    with ThreadPoolExecutor(8) as threads:
        found = set(threads.map(read_file, paths))
    assert found == {(TEXT, AttachmentText.READ)}


def test_this_process_never_loads_pdfium(tmp_path: Path) -> None:
    path = plain_pdf(tmp_path / "a.pdf")
    code = (
        "import sys; from pathlib import Path; "
        "from gongkai.files.attachment_text import read_file; "
        "print(read_file(Path(sys.argv[1]))[1], 'pypdfium2' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["read", "False"]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV, signal.SIGTERM])
def test_a_killed_worker_is_replaced(tmp_path: Path, number: signal.Signals) -> None:
    path = plain_pdf(tmp_path / "a.pdf")
    with closing(TextExtractor(LOW, workers=1)) as extractor:
        assert read_file(path, extractor) == (TEXT, AttachmentText.READ)
        [worker] = extractor._idle
        os.kill(worker._process.pid, number)
        assert read_file(path, extractor) == (TEXT, AttachmentText.READ)
        assert extractor._idle != [worker]


def test_a_worker_killed_at_work_costs_that_file(tmp_path: Path) -> None:
    """Killed once by somebody else, once by its own limit."""
    path, bomb = plain_pdf(tmp_path / "a.pdf"), nested_forms(tmp_path / "bomb.pdf")
    with closing(TextExtractor(LOW, workers=1)) as extractor:
        read_file(path, extractor)
        [worker] = extractor._idle
        killer = threading.Timer(0.3, worker._process.kill)
        killer.start()
        text, state = read_file(bomb, extractor)
        killer.join()
        assert (text, state) == ("", AttachmentText.TOO_COSTLY)
        assert read_file(path, extractor) == (TEXT, AttachmentText.READ)


def test_a_worker_inherits_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting, no working folder, no descriptor but its socket."""
    monkeypatch.setenv("GONGKAI_ELASTICSEARCH_PASSWORD", "hunter2")
    path = plain_pdf(tmp_path / "a.pdf")
    with closing(TextExtractor(LOW)) as extractor, path.open("rb") as kept:
        os.set_inheritable(kept.fileno(), True)
        read_file(path, extractor)
        process = Path(f"/proc/{extractor._idle[0]._process.pid}")
        assert b"hunter2" not in (process / "environ").read_bytes()
        assert (process / "cwd").readlink() == Path("/")
        opened = {str(each.readlink()).partition(":")[0] for each in (process / "fd").iterdir()}
        assert opened == {"socket", "/dev/null"}
        assert "Max core file size        0 " in (process / "limits").read_text()


def test_a_fork_starts_workers_of_its_own(tmp_path: Path) -> None:
    path = plain_pdf(tmp_path / "a.pdf")
    assert read_file(path) == (TEXT, AttachmentText.READ)
    code = (
        "import os, sys; from pathlib import Path\n"
        "from gongkai.files.attachment_text import read_file\n"
        "read_file(Path(sys.argv[1])); child = os.fork()\n"
        "print(read_file(Path(sys.argv[1]))[1], flush=True)\n"
        "child and os.waitpid(child, 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["read", "read"]


def test_what_is_no_file_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "folder.txt").mkdir()
    (tmp_path / "a.txt").write_text("text")
    (tmp_path / "link.txt").symlink_to(tmp_path / "a.txt")
    for name in ("pipe.txt", "folder.txt", "link.txt", "gone.txt", "a\0.txt"):
        assert read_file(tmp_path / name) == ("", AttachmentText.UNREADABLE)
    with (tmp_path / "a.txt").open("rb") as file:
        assert read_open_file(file, ".exe") == ("", AttachmentText.UNREADABLE)
