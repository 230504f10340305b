"""Publishers and classes of exports that a city's tables lack, and rows to add for them."""

from collections import Counter
from datetime import date
from pathlib import Path

from gongkai.catalog.agencies import AgencyDirectory
from gongkai.catalog.intake import IntakeRules
from gongkai.catalog.places import load_places
from gongkai.catalog.tables import check_tables, load_tables
from gongkai.files.spreadsheets import write_sheet
from indexer.table_survey import suggest_agencies, survey_tables
from tests.journeys.command import plain_row, write_rows

TABLES, PLACES = load_tables(), load_places()


def test_unknown_values_are_counted_in_public_rows_only(tmp_path: Path) -> None:
    rows = [
        plain_row(1, publisher="安庆市某新局", topic="不存在的类"),
        plain_row(2, publisher="安庆市某新局"),
        plain_row(3, publisher="安庆市财政局"),
        plain_row(4, publisher="安庆市内部局", disclosure="不予公开"),
    ]
    path = write_rows(tmp_path / "rows.jsonl", rows)
    survey = survey_tables([path], IntakeRules(TABLES, today=date(2026, 1, 1)))
    assert survey.records == 3
    assert survey.publishers == {"安庆市某新局": 2}
    assert survey.classes.counts == {"topic": Counter({"不存在的类": 1})}


def test_suggested_rows_are_a_valid_table(tmp_path: Path) -> None:
    seen = Counter({"怀宁县新设局": 5, "怀宁县新社局": 2, "某某委员会": 1})
    rows = list(suggest_agencies(seen, TABLES.agencies, PLACES))
    assert [row[1] for row in rows] == ["怀宁县新设局", "怀宁县新社局", "某某委员会"]
    first, second, unplaced = rows
    assert first[0] == "340822-xsj"
    assert second[0] == "340822-xsj2"
    above = TABLES.agencies.find("怀宁县人民政府")
    assert above
    assert first[2:] == ("县新设局", "县", above.code, "", "怀宁县")
    assert unplaced[0] == unplaced[3] == ""
    alone = list(suggest_agencies(Counter(["怀宁县新设局"]), AgencyDirectory(()), PLACES))
    heads = ("code", "name", "short_names", "level", "parent", "former_names", "place")
    (tmp_path / "agencies.csv").write_text(write_sheet(heads, alone), encoding="utf-8")
    assert check_tables(tmp_path) == []
