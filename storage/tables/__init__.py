"""The tables, by concern. Every one has a migration in `storage/migrations`."""

from storage.tables.alerts import Event, Rule, Schedule, Standing, Term, Told, Touched
from storage.tables.chat import Inbox, InboxState, Person, Space
from storage.tables.outbox import Attempt, Outbox, OutboxState
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

__all__ = [
    "Assignment",
    "Attempt",
    "Audit",
    "AwaitedTrial",
    "Customer",
    "CustomerTag",
    "Deed",
    "Departed",
    "Event",
    "Inbox",
    "InboxState",
    "Licence",
    "Outbox",
    "OutboxState",
    "Person",
    "Rule",
    "Schedule",
    "Snapshot",
    "Source",
    "Space",
    "Standing",
    "Subscription",
    "SubscriptionTag",
    "Term",
    "Told",
    "Touched",
]
