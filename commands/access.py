"""Who may run what: the one table that decides it for every command and role.

A command that no row names cannot be declared. Which roles meet a need, and what it takes to see an answer, is
`hub.access`; docs/roles.md shows both together.
"""

from collections.abc import Mapping

from hub.access import Needs

TABLE: Mapping[str, Needs] = {
    # Nobody's data: everybody, outsiders and people without a role, too
    "help": Needs.NOTHING,
    "settings": Needs.NOTHING,
    "resources": Needs.NOTHING,
    "helpdesk": Needs.NOTHING,
    "start": Needs.NOTHING,
    # The customer list and customer pages: every partner role
    "customers": Needs.CUSTOMERS,
    "customer": Needs.CUSTOMERS,
    "status": Needs.CUSTOMERS,
    # Indicators, reports and alerts: not the help desks
    "kpis": Needs.READ,
    "recent": Needs.READ,
    "expiring": Needs.READ,
    "renewing": Needs.READ,
    "low": Needs.READ,
    "overage": Needs.READ,
    "report run": Needs.READ,
    "report schedule": Needs.READ,
    "reports": Needs.READ,
    "report pause": Needs.READ,
    "report resume": Needs.READ,
    "report cancel": Needs.READ,
    "subscribe": Needs.READ,
    "unsubscribe": Needs.READ,
    "rules": Needs.READ,
    # What Partner Hub lets full and partner administrators change
    "tag": Needs.CHANGE,
    "untag": Needs.CHANGE,
    "trial start": Needs.CHANGE,
    "trial submit": Needs.CHANGE,
}
