"""Asking Webex for its usage report, one week and region at a time: eight weeks back at first, then each that is over.

The report says no week, so each is asked for by itself, from Sunday to Saturday; what is under way is in a row, and
goes on where it stood after a crash.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any, cast

import structlog
from sqlmodel import Session, col, select

from hub import regions, weeks
from hub.calling.saving import keep
from hub.calling.usage_report import merge_usage
from hub.errors import HubError, NotAllowed, Rejected, TokenRefused
from hub.partner_reports import USAGE, PartnerReports, Unusable, read_rows
from hub.partner_reports.preparing import NotMade, Part, RangeTooLong, Wanted
from storage import Database
from storage.tables import Customer, UsageWeek

log = structlog.get_logger()

FIRST_WEEKS = 8
LOOK_SECONDS = 20
LONGEST_LOOK = timedelta(minutes=10)
DEADLINE = timedelta(hours=6)
"""A report that is not done by then is asked for anew."""
AGAIN = timedelta(hours=6)
"""When a report is asked for again that could not be made, or not be read."""
SETTLED = timedelta(days=8)
"""After its beginning, when a week holds what came late; read before that, it is read once more."""


@dataclass(frozen=True)
class UsageFetcher:
    """Takes the weeks of the usage report in. `code` gives what Webex calls a region."""

    database: Database
    reports: PartnerReports
    folder: Path
    code: Callable[[str], str]
    kept_weeks: int = 60

    def advance(self, now: datetime) -> date | None:
        """Take the newest week that is due a step further; returns it when all of it was taken in."""
        row = self._due(now)
        if row is None:
            return None
        if not any(part["report_id"] for part in row.parts):
            row.asked_at = now
            self._change(row, asked_at=now)
        try:
            parts = self._prepared(row)
            if all(part.file for part in parts):
                return self._take_in(row, parts, now)
        except (Unusable, ValueError, RangeTooLong, NotMade, Rejected, NotAllowed, TokenRefused) as error:
            log.warning("a week's usage report cannot be used", action="usage", week=str(row.week), reason=str(error))
            self._start_over(row, now, str(error))
            return None
        except HubError as error:
            log.info("a week's usage report waits", action="usage", week=str(row.week), reason=str(error))
        if now - row.asked_at > DEADLINE:
            self._start_over(row, now, "not done in time")
        else:
            wait = min(timedelta(seconds=LOOK_SECONDS) * (row.looks + 1), LONGEST_LOOK)
            self._change(row, looks=row.looks + 1, next_look=now + wait)
        return None

    def _due(self, now: datetime) -> UsageWeek | None:
        """Return the newest week to work on, of those that are over and not read."""
        wanted = weeks.up_to(weeks.last_complete(now.date()), FIRST_WEEKS)
        with self.database.read() as session:
            if session.scalars(select(Customer.org_id).limit(1)).first() is None:
                return None
            known = {row.week: row for row in session.scalars(select(UsageWeek).where(col(UsageWeek.week).in_(wanted)))}
        for week in sorted(wanted, reverse=True):
            row = known.get(week)
            if row is None:
                return self._begin(week, now)
            if row.next_look <= now and (row.read_at is None or _may_have_changed(row, now)):
                return row
        return None

    def _begin(self, week: date, now: datetime) -> UsageWeek:
        with self.database.write() as session:
            row = UsageWeek(week=week, parts=_parts(session, now), asked_at=now, next_look=now)
            session.add(row)
        return row

    def _prepared(self, row: UsageWeek) -> list[Part]:
        wanted = Wanted(USAGE, row.week, row.week + timedelta(days=6))
        parts = [Part.from_record(record) for record in row.parts]
        for place in range(len(parts)):
            while parts[place].file is None:
                further = parts[place].step(self.reports, wanted, self.folder, self.code)
                if further == parts[place]:
                    break
                parts[place] = further
                row.parts = [each.record() for each in parts]
                self._change(row, parts=row.parts)
        return parts

    def _take_in(self, row: UsageWeek, parts: Sequence[Part], now: datetime) -> date:
        files = [Path(part.file) for part in parts if part.file]
        saved = merge_usage(self.database, row.week, _cells(files))
        with self.database.write() as session:
            keep(session, weeks.last_complete(now.date()) - weeks.WEEK * (self.kept_weeks - 1))
            stored = session.get_one(UsageWeek, row.week)
            stored.read_at, stored.error, stored.looks = now, None, 0
            # Asked anew, should it be read once more.
            stored.parts = _parts(session, now)
            stored.next_look = max(now, _settled(row.week))
        for file in files:
            file.unlink(missing_ok=True)
        log.info(
            "took a week's usage report in", action="usage", week=str(row.week), customers=saved.new + saved.changed
        )
        return row.week

    def _start_over(self, row: UsageWeek, now: datetime, error: str) -> None:
        for part in row.parts:
            if part["file"]:
                Path(part["file"]).unlink(missing_ok=True)
        with self.database.write() as session:
            stored = session.get_one(UsageWeek, row.week)
            stored.parts, stored.next_look = _parts(session, now), now + AGAIN
            stored.looks, stored.error = 0, error

    def _change(self, row: UsageWeek, **values: Any) -> None:
        with self.database.write() as session:
            stored = session.get_one(UsageWeek, row.week)
            for name, value in values.items():
                setattr(stored, name, value)


def _may_have_changed(row: UsageWeek, now: datetime) -> bool:
    return row.read_at is not None and row.read_at < _settled(row.week) <= now


def _settled(week: date) -> datetime:
    return datetime.combine(week, time(), tzinfo=UTC) + SETTLED


def _parts(session: Session, now: datetime) -> list[dict[str, Any]]:
    return [Part(region).record() for region in regions.to_ask(session, None, now.date())]


def _cells(files: Sequence[Path]) -> Iterator[Mapping[str, str]]:
    for file in files:
        for frame in read_rows(file, USAGE):
            yield from cast("list[Mapping[str, str]]", frame.to_dict("records"))
