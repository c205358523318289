"""Having Webex prepare a report, region by region: each step makes one request and can be repeated after a crash."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Self

from hub.errors import Unavailable
from hub.partner_reports.client import SOURCE, PartnerReports
from hub.partner_reports.kinds import Kind


class RangeTooLong(Exception):
    """Webex makes this report over fewer days."""

    def __init__(self, most_days: int) -> None:
        super().__init__(f"at most {most_days} days")
        self.most_days = most_days


class NotMade(Unavailable):
    """Webex says that it could not make the report."""

    def __init__(self) -> None:
        super().__init__(SOURCE, "it could not make the report")


@dataclass(frozen=True)
class Wanted:
    """A report over the days from first to last, both included."""

    kind: Kind
    first: date
    last: date


@dataclass(frozen=True)
class Part:
    """The report of one region; None is the partner's home region, as Webex takes it."""

    region: str | None
    report_id: str | None = None
    file: str | None = None

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Self:
        """Read it back from what was kept."""
        return cls(record["region"], record["report_id"], record["file"])

    def record(self) -> dict[str, Any]:
        """Return what is kept of it."""
        return {"region": self.region, "report_id": self.report_id, "file": self.file}

    def step(self, reports: PartnerReports, wanted: Wanted, folder: Path, code: Callable[[str], str]) -> "Part":
        """Return the part one step further: asked for, then looked at until it is done and its file is in the folder.

        `code` gives what Webex calls a region.

        Raises:
            RangeTooLong: the range has more days than this report may have.
            NotMade: Webex could not make it.
            SourceError, Rejected: Webex did not do what was asked.
        """
        if self.report_id is None:
            template = reports.template(wanted.kind)
            days = (wanted.last - wanted.first).days + 1
            if template.max_days is not None and days > template.max_days and not wanted.kind.inventory:
                raise RangeTooLong(template.max_days)
            region = code(self.region) if self.region else None
            return replace(self, report_id=reports.ask(template, wanted.first, wanted.last, region))
        progress = reports.progress(self.report_id)
        if progress.failed:
            raise NotMade
        if progress.url is None:
            return self
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"partner-report-{secrets.token_hex(8)}"
        reports.fetch(progress.url, path)
        return replace(self, file=str(path))
