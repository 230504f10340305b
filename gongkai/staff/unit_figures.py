"""The figures of one agency for supervision (督办), added up record by record."""

import statistics
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from gongkai.catalog.duties import Duties, Rule, find_report_year
from gongkai.catalog.record import Attachment, AttachmentText, Record
from gongkai.staff.working_days import TERM, count_working_days


@dataclass
class UnitFigures:
    """Counts of the public records of one agency, without the agencies below it.

    `duties` are records by the name of a duty. `reports` maps the year that an annual report is
    about to the earliest day of its publication. `lags` are working days from issue to publication
    with their number of records; a record has one if both dates are known to the day and are in
    order. `numbered` records have a document number, `unmarked` ones of them no validity. `dead`
    attachments have no address and no text, or cannot be opened. `repealed` records are repealed by
    the text of another record, and are not marked so.
    """

    records: int = 0
    latest: str = ""
    duties: Counter[str] = field(default_factory=Counter)
    reports: dict[int, str] = field(default_factory=dict)
    lags: Counter[int] = field(default_factory=Counter)
    unclassified: int = 0
    numbered: int = 0
    unmarked: int = 0
    attachments: int = 0
    dead: int = 0
    repealed: int = 0

    @property
    def dated(self) -> int:
        """Returns the number of records with a lag."""
        return self.lags.total()

    @property
    def late(self) -> int:
        """Returns the number of records published after the term."""
        return sum(count for days, count in self.lags.items() if days > TERM)

    @property
    def median_lag(self) -> float | None:
        """Returns the median of working days from issue to publication."""
        return statistics.median(self.lags.elements()) if self.lags else None

    def add(self, record: Record, duties: Duties) -> None:
        """Adds one record of the agency."""
        self.records += 1
        self.latest = max(self.latest, record.published_on.iso)
        self.unclassified += not (record.category and record.topic)
        self.numbered += bool(record.document_number)
        self.unmarked += bool(record.document_number and not record.validity)
        self.attachments += len(record.attachments)
        self.dead += sum(map(_is_dead, record.attachments))
        self._add_duties(record, duties)
        self._add_lag(record)

    def _add_duties(self, record: Record, duties: Duties) -> None:
        for duty in duties.duties:
            if duty.is_met_by(record.title, record.category):
                self.duties[duty.name] += 1
                if duty.rule is Rule.ANNUAL:
                    day = record.published_on.first_day
                    year = find_report_year(record.title, day.year)
                    self.reports[year] = min(day.isoformat(), self.reports.get(year, "9999"))

    def _add_lag(self, record: Record) -> None:
        issued, published = record.issued_on, record.published_on
        if issued is None or not (issued.day and published.day):
            return
        if issued.first_day <= published.first_day:
            self.lags[count_working_days(issued.first_day, published.first_day)] += 1

    def to_json(self) -> dict[str, Any]:
        """Returns the figures as JSON values; `from_json` is the inverse."""
        return {
            **{name: getattr(self, name) for name in _NUMBERS},
            "latest": self.latest,
            "duties": dict(self.duties),
            "reports": {str(year): day for year, day in self.reports.items()},
            "lags": {str(days): count for days, count in self.lags.items()},
        }

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> "UnitFigures":
        """Returns the figures of `to_json`."""
        return cls(
            **{name: content[name] for name in _NUMBERS},
            latest=content["latest"],
            duties=Counter(content["duties"]),
            reports={int(year): day for year, day in content["reports"].items()},
            lags=Counter({int(days): count for days, count in content["lags"].items()}),
        )


_NUMBERS = (
    "records",
    "unclassified",
    "numbered",
    "unmarked",
    "attachments",
    "dead",
    "repealed",
)


def _is_dead(attachment: Attachment) -> bool:
    if attachment.text_state is AttachmentText.UNREADABLE:
        return True
    return attachment.url is None and attachment.text_state is AttachmentText.ABSENT
