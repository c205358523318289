"""Last stage: messages into the outbox, what was decided and told, and what is open, in one transaction."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, or_, select
from sqlmodel import Session, SQLModel, col, update

from hub.bulk import chunks, insert_rows
from hub.tables import subscription
from notifications.batch import Alert, Item, Reason, Verdict
from notifications.dealing import arm
from notifications.kinds import GREW, Nearing
from notifications.outbox import Outgoing, enqueue
from storage.tables import Decision, Event, Fate, OpenAlert, Rule

STAGE = "record"

_DECISION = SQLModel.metadata.tables["decision"]
_TOLD = SQLModel.metadata.tables["told"]


def record(
    session: Session,
    events: Sequence[Event],
    verdicts: Sequence[Verdict],
    told: Sequence[tuple[Alert, list[Outgoing]]],
    looked_at: Iterable[str],
    at: datetime,
) -> list[Outgoing]:
    """Write everything down; returns the messages."""
    messages = [message for _, own in told for message in own]
    enqueue(session, messages, at)
    causes = [(alert, own[0].cause) for alert, own in told]
    _decide(session, verdicts, causes, at)
    insert_rows(
        session,
        _TOLD,
        [
            {"room_id": alert.reader.room_id, "key": item.key, "at": at, "cause": cause}
            for alert, cause in causes
            for item in alert.items
        ],
    )
    _close(session, events, looked_at, at)
    for alert, cause in causes:
        _open(session, alert, cause, at)
        if alert.digest and (rule := session.get(Rule, alert.digest.rule)):
            rule.digested_until = alert.digest.until
    for chunk in chunks([event.id for event in events]):
        session.exec(update(Event).where(col(Event.id).in_(chunk)).values(routed_at=at))
    return messages


def _decide(session: Session, verdicts: Sequence[Verdict], causes: Sequence[tuple[Alert, str]], at: datetime) -> None:
    """Keep what became of every item; of what was held before, what was decided then as well."""
    told = (
        (Verdict(alert.reader, item, Fate.TOLD, STAGE, Reason.SENT), cause)
        for alert, cause in causes
        for item in alert.items
    )
    decided = [*((verdict, None) for verdict in verdicts), *told]
    insert_rows(session, _DECISION, [_row(*each, at) for each in decided if each[0].item.decision is None])
    again = {verdict.item.decision: (verdict, cause) for verdict, cause in decided if verdict.item.decision}
    for chunk in chunks(again):
        for known in session.scalars(select(Decision).where(col(Decision.id).in_(chunk))):
            verdict, cause = again[known.id or 0]
            if (known.fate, known.reason, known.due_at) == (verdict.fate, verdict.reason, verdict.due_at):
                continue
            before = known.model_dump(mode="json", include={"fate", "stage", "reason", "detail", "due_at"})
            known.trail = [*known.trail, {"at": known.decided_at.isoformat(), **before}]
            for name, value in _row(verdict, cause, at).items():
                if name != "trail":
                    setattr(known, name, value)


def _row(verdict: Verdict, cause: str | None, at: datetime) -> dict[str, Any]:
    item = verdict.item
    return {
        "event_id": item.event.id,
        "room_id": verdict.reader.room_id,
        "org_id": item.event.org_id,
        "key": item.key,
        "rules": list(item.rules),
        "days_before": item.days_before,
        "fate": verdict.fate,
        "stage": verdict.stage,
        "reason": verdict.reason,
        "detail": dict(verdict.detail),
        "due_at": verdict.due_at,
        "cause": cause,
        "decided_at": at,
        "trail": [],
    }


def _open(session: Session, alert: Alert, cause: str, at: datetime) -> None:
    """Open what people deal with: statuses that customers have, and ends and renewals that come near."""
    room_id = alert.reader.room_id
    rules = {rule.id: rule for rule in session.scalars(select(Rule).where(col(Rule.room_id) == room_id))}
    known = _open_there(session, room_id, [item.event.org_id for item in alert.items if item.event.org_id])
    for item in alert.items:
        event = item.event
        if not opens(item) or event.org_id is None:
            continue
        kind = event.kind if event.kind != GREW else "overage"
        identity = (event.org_id, kind, event.subscription_id if event.end_date else None, event.end_date)
        found = known.get(identity)
        if found is None:
            if event.kind == GREW:
                continue
            found = known[identity] = OpenAlert(
                room_id=room_id,
                org_id=event.org_id,
                kind=kind,
                key=item.key,
                subscription_id=event.subscription_id,
                end_date=event.end_date,
                opened_at=at,
                told_at=at,
                cause=cause,
                last_cause=cause,
            )
            session.add(found)
        arm(found, [rules[number] for number in item.rules if number in rules], at)
        found.threshold = item.days_before
        found.state = event.after
        found.told_at, found.last_cause = at, cause


def opens(item: Item) -> bool:
    """Whether what an item tells is something that people deal with until it is over."""
    kind = item.event.kind
    is_news = kind.startswith("trial_") or kind in ("trial", "subscription")
    return item.event.org_id is not None and not item.left and not is_news


def _open_there(session: Session, room_id: str, org_ids: Sequence[str]) -> dict[tuple[Any, ...], OpenAlert]:
    found: dict[tuple[Any, ...], OpenAlert] = {}
    for chunk in chunks(set(org_ids)):
        wanted = select(OpenAlert).where(
            col(OpenAlert.room_id) == room_id, col(OpenAlert.org_id).in_(chunk), col(OpenAlert.closed_at).is_(None)
        )
        for each in session.scalars(wanted):
            found[each.org_id, each.kind, each.subscription_id if each.end_date else None, each.end_date] = each
    return found


def _close(session: Session, events: Sequence[Event], looked_at: Iterable[str], at: datetime) -> None:
    """Close what is over: statuses that were left; ends and renewals that came, moved, or are of another kind now."""
    by_kind: dict[str, list[str]] = {}
    for event in events:
        if event.after.get("left") and event.org_id:
            by_kind.setdefault(event.kind, []).append(event.org_id)
    still_open = col(OpenAlert.closed_at).is_(None)
    for kind, org_ids in by_kind.items():
        for chunk in chunks(org_ids):
            condition = and_(still_open, col(OpenAlert.kind) == kind, col(OpenAlert.org_id).in_(chunk))
            session.exec(update(OpenAlert).where(condition).values(closed_at=at))
    ends = (
        subscription.c.subscription_id == col(OpenAlert.subscription_id),
        subscription.c.end_date == col(OpenAlert.end_date),
        subscription.c.end_date >= at.date(),
        or_(
            and_(col(OpenAlert.kind) == Nearing.RENEWAL, subscription.c.auto_renew.is_(True)),
            and_(col(OpenAlert.kind) == Nearing.EXPIRY, subscription.c.auto_renew.is_(False)),
        ),
    )
    for chunk in chunks(looked_at):
        over = and_(
            still_open,
            col(OpenAlert.kind).in_(list(Nearing)),
            col(OpenAlert.org_id).in_(chunk),
            ~select(subscription.c.subscription_id).where(*ends).exists(),
        )
        session.exec(update(OpenAlert).where(over).values(closed_at=at).execution_options(synchronize_session=False))
