"""The interface of partner reports: which there are, ask for one, see how far it is, fetch its file."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from hub.errors import NotFound
from hub.http import Api
from hub.names import fold
from hub.partner_reports.kinds import Kind
from hub.wire.reading import Skipped, read_each, read_one
from hub.wire.reports import WebexReport, WebexReportAsked, WebexTemplate

SOURCE = "Webex"
MOST_BYTES = 500_000_000
"""No report's archive is larger; what is, is not read to its end."""
DONE = "done"
"""The only status that Webex documents for a report."""
_FAILED = frozenset({"failed", "error", "cancelled", "canceled", "expired"})
"""What other words for an end there may be; anything else counts as under way, up to a deadline."""


@dataclass(frozen=True)
class Template:
    """A report that Webex offers."""

    template_id: int
    max_days: int | None
    """The longest range, where there is a limit."""


@dataclass(frozen=True)
class Progress:
    """How far a report is; `url` holds its file once it is done."""

    done: bool
    failed: bool
    url: str | None


class PartnerReports:
    """Asks with the administrator's token. Every call raises `hub.errors.SourceError`."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def template(self, kind: Kind) -> Template:
        """Return the template of a report, found by its title.

        Raises:
            NotFound: Webex offers none of that title.
        """
        records = self._api.pages("partner/reports/templates")
        found = read_each(records, "report template", WebexTemplate.model_validate, Skipped())
        known = {fold(each.title): each for each in found}
        for title in kind.titles:
            if template := known.get(fold(title)):
                return Template(template.templateId, template.maxDays)
        raise NotFound(SOURCE, f"it offers no report called {kind.titles[0]}")

    def ask(self, template: Template, first: date, last: date, region: str | None) -> str:
        """Have a report made over the days from first to last, of one region's customers; returns its id.

        Raises:
            Rejected: Webex does not take the range or the region.
        """
        body = {"templateId": template.template_id, "startDate": first.isoformat(), "endDate": last.isoformat()}
        asked = self._api.send("POST", "partner/reports", {**body, **({"regionId": region} if region else {})})
        return read_one(asked, WebexReportAsked, SOURCE).reportId

    def progress(self, report_id: str) -> Progress:
        """See how far a report is."""
        told = read_one(self._api.get(f"partner/reports/{report_id}"), WebexReport, SOURCE)
        status = told.status.casefold()
        done = status == DONE and told.downloadURL is not None
        return Progress(done, status in _FAILED, told.downloadURL if done else None)

    def fetch(self, url: str, to: Path) -> None:
        """Download a report's archive into a file."""
        self._api.download(url, to, MOST_BYTES)
