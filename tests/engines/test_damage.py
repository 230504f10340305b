"""Every file of a data folder, damaged in every way: told, or the service is right."""

import shutil
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from gongkai.duplicates.decisions import Decision, Decisions, Verdict, now
from gongkai.duplicates.evidence import Kind
from gongkai.engines.installation import Installation
from gongkai.engines.port import STAFF
from gongkai.errors import GongkaiError
from gongkai.settings import Settings
from gongkai.staff.staff_database import open_ledger
from gongkai.staff.tokens import Tokens
from indexer.attachments.owners import Claim, FileOwners, open_owners
from tests.damage import cut, empty, flip_any, make_folder, scramble
from tests.engines.records import make_document, read_contents
from tests.scale import THOROUGH, scaled

REMEDIES = ("backup", "restore", "rebuild", "doctor")
HARMS: tuple[Callable[[Path], object], ...] = (
    cut,
    flip_any,
    scramble,
    make_folder,
    Path.unlink,
    empty,
)


@pytest.fixture
def whole(fresh: Installation) -> Installation:
    """Two generations, a withdrawal, a token, a decision and an attachment of a closed record."""
    folder = fresh.settings.data_dir
    with closing(fresh.open_store()) as store:
        for _ in range(2):
            with store.rebuild() as writer:
                for number in range(5):
                    writer.put(make_document(fresh, id=f"r{number}", title=f"第{number}号通知"))
                writer.commit()
                store.publish(writer.name)
        store.withdraw(["r3"], cause=STAFF)
    Tokens(open_ledger(folder)).add("政务公开办")
    made = Verdict("0" * 16, Decision.DUPLICATE, ("r1", "r2"), Kind.SAME_TEXT, 1, "r1", "甲", now())
    Decisions(folder).decide(made)
    FileOwners(open_owners(folder)).begin([Claim(b"file", b"owner", b"", is_open=False)], [], {})
    return fresh


def observe(installation: Installation) -> object:
    """What the service shows, or None where it refuses to answer."""
    folder = installation.settings.data_dir
    try:
        with closing(installation.open_store()) as store:
            withdrawn = dict(store.withdrawn())
        tokens, decisions = Tokens(open_ledger(folder)).list(), Decisions(folder).current()
        owners = FileOwners(open_owners(folder))
        owners.begin([], [], {})
        kept = tokens, dict(decisions), owners.closed
        return read_contents(installation), withdrawn, kept
    except GongkaiError:
        return None


def examine(installation: Installation, *, repair: bool = False) -> tuple[bool, str]:
    """Whether the doctor finds everything well, and what it says."""
    folder = installation.settings.data_dir
    try:
        with closing(installation.open_store()) as store:
            if repair:
                store.recover()
            found = [fault for each in store.check_integrity() for fault in each.faults]
            found += store.examine_ledger()
            is_live = any(each.live and not each.faults for each in store.check_integrity())
    except GongkaiError as error:
        return False, str(error)
    databases = (open_ledger(folder), Decisions(folder).file, open_owners(folder))
    found += [f"{fault}: restore it" for each in databases if (fault := each.examine())]
    return is_live and not found, " ".join([*found, "" if is_live else "doctor --repair, rebuild"])


def test_no_damage_goes_unseen_and_each_has_a_remedy(whole: Installation, tmp_path: Path) -> None:
    folder = whole.settings.data_dir
    good = observe(whole)
    assert examine(whole) == (True, "")
    counted: Counter[str] = Counter()
    for number, file in enumerate(sorted(each for each in folder.rglob("*") if each.is_file())):
        # Every file by one harm, or by each.
        for harm in HARMS if THOROUGH else (HARMS[number % len(HARMS)],):
            damaged = replace(whole, settings=Settings(data_dir=tmp_path / f"{number}"))
            shutil.copytree(folder, damaged.settings.data_dir)
            harm(damaged.settings.data_dir / file.relative_to(folder))
            is_well, _ = examine(damaged)
            assert not is_well or observe(damaged) == good, (file.name, harm)
            _, told = examine(damaged, repair=True)
            assert observe(damaged) == good or any(word in told for word in REMEDIES), (
                file.name,
                harm,
                told,
            )
            counted["unwell" if not is_well else "right"] += 1
            # A thread of tantivy may still create a lock file.
            shutil.rmtree(damaged.settings.data_dir, ignore_errors=True)
    assert counted["unwell"] > scaled(15, 100)
