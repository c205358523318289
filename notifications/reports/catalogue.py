"""Every report by the name it is typed with: its title, columns, and where its rows come from."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlmodel import Session

from hub import sections
from hub.assigned import assigned
from hub.calling import Endpoint, View, report_rows
from hub.customers import list_customers
from hub.filters import Filter, parse
from hub.partner_reports import DEVICES, NUMBERS, USAGE, Kind
from hub.products import BOTH
from hub.scope import Scope
from hub.trend import trend
from hub.trials import list_trials
from notifications.reports.partner import partner_rows
from templates.catalogue import N_
from templates.texts import Texts


@dataclass(frozen=True)
class ReportQuery:
    """What a report is about: days where it has them, products, and a filter of customers."""

    days: int = 90
    products: frozenset[str] = BOTH
    where: Filter = Filter.everything
    files: tuple[Path, ...] = ()
    """What Webex sent of a partner report, a file for each region."""

    def record(self) -> dict[str, Any]:
        """Return what a schedule keeps of it."""
        return {"days": self.days, "products": sorted(self.products), "where": str(self.where)}


@dataclass(frozen=True)
class ReportColumn:
    """A column: the field of a row it shows, and its header, a text of the catalogue."""

    field: str
    header: str


@dataclass(frozen=True)
class Report:
    """A report by its name."""

    name: str
    title: str
    """A text of the catalogue; in the reader's words it begins the file's name."""
    columns: Sequence[ReportColumn]
    rows: Callable[[Session, Scope, ReportQuery], Iterable[Any]]
    """Rows that have the columns' fields, as attributes or keys, and `org_id` where they are about customers."""
    partner: Kind | None = None
    """Webex prepares it; its rows are in files that Webex sends."""
    org_id: str = "org_id"
    """Field of a row that says which customer it is about, where it has one."""
    called: str | None = None
    """The name that somebody gave it, where it is a template of theirs."""
    template: int | None = None
    """Number of that template."""
    own_where: str = ""
    """A filter that goes with that name."""
    own_region: str | None = None

    def narrowed(self, where: str) -> Filter:
        """Return the filter of its own and another one together."""
        return parse(f"{self.own_where} {where}".strip())

    def title_in(self, texts: Texts) -> str:
        """Return what it is called in the reader's words; a name of somebody's own is said as it is."""
        return self.called or texts(self.title)


_HEADERS = {
    "customer": N_("Customer"),
    "org_id": N_("Organization ID"),
    "subscription_id": N_("Subscription ID"),
    "product": N_("Product"),
    "statuses": N_("Status"),
    "products": N_("Products"),
    "region": N_("Region"),
    "managed_by": N_("Managed by"),
    "tags": N_("Tags"),
    "next_end": N_("Next end"),
    "days_since_added": N_("Days since added"),
    "start_date": N_("Start"),
    "end_date": N_("End"),
    "days_left": N_("Days left"),
    "months_since_added": N_("Months since added"),
    "months_left": N_("Months left"),
    "auto_renew": N_("Renews by itself"),
    "week": N_("Week from"),
    "assigned_unused": N_("Assigned, not used"),
    "overage": N_("Licence overage"),
    "total": N_("Total licences"),
    "used": N_("Used in the last 7 days"),
    "used_3m": N_("Used in the last 3 months"),
    "assigned": N_("Assigned licences"),
    "available": N_("Available licences"),
    "assigned_pct": N_("Assigned %"),
    "used_pct": N_("Used %"),
    "assigned_weekly_change": N_("Weekly change of assigned"),
    "used_weekly_change": N_("Weekly change of used"),
    "calls": N_("Calls"),
    "minutes": N_("Minutes"),
    "active_users": N_("Active users"),
    "calls_change": N_("Change of calls"),
    "calls_change_pct": N_("Change of calls %"),
    "legs": N_("Call legs"),
    "poor_legs": N_("Poor legs"),
    "poor_pct": N_("Poor %"),
    "poor_legs_change": N_("Change of poor legs"),
    "poor_pct_change": N_("Change of poor %, points"),
    "app_legs": N_("Webex app: legs"),
    "app_poor_legs": N_("Webex app: poor legs"),
    "app_poor_pct": N_("Webex app: poor %"),
    "desk_phone_legs": N_("Desk phones: legs"),
    "desk_phone_poor_legs": N_("Desk phones: poor legs"),
    "desk_phone_poor_pct": N_("Desk phones: poor %"),
    "room_device_legs": N_("Room devices: legs"),
    "room_device_poor_legs": N_("Room devices: poor legs"),
    "room_device_poor_pct": N_("Room devices: poor %"),
    "other_legs": N_("Third-party devices: legs"),
    "other_poor_legs": N_("Third-party devices: poor legs"),
    "other_poor_pct": N_("Third-party devices: poor %"),
    "hunt_group": N_("Hunt groups"),
    "auto_attendant": N_("Auto attendants"),
    "call_queue": N_("Call queues"),
    "call_queue_change": N_("Change of call queues"),
    "time_to_answer": N_("Time to answer, seconds"),
    "wait_before_abandoning": N_("Wait before abandoning, seconds"),
    "abandoned": N_("Abandoned"),
    "abandoned_pct": N_("Abandoned %"),
    "timed_out": N_("Timed out"),
    "overflowed": N_("Overflowed"),
    "transferred": N_("Transferred"),
    "administrator": N_("Partner administrator"),
    "email": N_("E-mail"),
    "roles": N_("Partner roles"),
}


