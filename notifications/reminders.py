"""What is told again: alerts that nobody acknowledged, snoozes that ended, and whom a rule wants to hear of it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from hub.access import Needs
from notifications import dealing
from notifications.audience import Audience
from notifications.batch import Reader
from notifications.kinds import Nearing
from notifications.open_alerts import row_of
from notifications.outbox import Message, Outgoing, Priority, enqueue
from notifications.pipeline import Pipeline
from notifications.route import visible
from notifications.run import quiet_until
from notifications.stored import Stored
from storage.tables import Customer, OpenAlert, Person, Rule, Space
from templates import render
from templates.catalogue import N_
from templates.texts import Texts

Found = Sequence[tuple[OpenAlert, str]]
"""Alerts, each with the name of its customer."""

SHOWN = 10
"""Alerts that a reminder names."""
NUMBERED = 50
"""Alerts that its buttons deal with."""
LATELY = timedelta(hours=6)
"""What ended longer ago is no news any more."""


@dataclass(frozen=True)
class Reminders:
    """Looks which open alerts are due to be told again, and puts that into the outbox."""

    pipeline: Pipeline

    def look(self, at: datetime) -> int:
        """Tell what is due; returns how many messages that makes."""
        return self._repeat(at) + self._escalate(at) + self._over(at)

    def _repeat(self, at: datetime) -> int:
        due = (col(OpenAlert.repeat_at) <= at, col(OpenAlert.closed_at).is_(None))
        _, spaces = self._due(*due)
        readers = self.pipeline.readers(spaces)
        made = 0
        for room_id, reader in readers.items():
            with self.pipeline.database.write() as session:
                if self._is_quiet(session, reader, at):
                    continue
                found = _named(session, *due, col(OpenAlert.room_id) == room_id)
                told = self._kept(session, reader, found, at)
                made += self._remind(session, reader, told, at)
        return made

    def _due(self, *due: object) -> tuple[Mapping[str, Found], dict[str, Space]]:
        by_room: dict[str, list[tuple[OpenAlert, str]]] = defaultdict(list)
        with self.pipeline.database.read() as session:
            for alert, name in _named(session, *due):
                by_room[alert.room_id].append((alert, name))
            spaces = {room_id: session.get_one(Space, room_id) for room_id in by_room}
        return by_room, spaces

    def _is_quiet(self, session: Session, reader: Reader, at: datetime) -> bool:
        """Whether every rule of the space wants quiet now."""
        rules = session.scalars(select(Rule).where(Rule.room_id == reader.room_id, col(Rule.paused).is_(False)))
        ends = [quiet_until(rule, reader.zone or self.pipeline.style.zone, at) for rule in rules]
        return bool(ends) and all(ends)

    def _kept(self, session: Session, reader: Reader, found: Found, at: datetime) -> Found:
        """Leave out what is silenced, which waits, and what not every reader may see."""
        org_ids = {alert.org_id or "" for alert, _ in found}
        silences = Stored(session).silences(reader.room_id, org_ids, at)
        bounding = reader.audience.assigned_to
        seen = visible(session, bounding, org_ids, at.date()) if bounding else org_ids
        kept = []
        for alert, name in found:
            ends = [
                silence.until
                for silence, about in silences
                if alert.org_id in about and (not silence.kinds or alert.kind in silence.kinds)
            ]
            if ends:
                alert.repeat_at = max(ends)
            elif alert.org_id in seen:
                kept.append((alert, name))
            else:
                alert.repeat_at = None
        return kept

    def _remind(self, session: Session, reader: Reader, found: Found, at: datetime) -> int:
        texts = self._texts(reader)
        worse = [pair for pair in found if (pair[0].snoozed_at or {}).get("worse")]
        woken = [pair for pair in found if pair not in worse and pair[0].snoozed_until]
        again = [pair for pair in found if pair not in worse and pair not in woken]
        messages = []
        for pairs, title in (
            (worse, N_("Worse than when it was put off")),
            (woken, N_("The snooze is over, and this is still open")),
            (again, N_("Nobody has acknowledged this yet")),
        ):
            if pairs:
                cause = f"repeat:{reader.room_id}:{pairs[0][0].id}:{at.isoformat()}"
                audience = reader.audience.for_record(Needs.READ)
                messages.append(_message(reader.target, texts(title), pairs, cause, audience, at, texts))
                for alert, _ in pairs:
                    _told_again(alert, cause, at)
        return len(enqueue(session, messages, at))

    def _escalate(self, at: datetime) -> int:
        due = (
            col(OpenAlert.escalate_at) <= at,
            col(OpenAlert.closed_at).is_(None),
            col(OpenAlert.acknowledged_at).is_(None),
        )
        by_room, _ = self._due(*due)
        people = {alert.escalate_to for found in by_room.values() for alert, _ in found} - {None}
        audiences = {email: self.pipeline.audiences(email) for email in sorted(filter(None, people))}
        made = 0
        for email, audience in audiences.items():
            with self.pipeline.database.write() as session:
                found = _named(session, *due, col(OpenAlert.escalate_to) == email)
                made += self._escalate_to(session, email, audience, found, at)
        return made

    def _escalate_to(self, session: Session, email: str, audience: Audience, found: Found, at: datetime) -> int:
        org_ids = {alert.org_id or "" for alert, _ in found}
        seen = org_ids
        if audience.excluded(Needs.READ):
            seen = set()
        elif audience.assigned_to:
            seen = visible(session, audience.assigned_to, org_ids, at.date())
        told = [pair for pair in found if pair[0].org_id in seen]
        form = N_("Nobody acknowledged it, so %(person)s was told one-to-one.")
        messages = self._notes(session, told, form, email, at)
        hidden = [pair for pair in found if pair not in told]
        form = N_("Nobody acknowledged it; %(person)s may not see the customer, so I did not tell them.")
        messages += self._notes(session, hidden, form, email, at)
        if told:
            texts = texts_of(session, email, Texts(self.pipeline.style.language, self.pipeline.style.zone))
            title = texts(N_("Nobody acknowledged this, so it comes to you"))
            cause = f"escalated:{email}:{told[0][0].id}:{at.isoformat()}"
            messages.append(to_person(email, title, told, audience, cause, at, texts))
        for alert, _ in found:
            alert.escalate_at = None
            if alert.org_id not in seen:
                alert.escalate_to = None
        return len(enqueue(session, messages, at))

    def _notes(self, session: Session, found: Found, form: str, email: str, at: datetime) -> list[Outgoing]:
        messages = []
        for room_id in sorted({alert.room_id for alert, _ in found}):
            space = session.get_one(Space, room_id)
            texts = Texts(space.language or self.pipeline.style.language, space.time_zone or self.pipeline.style.zone)
            own = [alert for alert, _ in found if alert.room_id == room_id]
            text = texts(form, person=email)
            messages += dealing.notes(session, own, text, f"escalated:{at.isoformat()}:{own[0].id}", None)
        return messages

    def _over(self, at: datetime) -> int:
        """Say in their threads that ends and renewals are none any more: they moved, or renew in another way."""
        ended = (
            col(OpenAlert.closed_at) > at - LATELY,
            col(OpenAlert.kind).in_(list(Nearing)),
            col(OpenAlert.end_date) >= at.date(),
        )
        with self.pipeline.database.write() as session:
            messages = []
            for alert in session.scalars(select(OpenAlert).where(*ended)):
                space = session.get_one(Space, alert.room_id)
                texts = Texts(
                    space.language or self.pipeline.style.language, space.time_zone or self.pipeline.style.zone
                )
                form = N_("It is over: %(id)s does not end on %(day)s any more, or renews in another way.")
                text = texts(form, id=alert.subscription_id, day=texts.day(alert.end_date))
                messages += dealing.notes(session, [alert], text, f"over:{alert.id}", None)
            return len(enqueue(session, messages, at))

    def _texts(self, reader: Reader) -> Texts:
        return Texts(reader.language or self.pipeline.style.language, reader.zone or self.pipeline.style.zone)


def texts_of(session: Session, email: str, defaults: Texts) -> Texts:
    """Return how a person is spoken to."""
    person = session.get(Person, email)
    return Texts((person and person.language) or defaults.language, (person and person.time_zone) or defaults.zone)


def to_person(
    email: str, title: str, found: Found, audience: Audience, cause: str, at: datetime, texts: Texts
) -> Outgoing:
    """Return the message that tells a person, one-to-one, of alerts."""
    return _message(email, title, found, cause, audience.for_record(Needs.READ), at, texts)


def _message(
    target: str,
    title: str,
    found: Found,
    cause: str,
    audience: Mapping[str, object],
    at: datetime,
    texts: Texts,
) -> Outgoing:
    view = {
        "title": title,
        "rows": [row_of(alert, name, at, texts) for alert, name in found[:SHOWN]],
        "more": max(0, len(found) - SHOWN),
        "numbers": " ".join(str(alert.id) for alert, _ in found[:NUMBERED]),
        "org_id": found[0][0].org_id if len({alert.org_id for alert, _ in found}) == 1 else None,
    }
    said = Message(render.markdown("reminder", texts, **view), render.card("reminder", texts, **view))
    return Outgoing(cause, target, said, Priority.ALERT, audience=audience)


def _told_again(alert: OpenAlert, cause: str, at: datetime) -> None:
    """Note that an alert was told again: what was done about it before has had its time."""
    alert.told_at, alert.last_cause = at, cause
    if alert.snoozed_until:
        alert.acknowledged_at = alert.acknowledged_by = alert.reason = None
    alert.snoozed_until = alert.snoozed_by = alert.snoozed_at = None
    alert.repeat_at = at + timedelta(hours=alert.repeat_hours) if alert.repeat_hours else None


def _named(session: Session, *conditions: object) -> Found:
    wanted = (
        select(OpenAlert, col(Customer.name))
        .join(Customer, col(Customer.org_id) == col(OpenAlert.org_id))
        .where(*conditions)  # type: ignore[arg-type]
        .order_by(col(OpenAlert.id))
    )
    return [(alert, name) for alert, name in session.execute(wanted).all()]
