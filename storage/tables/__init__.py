"""The tables, by concern. Every one has a migration in `storage/migrations`."""

from storage.tables.alerts import Decision, Fate, OpenAlert, Rule, Schedule, Silence, Told
from storage.tables.chat import Inbox, InboxState, Person, SavedFilter, Space
from storage.tables.credentials import Credential
from storage.tables.derived import DERIVED, ChangedCustomer, Outline, Outlook, RatioCount, RunningLicence
from storage.tables.events import Event, Excess, SeenTrial, Standing, Term, Tick, Touched
from storage.tables.held import Held, HeldCustomer, HeldState, Outage
from storage.tables.outbox import Attempt, Halt, Outbox, OutboxState
from storage.tables.partner import (
    Assignment,
    Customer,
    CustomerTag,
    Departed,
    Licence,
    Snapshot,
    Subscription,
    SubscriptionTag,
)
from storage.tables.records import Audit, AwaitedTrial, Deed, Source
from storage.tables.replicas import Duty, Replica
from storage.tables.reports import ReportRun, ReportTemplate, RunState, UsageWeek
from storage.tables.weeks import (
    CallingReading,
    CallingTotal,
    CallingWeek,
    LicenceWeek,
    LicenceWeekBuilt,
    LicenceWeekTotal,
)

__all__ = [
    "DERIVED",
    "Assignment",
    "Attempt",
    "Audit",
    "AwaitedTrial",
    "CallingReading",
    "CallingTotal",
    "CallingWeek",
    "ChangedCustomer",
    "Credential",
    "Customer",
    "CustomerTag",
    "Decision",
    "Deed",
    "Departed",
    "Duty",
    "Event",
    "Excess",
    "Fate",
    "Halt",
    "Held",
    "HeldCustomer",
    "HeldState",
    "Inbox",
    "InboxState",
    "Licence",
    "LicenceWeek",
    "LicenceWeekBuilt",
    "LicenceWeekTotal",
    "OpenAlert",
    "Outage",
    "Outbox",
    "OutboxState",
    "Outline",
    "Outlook",
    "Person",
    "RatioCount",
    "Replica",
    "ReportRun",
    "ReportTemplate",
    "Rule",
    "RunState",
    "RunningLicence",
    "SavedFilter",
    "Schedule",
    "SeenTrial",
    "Silence",
    "Snapshot",
    "Source",
    "Space",
    "Standing",
    "Subscription",
    "SubscriptionTag",
    "Term",
    "Tick",
    "Told",
    "Touched",
    "UsageWeek",
]
