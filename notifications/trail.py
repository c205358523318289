"""What became of everything that was seen of a customer, space by space: the account that `why` gives."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, and_, col, select

from hub.ids import uuid_of
from notifications.batch import Item, Reason
from notifications.wording import row, subject
from storage.tables import Decision, Event, Fate, Outbox, OutboxState
from templates.catalogue import N_
from templates.texts import Texts
from templates.vocabulary import label

_REASONS: Mapping[Reason, str] = {
    Reason.TOGETHER: N_("waits a little for what belongs to it"),
    Reason.DIGEST: N_("waits for the digest of its rule"),
    Reason.RULE_GONE: N_("not told: the rule that asked for it was deleted or paused"),
    Reason.EXPLAINED: N_("not told: “%(by)s” explains it"),
    Reason.SILENCED: N_("held by silence %(silence)s"),
    Reason.SNOOZED: N_("not told: alert %(alert)s was put off, and this is no worse"),
    Reason.QUIET: N_("held by quiet hours"),
    Reason.FLAPPING: N_("held: it goes in and out, and is told when it is steady"),
    Reason.PASSED: N_("not told: it was over before it would have been"),
    Reason.NEARER: N_("not told: a nearer threshold of the same end was"),
    Reason.NEWER: N_("not told: a later change counts"),
    Reason.MOVED: N_("not told: the end has moved, or it renews in another way"),
    Reason.KNOWN: N_("not told again: the space knows it"),
    Reason.CAPPED: N_("held: the space had its messages of this hour"),
    Reason.WITHHELD: N_("not told: not every reader may see the customer"),
    Reason.SENT: N_("told"),
}


@dataclass(frozen=True)
class Seen:
    """Something that was seen, and what became of it in a space; without a decision no rule asked for it."""

    event: Event
    customer: str
    decision: Decision | None
    message: Outbox | None


def count(session: Session, org_id: str) -> int:
    """Return how many things were seen of a customer."""
    return session.scalars(select(func.count()).select_from(Event).where(col(Event.org_id) == org_id)).one()


def of(session: Session, org_id: str, customer: str, room_id: str, limit: int | None, offset: int = 0) -> list[Seen]:
    """Return what was seen of a customer and what became of it in a space, the newest first."""
    wanted = (
        select(Event, Decision, Outbox)
        .outerjoin(Decision, and_(col(Decision.event_id) == col(Event.id), col(Decision.room_id) == room_id))
        .outerjoin(Outbox, col(Outbox.cause) == col(Decision.cause))
        .where(col(Event.org_id) == org_id)
        .order_by(col(Event.at).desc(), col(Event.id).desc())
        .offset(offset)
        .limit(limit)
    )
    return [Seen(event, customer, decision, message) for event, decision, message in session.execute(wanted).all()]


def words(seen: Seen, at: datetime, texts: Texts) -> dict[str, Any]:
    """Return what is said of it: what was seen, which rules decided, what came of it, where the message is."""
    decision = seen.decision
    item = Item(
        seen.event,
        seen.customer,
        decision.key if decision else seen.event.key,
        tuple(decision.rules) if decision else (),
        decision.days_before if decision else None,
    )
    return {
        "at": seen.event.at,
        "what": subject(item, texts),
        "detail": row(item, at, texts)["detail"],
        "rules": _rules(decision, texts),
        "fate": _fate(seen, texts),
        "before": _before(decision, texts),
        "link": link(seen.message),
    }


def data_of(seen: Seen) -> dict[str, Any]:
    """Return it as `--json` gives it."""
    decision, message = seen.decision, seen.message
    return {
        "at": seen.event.at,
        "event": seen.event.kind,
        "before": seen.event.before,
        "after": seen.event.after,
        "rules": decision.rules if decision else [],
        "fate": decision.fate if decision else None,
        "stage": decision.stage if decision else "route",
        "reason": decision.reason if decision else None,
        "detail": decision.detail if decision else {},
        "due_at": decision.due_at if decision else None,
        "trail": decision.trail if decision else [],
        "message_id": message.message_id if message else None,
        "sent_at": message.sent_at if message else None,
    }


def link(message: Outbox | None) -> str | None:
    """Return the address that opens a message in the Webex app, once it is sent into a room."""
    if message is None or not message.message_id:
        return None
    try:
        return f"webexteams://im?space={uuid_of(message.target)}&message={uuid_of(message.message_id)}"
    except ValueError:
        return None


def _rules(decision: Decision | None, texts: Texts) -> str:
    if decision is None:
        return texts(N_("No rule of this space asks for it."))
    if not decision.rules:
        return texts(N_("Asked for here."))
    named = ", ".join(map(str, decision.rules))
    return texts.count("By rule %(rules)s", "By rules %(rules)s", len(decision.rules), rules=named)


def _fate(seen: Seen, texts: Texts) -> str:
    decision, message = seen.decision, seen.message
    if decision is None:
        return ""
    if decision.fate == Fate.TOLD:
        return _told(message, texts)
    said = _reason(decision.reason, decision.detail, texts)
    if decision.fate == Fate.HELD and decision.due_at:
        return texts(N_("%(why)s, until %(moment)s"), why=said, moment=texts.moment(decision.due_at))
    return said


def _told(message: Outbox | None, texts: Texts) -> str:
    if message is None:
        return texts(N_("told; the message is no longer kept"))
    if message.state == OutboxState.SENT:
        form = N_("told one-to-one to %(who)s, %(moment)s") if "@" in message.target else N_("told %(moment)s")
        return texts(form, who=message.target, moment=texts.moment(message.sent_at))
    if message.state == OutboxState.PARKED:
        return texts(N_("could not be posted: %(reason)s; resend tries again"), reason=message.error or "")
    return texts(N_("its message waits to be sent"))


def _before(decision: Decision | None, texts: Texts) -> Sequence[str]:
    """Say what was decided on it before, oldest first."""
    return [
        f"{texts.moment(datetime.fromisoformat(step['at']))}: "
        + _reason(step["reason"], step.get("detail") or {}, texts)
        for step in (decision.trail if decision else ())
    ]


def _reason(code: str, detail: Mapping[str, Any], texts: Texts) -> str:
    values = {"silence": detail.get("silence"), "alert": detail.get("alert"), "by": label(detail.get("by"), texts)}
    return texts(_REASONS[Reason(code)], **values)
