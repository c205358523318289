"""What the stages of the pipeline remember, as the tables hold it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlmodel import Session, col

from hub.bulk import chunks
from hub.filters import parse
from hub.tables import customer, subscription
from notifications.batch import Item, Reader, Reason
from notifications.kinds import Nearing
from notifications.run import Identity, Thing
from storage.tables import Customer, Decision, Event, Fate, OpenAlert, Outbox, Silence, Told

RELEASES = frozenset({Reason.SILENCED, Reason.FLAPPING})
"""What was held for these is as if it happened when they ended."""


class Stored:
    """The memory of the pipeline in a unit of work."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def told(self, room_id: str, keys: Collection[str]) -> set[str]:
        """Which of these a space was told."""
        found: set[str] = set()
        for chunk in chunks(keys):
            wanted = select(col(Told.key)).where(col(Told.room_id) == room_id, col(Told.key).in_(chunk))
            found |= set(self._session.scalars(wanted))
        return found

    def sent(self, target: str, since: datetime) -> Sequence[datetime]:
        """When messages of alerts and digests were written for a target, since a time; oldest first."""
        wanted = select(col(Outbox.created_at)).where(
            col(Outbox.target) == target,
            col(Outbox.created_at) > since,
            or_(col(Outbox.cause).startswith("alert:"), col(Outbox.cause).startswith("digest:")),
        )
        return sorted(self._session.scalars(wanted))

    def changes(self, things: Collection[Thing], since: datetime) -> Mapping[Thing, Sequence[datetime]]:
        """When customers entered or left statuses, since a time; oldest first."""
        found: dict[Thing, list[datetime]] = defaultdict(list)
        for chunk in chunks({org_id for org_id, _ in things}):
            wanted = select(col(Event.org_id), col(Event.kind), col(Event.at)).where(
                col(Event.org_id).in_(chunk), col(Event.at) > since
            )
            for row in self._session.connection().execute(wanted.order_by(col(Event.at))):
                if (row.org_id, row.kind) in things:
                    found[row.org_id, row.kind].append(row.at)
        return found

    def silences(self, room_id: str, org_ids: Collection[str], at: datetime) -> Sequence[tuple[Silence, set[str]]]:
        """The silences of a space that hold at a time, each with those of the customers that it is about."""
        holding = select(Silence).where(
            col(Silence.room_id) == room_id, col(Silence.begins_at) <= at, col(Silence.until) > at
        )
        return [(silence, self._about(silence, org_ids, at)) for silence in self._session.scalars(holding)]

    def snoozed(self, room_id: str, org_ids: Collection[str], at: datetime) -> Mapping[Identity, tuple[int, datetime]]:
        """The open alerts of a space that are put off at a time: their ids, and until when."""
        return {
            identity_of(alert): (alert.id or 0, alert.snoozed_until)
            for alert in self._open_alerts(room_id, org_ids)
            if alert.snoozed_until and alert.snoozed_until > at
        }

    def threads(self, reader: Reader, things: Collection[Thing]) -> Mapping[Thing, str]:
        """The causes of the messages that told a reader of statuses that customers still had until now."""
        alerts = [
            alert
            for alert in self._open_alerts(reader.room_id, {org_id for org_id, _ in things})
            if (alert.org_id, alert.kind) in things
        ]
        there: set[str] = set()
        for chunk in chunks({alert.cause for alert in alerts}):
            wanted = select(col(Outbox.cause)).where(col(Outbox.cause).in_(chunk), col(Outbox.target) == reader.target)
            there |= set(self._session.scalars(wanted))
        return {(alert.org_id or "", alert.kind): alert.cause for alert in alerts if alert.cause in there}

    def moved(self, items: Collection[Item]) -> set[str]:
        """The keys of those held items whose end is another by now, or which renew in another way."""
        nearing = {item.event.subscription_id: item for item in items if item.event.kind in set(Nearing)}
        still = set()
        for chunk in chunks([str(each) for each in nearing]):
            wanted = select(subscription.c.subscription_id, subscription.c.end_date, subscription.c.auto_renew)
            rows = self._session.connection().execute(wanted.where(subscription.c.subscription_id.in_(chunk)))
            still |= {(row.subscription_id, row.end_date, bool(row.auto_renew)) for row in rows}
        return {
            item.key
            for item in items
            if item.event.kind in set(Nearing)
            and (item.event.subscription_id, item.event.end_date, item.event.kind == Nearing.RENEWAL) not in still
        }

    def held(self, at: datetime) -> Mapping[str, list[Item]]:
        """Return, by space, what is held and due; and where anything is, what waits there for company."""
        due = and_(col(Decision.fate) == Fate.HELD, col(Decision.due_at) <= at)
        return self._items(due)

    def waiting(self, room_ids: Collection[str], at: datetime) -> Mapping[str, list[Item]]:
        """Return, by space, what waits a little for what belongs to it, and is not due yet."""
        return self._items(
            and_(
                col(Decision.fate) == Fate.HELD,
                col(Decision.reason) == Reason.TOGETHER,
                col(Decision.due_at) > at,
                col(Decision.room_id).in_(list(room_ids)),
            )
        )

    def explained(self, org_ids: Collection[str]) -> Mapping[str, list[Item]]:
        """Return, by space, what bigger facts explained of these customers."""
        found: dict[str, list[Item]] = defaultdict(list)
        for chunk in chunks(org_ids):
            own = self._items(and_(col(Decision.fate) == Fate.EXPLAINED, col(Decision.org_id).in_(chunk)))
            for room_id, items in own.items():
                found[room_id] += items
        return found

    def _open_alerts(self, room_id: str, org_ids: Collection[str]) -> Iterable[OpenAlert]:
        for chunk in chunks(org_ids):
            wanted = select(OpenAlert).where(
                col(OpenAlert.room_id) == room_id, col(OpenAlert.org_id).in_(chunk), col(OpenAlert.closed_at).is_(None)
            )
            yield from self._session.scalars(wanted)

    def _items(self, condition: object) -> Mapping[str, list[Item]]:
        wanted = (
            select(Decision, Event, col(Customer.name))
            .join(Event, col(Event.id) == col(Decision.event_id))
            .outerjoin(Customer, col(Customer.org_id) == col(Event.org_id))
            .where(condition)  # type: ignore[arg-type]
            .order_by(col(Event.id))
        )
        found: dict[str, list[Item]] = defaultdict(list)
        for decision, event, name in self._session.execute(wanted).all():
            reason = Reason(decision.reason)
            found[decision.room_id].append(
                Item(
                    event,
                    name or "",
                    decision.key,
                    tuple(decision.rules),
                    decision.days_before,
                    decision.id,
                    reason,
                    decision.due_at if reason in RELEASES else None,
                )
            )
        return found

    def _about(self, silence: Silence, org_ids: Iterable[str], at: datetime) -> set[str]:
        if silence.org_id:
            return {silence.org_id} & set(org_ids)
        found: set[str] = set()
        condition = parse(silence.where).condition(at.date())
        for chunk in chunks(org_ids):
            wanted = select(customer.c.org_id).where(customer.c.org_id.in_(chunk), condition)
            found |= set(self._session.connection().scalars(wanted))
        return found


def identity_of(alert: OpenAlert) -> Identity:
    """Return what an alert is about."""
    return alert.org_id or "", alert.kind, alert.subscription_id if alert.end_date else None, alert.end_date