_PARTNER_HEADERS = {
    "Customer Name": N_("Customer Name"),
    "Org ID": N_("Org ID"),
    "Location": N_("Location"),
    "Total Calls": N_("Total Calls"),
    "Total Call Legs": N_("Total Call Legs"),
    "Total Poor Quality Call Legs": N_("Total Poor Quality Call Legs"),
    "Call Minutes": N_("Call Minutes"),
    "Call Minutes - Video": N_("Call Minutes - Video"),
    "Call Legs - Audio": N_("Call Legs - Audio"),
    "Call Legs - Video": N_("Call Legs - Video"),
    "Call Legs - Desk Phone": N_("Call Legs - Desk Phone"),
    "Call Legs - Room Device": N_("Call Legs - Room Device"),
    "Call Legs - Other Devices": N_("Call Legs - Other Devices"),
    "Calls - Hunt Group Calls": N_("Calls - Hunt Group Calls"),
    "Calls - Auto Attendant Calls": N_("Calls - Auto Attendant Calls"),
    "Call Queue - Total Calls": N_("Call Queue - Total Calls"),
    "Call Queue - Timed Out Calls": N_("Call Queue - Timed Out Calls"),
    "Call Queue - Overflowed Calls": N_("Call Queue - Overflowed Calls"),
    "Call Queue - Transferred Calls": N_("Call Queue - Transferred Calls"),
    "Call Queue - Abandoned Calls": N_("Call Queue - Abandoned Calls"),
    "External ID": N_("External ID"),
    "Customer": N_("Customer"),
    "Customer Org ID": N_("Customer Org ID"),
    "Location ID": N_("Location ID"),
    "Location Name": N_("Location Name"),
    "Product": N_("Product"),
    "MAC": N_("MAC"),
    "Firmware": N_("Firmware"),
    "Country": N_("Country"),
    "Phone Number": N_("Phone Number"),
    "Extension": N_("Extension"),
    "PSTN Connection": N_("PSTN Connection"),
    "Active": N_("Active"),
    "User Type": N_("User Type"),
    "Number Type": N_("Number Type"),
    "User ID": N_("User ID"),
    "User UUID": N_("User UUID"),
}


def _of_partner(kind: Kind, title: str) -> Report:
    return Report(
        kind.name,
        title,
        tuple(ReportColumn(name, _PARTNER_HEADERS[name]) for name in kind.columns),
        lambda session, scope, query: partner_rows(session, scope, query.where, kind, query.files),
        partner=kind,
        org_id=kind.org_id,
    )


def _columns(*fields: str) -> tuple[ReportColumn, ...]:
    return tuple(ReportColumn(field, _HEADERS[field]) for field in fields)


