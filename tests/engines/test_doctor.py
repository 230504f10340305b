"""Damaged files of the embedded engine: each is named, and the way back is one command."""

from pathlib import Path

import pytest

from gongkai.engines.embedded.integrity import examine_index
from gongkai.engines.installation import Installation
from gongkai.engines.port import IndexStore
from gongkai.errors import EngineUnavailableError
from tests.damage import cut, empty, flip
from tests.engines.records import make_document
from tests.journeys.command import plain_row, run, write_rows


def publish(installation: Installation, store: IndexStore, count: int) -> None:
    with store.rebuild() as writer:
        for number in range(count):
            writer.put(make_document(installation, id=f"r{number}", title=f"第{number}号通知"))
        writer.commit()
        store.publish(writer.name)


def live_files(installation: Installation) -> list[Path]:
    folder = installation.settings.data_dir
    name = (folder / "live").read_text().strip()
    files = (folder / "generations" / name / "index").iterdir()
    return sorted(file for file in files if not file.name.startswith("."))


@pytest.mark.parametrize("harm", [cut, flip, Path.unlink, empty])
def test_harm_to_any_file_is_seen_and_the_way_back_works(fresh: Installation, harm: object) -> None:
    assert callable(harm)
    store = fresh.open_store()
    publish(fresh, store, 3)
    publish(fresh, store, 5)
    kinds = {file.suffix for file in live_files(fresh)}
    assert {".term", ".store", ".json"} <= kinds
    for number in range(len(live_files(fresh))):
        file = live_files(fresh)[number]
        whole = file.read_bytes()
        harm(file)
        # A byte of meta.json may be flipped into JSON that says the same.
        if examine_index(file.parent):
            newest, before = store.check_integrity()
            assert newest.live
            assert newest.faults
            assert not before.faults
            assert store.recover() == before.name
            assert [each.live for each in store.check_integrity()] == [False, True]
            store.publish(newest.name)
        else:
            assert file.suffix == ".json"
        file.unlink(missing_ok=True)
        file.write_bytes(whole)
    assert store.recover() is None


def test_where_nothing_is_whole_it_says_so(fresh: Installation) -> None:
    store = fresh.open_store()
    publish(fresh, store, 2)
    cut(next(file for file in live_files(fresh) if file.suffix == ".store"))
    with pytest.raises(EngineUnavailableError, match="index --rebuild"):
        store.recover()


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null"])
def test_a_torn_manifest_is_seen(fresh: Installation, content: bytes) -> None:
    store = fresh.open_store()
    publish(fresh, store, 2)
    publish(fresh, store, 3)
    (live_files(fresh)[0].parents[1] / "manifest.json").write_bytes(content)
    newest, before = store.check_integrity()
    assert (newest.live, bool(newest.faults), before.faults) == (True, True, ())
    assert store.recover() == before.name


def test_the_command_says_what_to_do_and_does_it(tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert run(data, "doctor").returncode == 4
    export = write_rows(tmp_path / "export.jsonl", map(plain_row, range(5)))
    for words in (["index", export], ["index", "--rebuild", export]):
        assert run(data, *words).returncode == 0
    assert run(data, "doctor").returncode == 0
    name = (data / "live").read_text().strip()
    store = next((data / "generations" / name / "index").glob("*.store"))
    cut(store)
    ill = run(data, "doctor")
    assert ill.returncode == 4
    assert f"{store.name} is cut off" in ill.stdout
    assert "gongkai doctor --repair" in ill.stdout
    mended = run(data, "doctor", "--repair")
    assert "switched to" in mended.stdout
    assert '"total": 5' in run(data, "search", "--json", "通知").stdout.replace(
        '"total":5', '"total": 5'
    )
    (data / "withdrawn.json").write_bytes(b"{")
    torn = run(data, "doctor")
    assert torn.returncode == 3
    assert "withdrawn.json is damaged" in torn.stdout
