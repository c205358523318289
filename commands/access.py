"""Who may run what, and who may read the answer: the one table that decides it for every command and role.

A command that no row names cannot be declared. Which roles meet a need is in `hub.access`; docs/roles.md shows both
together.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from hub.access import Needs


@dataclass(frozen=True)
class Access:
    """What it takes to run a command, and what every reader of its answer must meet."""

    run: Needs
    see: Needs


EVERYBODY = Access(Needs.NOTHING, Needs.NOTHING)
CUSTOMERS = Access(Needs.CUSTOMERS, Needs.CUSTOMERS)
READ = Access(Needs.READ, Needs.READ)
CHANGE = Access(Needs.CHANGE, Needs.CUSTOMERS)
"""What is changed is on the customers' pages, so whoever sees those may see the change."""
FULL = Access(Needs.FULL, Needs.CUSTOMERS)
SPACE = Access(Needs.FULL, Needs.NOTHING)
"""Says something about the space, nothing about customers."""

SETTINGS_OF_A_SPACE = Needs.CUSTOMERS
"""Settings are everybody's for themselves; a space's take a partner role."""

TABLE: Mapping[str, Access] = {
    # What only partner full administrators change
    "changes": FULL,
    "changes confirm": FULL,
    "changes leave": FULL,
    "admin assign": FULL,
    "admin unassign": FULL,
    "admin grant": FULL,
    "admin revoke": FULL,
    # A file is about every customer
    "import": FULL,
    # Who may read a space
    "settings open": SPACE,
    "settings close": SPACE,
    # Nobody's data: everybody, outsiders and people without a role, too
    "help": EVERYBODY,
    "settings": EVERYBODY,
    "resources": EVERYBODY,
    "helpdesk": EVERYBODY,
    "start": EVERYBODY,
    # The customer list and customer pages: every partner role
    "customers": CUSTOMERS,
    "customer": CUSTOMERS,
    "region": CUSTOMERS,
    "filters": CUSTOMERS,
    "save filter": CUSTOMERS,
    "delete filter": CUSTOMERS,
    "undo": CUSTOMERS,
    "admins": CUSTOMERS,
    "tags": CUSTOMERS,
    "status": CUSTOMERS,
    # Indicators, reports and alerts: not the help desks
    "kpis": READ,
    "recent": READ,
    "expiring": READ,
    "renewing": READ,
    "low": READ,
    "overage": READ,
    "trials": READ,
    "trend": READ,
    "calling usage": READ,
    "calling quality": READ,
    "calling endpoints": READ,
    "calling features": READ,
    "calling queues": READ,
    "report run": READ,
    "report schedule": READ,
    "reports": READ,
    "report now": READ,
    "report resend": READ,
    "report new": READ,
    "report edit": READ,
    "report delete": READ,
    "report templates": READ,
    "report pause": READ,
    "report resume": READ,
    "report cancel": READ,
    "subscribe": READ,
    "unsubscribe": READ,
    "rules": READ,
    "rule new": READ,
    "rule edit": READ,
    "rule pause": READ,
    "rule resume": READ,
    "rule delete": READ,
    "rule preview": READ,
    "resend": READ,
    # Whoever may read an alert may say that they deal with it; it changes no customer
    "alerts": READ,
    "ack": READ,
    "snooze": READ,
    "unsnooze": READ,
    "assign": READ,
    "silence": READ,
    "silence form": READ,
    "silences": READ,
    "unsilence": READ,
    "why": READ,
    "noise": READ,
    "selftest": READ,
    "audit": READ,
    # What Partner Hub lets full and partner administrators change
    "tag": CHANGE,
    "tag where": CHANGE,
    "untag": CHANGE,
    "trial start": CHANGE,
    "trial submit": CHANGE,
    "trial extend": CHANGE,
    "trial change": CHANGE,
    "trial cancel": CHANGE,
}