_IDENTITY = ("customer", "org_id", "subscription_id", "product")
_COUNTS = ("total", "used", "assigned", "available")
_OF_ENDPOINTS = tuple(f"{kind}_{what}" for kind in Endpoint for what in ("legs", "poor_legs", "poor_pct"))


def _calling(view: View, title: str, *fields: str) -> Report:
    return Report(
        f"calling {view}",
        title,
        _columns("customer", "org_id", "week", *fields),
        lambda session, scope, query: report_rows(session, scope, view, query.where),
    )


REPORTS: dict[str, Report] = {
    report.name: report
    for report in (
        Report(
            "customers",
            N_("Customers"),
            _columns("customer", "org_id", "statuses", "products", "region", "managed_by", "tags", "next_end"),
            lambda session, scope, query: list_customers(session, scope, query.where).rows,
        ),
        Report(
            "recent",
            N_("Recently added"),
            _columns(*_IDENTITY, "days_since_added", *_COUNTS, "assigned_weekly_change", "used_weekly_change"),
            lambda session, scope, query: sections.recent(
                session, scope, query.days, query.products, query.where
            ).rows(),
        ),
        Report(
            "expiring",
            N_("About to expire"),
            _columns(*_IDENTITY, "days_left", *_COUNTS, "used_3m"),
            lambda session, scope, query: sections.expiring(
                session, scope, query.days, query.products, query.where
            ).rows(),
        ),
        Report(
            "renewing",
            N_("About to renew"),
            _columns(*_IDENTITY, "days_left", *_COUNTS, "used_3m"),
            lambda session, scope, query: sections.renewing(
                session, scope, query.days, query.products, query.where
            ).rows(),
        ),
        Report(
            "trials",
            N_("Trials"),
            _columns(*_IDENTITY[:3], "products", "start_date", "end_date", "days_left", "total", "used", "assigned"),
            lambda session, scope, query: list_trials(session, scope, query.where).rows,
        ),
        Report(
            "low",
            N_("Low licence assignment"),
            _columns(*_IDENTITY, "months_since_added", "assigned_pct", *_COUNTS, "assigned_weekly_change"),
            lambda session, scope, query: sections.low(session, scope, query.products, query.where).rows(),
        ),
        Report(
            "overage",
            N_("Over the licence limit"),
            _columns(*_IDENTITY, "months_left", "auto_renew", "total", "assigned", "assigned_pct", "used", "used_pct"),
            lambda session, scope, query: sections.overage(session, scope, query.products, query.where).rows(),
        ),
        Report(
            "administrators",
            N_("Partner administrators"),
            _columns("customer", "org_id", "administrator", "email", "roles"),
            lambda session, scope, query: assigned(session, scope, query.where),
        ),
        Report(
            "trend",
            N_("Licence distribution trend"),
            _columns("week", "used", "assigned_unused", "available", "overage", "assigned", "total"),
            lambda session, scope, query: trend(session, scope, query.products, query.where).weeks,
        ),
        _calling(
            View.USAGE,
            N_("Calling usage"),
            *("calls", "minutes", "active_users", "calls_change", "calls_change_pct"),
        ),
        _calling(
            View.QUALITY,
            N_("Call quality"),
            *("legs", "poor_legs", "poor_pct", "poor_legs_change", "poor_pct_change"),
        ),
        _calling(View.ENDPOINTS, N_("Call quality by endpoint"), *_OF_ENDPOINTS),
        _calling(
            View.FEATURES,
            N_("Calls by feature"),
            *("hunt_group", "auto_attendant", "call_queue", "call_queue_change"),
        ),
        _calling(
            View.QUEUES,
            N_("Call queues"),
            *("calls", "time_to_answer", "wait_before_abandoning", "abandoned", "abandoned_pct"),
            *("timed_out", "overflowed", "transferred"),
        ),
        _of_partner(USAGE, N_("Calling Detailed Usage")),
        _of_partner(DEVICES, N_("Devices")),
        _of_partner(NUMBERS, N_("Phone Numbers")),
    )
}
