"""The withdrawal ledger of the embedded engine: faults of its files, and merging two ledgers."""

from collections.abc import Callable
from pathlib import Path

import pytest

from gongkai.engines.embedded.ledger import Ledger
from gongkai.engines.port import DISCLOSURE, STAFF
from gongkai.engines.withdrawals import REOPENED, Withdrawal, merge_withdrawals
from gongkai.errors import LostLedgerError

EARLY, LATE = "2020-01-01T00:00:00+00:00", "2021-01-01T00:00:00+00:00"
OLD = b'{"r1":{"when":"2020-01-01T00:00:00+00:00","cause":"staff","erased":true}}'


@pytest.mark.parametrize(
    ("own", "other", "added"),
    [
        (None, (EARLY, STAFF), (EARLY, STAFF)),
        ((EARLY, STAFF), (LATE, REOPENED), (LATE, REOPENED)),
        ((LATE, STAFF), (EARLY, REOPENED), None),
        ((LATE, REOPENED), (EARLY, STAFF), None),
        ((EARLY, REOPENED), (LATE, DISCLOSURE), (LATE, DISCLOSURE)),
        # A tie and a state without a time count as closed.
        ((EARLY, REOPENED), (EARLY, STAFF), (EARLY, STAFF)),
        ((LATE, REOPENED), ("", STAFF), ("", STAFF)),
        # Of two closings the newest time, and the cause that only staff can lift.
        ((LATE, DISCLOSURE), (EARLY, STAFF), (LATE, STAFF)),
        ((LATE, STAFF), (EARLY, DISCLOSURE), None),
        ((EARLY, REOPENED), (LATE, REOPENED), None),
    ],
)
def test_the_newest_state_wins(
    own: tuple[str, str] | None, other: tuple[str, str], added: tuple[str, str] | None
) -> None:
    ours = {"r": Withdrawal(*own)} if own else {}
    changes = merge_withdrawals(ours, {"r": Withdrawal(*other)})
    assert changes == ({"r": Withdrawal(*added)} if added else {})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "withdrawn.json"
    ledger = Ledger(path)
    ledger.begin()
    ledger.add(["r1", "r2"], STAFF)
    return path


def flip(at: int) -> Callable[[Path], None]:
    def act(path: Path) -> None:
        content = bytearray(path.read_bytes())
        content[at % len(content)] ^= 0x01
        path.write_bytes(content)

    return act


def make_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


HARMS: list[Callable[[Path], object]] = [
    *map(flip, range(0, 300, 7)),
    Path.unlink,
    make_folder,
    lambda path: path.write_bytes(b""),
    lambda path: path.write_bytes(path.read_bytes()[:40]),
    lambda path: path.write_bytes(b"null"),
    lambda path: path.write_bytes(b"{}x"),
    lambda path: path.write_bytes(b"[1]"),
    lambda path: path.write_bytes(bytes(range(256))),
]


@pytest.mark.parametrize("harm", HARMS)
def test_any_damage_is_seen_and_repaired_from_the_second_copy(
    path: Path, harm: Callable[[Path], object]
) -> None:
    harm(path)
    damaged = Ledger(path)
    assert damaged.examine()
    for use in (damaged.entries, damaged.begin, lambda: damaged.add(["r3"], STAFF)):
        with pytest.raises(LostLedgerError):
            use()
    damaged.repair()
    assert damaged.examine() == []
    assert set(Ledger(path).entries()) == {"r1", "r2"}


@pytest.mark.parametrize("harm", HARMS)
def test_a_damaged_second_copy_is_told_and_written_again(
    path: Path, harm: Callable[[Path], object]
) -> None:
    copy = path.with_name("withdrawn.copy.json")
    harm(copy)
    ledger = Ledger(path)
    assert len(ledger.examine()) == 1
    assert set(ledger.entries()) == {"r1", "r2"}
    ledger.repair()
    assert ledger.examine() == []
    path.unlink()
    ledger.repair()
    assert set(ledger.entries()) == {"r1", "r2"}


def test_an_older_ledger_in_its_place_is_told(path: Path) -> None:
    older = path.read_bytes()
    Ledger(path).add(["r3"], DISCLOSURE)
    Ledger(path).add(["r4"], DISCLOSURE)
    path.write_bytes(older)
    ledger = Ledger(path)
    assert "older" in ledger.examine()[0]
    ledger.repair()
    assert set(ledger.entries()) == {"r1", "r2", "r3", "r4"}


def test_with_both_files_lost_nothing_is_guessed(path: Path) -> None:
    for each in (path, path.with_name("withdrawn.copy.json")):
        each.unlink()
    ledger = Ledger(path, lambda: True)
    assert ledger.examine()
    with pytest.raises(LostLedgerError):
        ledger.entries()
    with pytest.raises(LostLedgerError):
        ledger.repair()
    ledger.restart()
    assert ledger.entries() == {}


def test_a_ledger_of_the_first_format_is_read_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "withdrawn.json"
    path.write_bytes(OLD)
    ledger = Ledger(path)
    assert ledger.examine() == []
    ledger.add(["r2"], DISCLOSURE)
    assert {key: each.cause for key, each in Ledger(path).entries().items()} == {
        "r1": STAFF,
        "r2": DISCLOSURE,
    }
