"""Who may do what: every command names a need, and this table says which partner roles meet it."""

from collections.abc import Set
from enum import StrEnum


class Role(StrEnum):
    """Partner roles; what each may see and do is in the product's description, section 1."""

    FULL = "partner_full_admin"
    ADMIN = "partner_admin"
    READ_ONLY = "partner_readonly_admin"
    HELP_DESK = "help_desk"
    HELP_DESK_ADVANCED = "help_desk_advanced"


class Needs(StrEnum):
    """What a command asks of the person who runs it."""

    NOTHING = "nothing"
    """No customer data and nothing to protect: help, language."""
    CUSTOMERS = "customers"
    """Reads the customer list and customer pages."""
    READ = "read"
    """Reads everything: indicators, reports, alerts."""
    CHANGE = "change"
    """Changes customers: tags, trials."""
    FULL = "full"
    """Partner full administrators only."""


_READERS = frozenset({Role.FULL, Role.ADMIN, Role.READ_ONLY})
MEETS: dict[Needs, Set[Role]] = {
    Needs.NOTHING: frozenset(Role),
    Needs.CUSTOMERS: frozenset(Role),
    Needs.READ: _READERS,
    Needs.CHANGE: frozenset({Role.FULL, Role.ADMIN}),
    Needs.FULL: frozenset({Role.FULL}),
}


def may(roles: Set[str], needs: Needs) -> bool:
    """Whether somebody with these roles meets a need; deny by default."""
    return needs is Needs.NOTHING or any(role in roles for role in MEETS[needs])


def sees_everyone(roles: Set[str]) -> bool:
    """Whether no customer is hidden: all roles but the partner administrator's, who sees those assigned to them."""
    return bool(roles & (frozenset(Role) - {Role.ADMIN}))
