"""What is held until a person says whether it is true, in words."""

from collections.abc import Sequence
from typing import Any

from sqlmodel import Session, col, func, select

from hub.sync.doubt import CHANGES, GONE
from notifications.sources import NAMES
from storage.tables import Held, HeldCustomer
from templates.catalogue import N_
from templates.texts import Texts

KINDS = {
    "type": N_("kind of contract"),
    "end_date": N_("end"),
    "auto_renew": N_("automatic renewal"),
    "invoice": N_("invoice"),
    "setup": N_("set-up"),
    "total": N_("licences bought"),
    "overage": N_("licence overage"),
    "activity": N_("last administrator sign-in"),
}
"""What changed of a customer."""
THINGS = {
    "customers": N_("customers"),
    "subscriptions": N_("subscriptions"),
    "tags of customers": N_("tags of customers"),
    "tags of subscriptions": N_("tags of subscriptions"),
    "assignments": N_("assignments"),
}
"""What is said to be gone."""


def facts(session: Session, held: Held, texts: Texts) -> dict[str, Any]:
    """Return what a card and its text show of something that is held."""
    customers = session.scalars(select(func.count()).where(col(HeldCustomer.held_id) == held.id)).one()
    source = texts(NAMES.get(held.source, held.source))
    if held.what == CHANGES:
        told = texts(
            N_("%(n)s of %(of)s customers changed at once"), n=texts.number(customers), of=texts.number(held.of)
        )
    else:
        told = texts(
            N_("%(n)s of %(of)s are gone: %(what)s"),
            n=texts.number(held.counts.get(GONE, customers)),
            of=texts.number(held.of),
            what=texts(THINGS.get(held.what, held.what)),
        )
    kinds = [f"{texts(KINDS[kind])}: {texts.number(n)}" for kind, n in sorted(held.counts.items()) if kind in KINDS]
    return {
        "id": held.id,
        "source": source,
        "told": told,
        "kinds": kinds,
        "since": held.first_at,
        "confirm": f"changes confirm {held.id}",
        "leave": f"changes leave {held.id}",
    }


def words(session: Session, held: Held, texts: Texts) -> tuple[str, Sequence[str], Sequence[tuple[str, str]]]:
    """Return title, lines and buttons of the question whether it is true."""
    shown = facts(session, held, texts)
    lines = [
        f"{shown['source']}: {shown['told']}",
        *shown["kinds"],
        texts(N_("Until a partner full administrator says that it is true, everything stays as it was.")),
    ]
    buttons = [
        (texts(N_("It is true")), shown["confirm"]),
        (texts(N_("Leave it")), shown["leave"]),
        (texts(N_("Which customers?")), "changes"),
    ]
    return texts(N_("Can this be true?")), lines, buttons
