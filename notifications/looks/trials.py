"""Trials that started, were extended, ended or became a subscription."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from hub import days
from hub.tables import licence, subscription
from notifications import keys
from notifications.kinds import Trial
from notifications.looks.looking import Looking
from storage.tables import Event, SeenTrial


def trials(look: Looking) -> Iterable[Event]:
    """Yield what became of trials since the last look; and remember them.

    A trial is converted when it becomes a subscription itself, or when its customer gets one that began later and
    holds one of its products. A trial that is gone from its source ended.
    """
    seen: dict[str, SeenTrial] = {
        each.subscription_id: each
        for each in look.session.scalars(select(SeenTrial).where(col(SeenTrial.org_id).in_(look.org_ids)))
    }
    rows = {row.subscription_id: row for row in contracts(look.session, look, look.org_ids)}
    products = _products(look, rows)
    paid: dict[str, list[Any]] = defaultdict(list)
    for row in rows.values():
        if row.type == "subscription" and row.start_date <= look.today:
            paid[row.org_id].append(row)
    for trial in seen.values():
        yield from _go_on(look, trial, rows.get(trial.subscription_id), paid[trial.org_id], products)
    current = [row for row in rows.values() if row.type == "trial" and _is_active(look, row)]
    current = [row for row in rows.values() if row.type == "trial" and _is_active(look, row)]
    new = [row for row in current if row.subscription_id not in seen]
    over = _over_before(look, new)
    for row in new:
        was = over.get(row.subscription_id)
        if was and was.kind == Trial.CONVERTED:
            continue
        look.session.add(remembered(row, products[row.subscription_id]))
        kind = Trial.EXTENDED if was else Trial.STARTED
        before = {"end_date": was.end_date.isoformat()} if was and was.end_date else {}
        yield _event(look, kind, row, before, products[row.subscription_id])


def _go_on(
    look: Looking, trial: SeenTrial, row: Any, paid: Sequence[Any], products: dict[str, list[str]]
) -> Iterable[Event]:
    before = {"end_date": trial.end_date.isoformat()}
    bought = next(
        (
            each
            for each in paid
            if each.subscription_id == trial.subscription_id
            or (
                each.start_date > trial.start_date
                and each.end_date >= look.today
                and set(products[each.subscription_id]) & set(trial.products)
            )
        ),
        None,
    )
    if bought:
        look.session.delete(trial)
        after = {"subscription_id": bought.subscription_id}
        yield _event(look, Trial.CONVERTED, trial, before, trial.products, after)
    elif row is None or row.end_date < look.today:
        look.session.delete(trial)
        yield _event(look, Trial.ENDED, trial, before, trial.products, {} if row else {"cancelled": True})
    elif row.end_date != trial.end_date:
        is_longer = row.end_date > trial.end_date
        look.session.merge(remembered(row, products[row.subscription_id]))
        if is_longer:
            yield _event(look, Trial.EXTENDED, row, before, products[row.subscription_id])


def contracts(session: Session, look: Looking, org_ids: Sequence[str] | None = None) -> Sequence[Any]:
    """Return the subscriptions and trials whose dates are known; of all customers, only active trials."""
    wanted = select(
        subscription.c.subscription_id,
        subscription.c.org_id,
        subscription.c.type,
        subscription.c.start_date,
        subscription.c.end_date,
    ).where(subscription.c.start_date.is_not(None), subscription.c.end_date.is_not(None))
    if org_ids is None:
        wanted = wanted.where(days.is_trial(), days.active(look.today))
    else:
        wanted = wanted.where(subscription.c.org_id.in_(org_ids))
    return session.connection().execute(wanted).all()


def remembered(row: Any, products: Sequence[str]) -> SeenTrial:
    """Return what is remembered of a trial that `contracts` returned."""
    return SeenTrial(
        subscription_id=row.subscription_id,
        org_id=row.org_id,
        start_date=row.start_date,
        end_date=row.end_date,
        products=list(products),
    )


def products_of(session: Session, org_ids: Sequence[str]) -> dict[str, list[str]]:
    """Return the products of every subscription and trial of these customers."""
    found: dict[str, list[str]] = defaultdict(list)
    wanted = select(licence.c.subscription_id, licence.c.product).where(licence.c.org_id.in_(org_ids))
    for row in session.connection().execute(wanted.order_by(licence.c.subscription_id, licence.c.product)):
        found[row.subscription_id].append(row.product)
    return found


def _products(look: Looking, rows: dict[str, Any]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    if any(row.type == "trial" for row in rows.values()):
        found.update(products_of(look.session, look.org_ids))
    return found


def _is_active(look: Looking, row: Any) -> bool:
    return bool(row.start_date <= look.today <= row.end_date)


def _over_before(look: Looking, rows: Sequence[Any]) -> dict[str, Event]:
    """Return how trials ended that are there again."""
    wanted = (
        select(Event)
        .where(
            col(Event.org_id).in_({row.org_id for row in rows}),
            col(Event.kind).in_([Trial.ENDED, Trial.CONVERTED]),
        )
        .order_by(col(Event.id))
    )
    return {str(event.subscription_id): event for event in look.session.scalars(wanted)} if rows else {}


def _event(
    look: Looking,
    kind: Trial,
    trial: Any,
    before: dict[str, Any],
    products: Sequence[str],
    after: dict[str, Any] | None = None,
) -> Event:
    return Event(
        key=keys.trial(kind, trial.subscription_id, trial.end_date),
        kind=kind,
        at=look.at,
        org_id=trial.org_id,
        subscription_id=trial.subscription_id,
        end_date=trial.end_date,
        before=before,
        after={
            "start_date": trial.start_date.isoformat(),
            "end_date": trial.end_date.isoformat(),
            "products": list(products),
            "statuses": list(look.statuses.get(trial.org_id, ())),
            **(after or {}),
        },
    )
