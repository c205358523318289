"""Ends and renewals that came near."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import and_, or_, select
from sqlmodel import Session, col

from hub import days
from hub.tables import licence, subscription
from notifications import keys
from notifications.kinds import Nearing
from notifications.looks.looking import Looking
from storage.tables import Event, Term


def nearing(look: Looking) -> Iterable[Event]:
    """Yield an event for each subscription and trial that crossed day counts since the last look; and remember them.

    A moved end, or another way to renew, crosses anew.
    """
    rows = ending(look.session, look.today, look.day_counts, look.org_ids)
    ids = [row.subscription_id for row in rows]
    known = {
        term.subscription_id: term
        for term in look.session.scalars(select(Term).where(col(Term.subscription_id).in_(ids)))
    }
    found = []
    for row in rows:
        before = known.get(row.subscription_id)
        same = before and (before.end_date, before.auto_renew) == (row.end_date, row.auto_renew)
        was = before.threshold if before and same else None
        left = (row.end_date - look.today).days
        crossed = [n for n in look.day_counts if left <= n and (was is None or n < was)]
        if crossed:
            look.session.merge(term(row, look.today, look.day_counts))
            found.append((row, before, same, crossed))
    products = _products(look.session, [row.subscription_id for row, *_ in found])
    for row, before, same, crossed in found:
        kind = Nearing.RENEWAL if row.auto_renew else Nearing.EXPIRY
        moved = {"end_date": before.end_date.isoformat(), "auto_renew": before.auto_renew} if before else {}
        yield Event(
            key=keys.nearing(kind, row.subscription_id, row.end_date, min(crossed)),
            kind=kind,
            at=look.at,
            org_id=row.org_id,
            subscription_id=row.subscription_id,
            end_date=row.end_date,
            before={} if same else moved,
            after={
                "days_left": (row.end_date - look.today).days,
                "crossed": crossed,
                "type": row.type,
                "products": products.get(row.subscription_id, []),
                # Time brought it near; else it is new or was moved, and every day count is crossed at once.
                "by_time": bool(same),
            },
        )


def ending(
    session: Session, today: date, day_counts: Sequence[int], org_ids: Sequence[str] | None = None
) -> Sequence[Any]:
    """Return subscriptions and trials that end within the largest of the day counts."""
    wanted = select(
        subscription.c.subscription_id,
        subscription.c.org_id,
        subscription.c.type,
        subscription.c.end_date,
        and_(subscription.c.auto_renew.is_(True), days.is_subscription()).label("auto_renew"),
    ).where(or_(days.lapses(), days.renews()), days.ends_within(today, max(day_counts)))
    if org_ids is not None:
        wanted = wanted.where(subscription.c.org_id.in_(org_ids))
    return session.connection().execute(wanted).all()


def term(row: Any, today: date, day_counts: Sequence[int]) -> Term:
    """Return what is remembered of a row that `ending` returned."""
    left = (row.end_date - today).days
    return Term(
        subscription_id=row.subscription_id,
        end_date=row.end_date,
        auto_renew=row.auto_renew,
        threshold=min(n for n in day_counts if left <= n),
    )


def _products(session: Session, subscription_ids: Sequence[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    wanted = select(licence.c.subscription_id, licence.c.product).where(licence.c.subscription_id.in_(subscription_ids))
    for row in session.connection().execute(wanted.order_by(licence.c.product)):
        found.setdefault(row.subscription_id, []).append(row.product)
    return found
