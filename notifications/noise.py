"""How noisy a space is: what it was sent in a week, what people did about it, and what to change."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, or_, select

from storage.tables import Audit, OpenAlert, Outbox, Rule
from templates.catalogue import N_
from templates.texts import Texts
from templates.vocabulary import label

WEEK = timedelta(days=7)
MANY = 70
"""Messages in a week that are many: ten a day."""
FEW = 5
"""Alerts of a kind below which there is nothing to learn."""
IGNORED_SHARE = 0.8
"""A kind of alert of which so many are ignored may be better off in a digest."""


@dataclass(frozen=True)
class Kind:
    """Alerts of one kind in a week: each was dealt with, over before anybody did, or ignored."""

    kind: str
    told: int
    dealt: int
    over: int

    @property
    def ignored(self) -> int:
        """Those that are open, and nobody did anything about."""
        return self.told - self.dealt - self.over


@dataclass(frozen=True)
class Noise:
    """What a space was sent between two times."""

    since: datetime
    until: datetime
    messages: int
    kinds: Sequence[Kind]
    """The most ignored first."""
    rules: Sequence[tuple[int, Sequence[str]]]
    """Its rules, with the events that they tell."""

    @property
    def told(self) -> int:
        """Alerts told."""
        return sum(each.told for each in self.kinds)

    @property
    def dealt(self) -> int:
        """Alerts that somebody acknowledged, put off or took on."""
        return sum(each.dealt for each in self.kinds)

    @property
    def ignored(self) -> int:
        """Alerts that are open, and nobody did anything about."""
        return sum(each.ignored for each in self.kinds)


def of(session: Session, room_id: str, until: datetime) -> Noise:
    """Return how noisy the week before a time was in a space."""
    since = until - WEEK
    told = select(OpenAlert).where(
        col(OpenAlert.room_id) == room_id, col(OpenAlert.told_at) > since, col(OpenAlert.told_at) <= until
    )
    alerts = list(session.scalars(told))
    changes = select(Audit).where(
        col(Audit.room_id) == room_id,
        col(Audit.what).in_(("ack", "snooze", "assign")),
        col(Audit.at) > since,
        col(Audit.at) <= until,
    )
    dealt = {number for change in session.scalars(changes) for number in change.after.get("alerts", ())}
    told_of = Counter(alert.kind for alert in alerts)
    dealt_with = Counter(alert.kind for alert in alerts if alert.id in dealt)
    over = Counter(alert.kind for alert in alerts if alert.id not in dealt and alert.closed_at is not None)
    kinds = [Kind(kind, n, dealt_with[kind], over[kind]) for kind, n in told_of.items()]
    rules = session.scalars(select(Rule).where(col(Rule.room_id) == room_id).order_by(col(Rule.id)))
    return Noise(
        since,
        until,
        _messages(session, room_id, since, until),
        sorted(kinds, key=lambda each: (-each.ignored, -each.told, each.kind)),
        [(rule.id or 0, list(rule.events)) for rule in rules],
    )


def _messages(session: Session, room_id: str, since: datetime, until: datetime) -> int:
    ours = or_(
        *(col(Outbox.cause).startswith(f"{kind}:{room_id}:", autoescape=True) for kind in ("alert", "digest", "repeat"))
    )
    wanted = select(col(Outbox.cause)).where(ours, col(Outbox.created_at) > since, col(Outbox.created_at) <= until)
    return sum(not cause.endswith(":csv") for cause in session.scalars(wanted))


def facts(noise: Noise, texts: Texts) -> list[tuple[str, str]]:
    """Return the figures, by name."""
    return [
        (texts(N_("Messages")), texts.number(noise.messages)),
        (texts(N_("Alerts told")), texts.number(noise.told)),
        (texts(N_("Acknowledged, put off or assigned")), texts.number(noise.dealt)),
        (texts(N_("Over by themselves")), texts.number(noise.told - noise.dealt - noise.ignored)),
        (texts(N_("Ignored")), texts.number(noise.ignored)),
    ]


def advice(noise: Noise, texts: Texts) -> list[tuple[str, str | None]]:
    """Say what to change, each with the command that does it."""
    found: list[tuple[str, str | None]] = []
    for each in noise.kinds:
        if each.told < FEW or each.ignored < IGNORED_SHARE * each.told:
            continue
        form = N_("Hardly anybody acts on “%(event)s”: %(ignored)s of %(told)s were ignored. A weekly digest may do.")
        said = texts(
            form, event=label(each.kind, texts), ignored=texts.number(each.ignored), told=texts.number(each.told)
        )
        rule = next((number for number, events in noise.rules if each.kind in events), None)
        found.append((said, f"rule edit {rule}" if rule else None))
    if noise.messages > MANY:
        said = texts(N_("More than ten messages a day: a narrower filter, or a digest, would make each count."))
        found.append((said, "rules"))
    if not found and noise.told:
        found.append((texts(N_("Nothing to change: what is told here is dealt with, or too little to judge.")), None))
    return found


def view(noise: Noise, texts: Texts) -> dict[str, object]:
    """Return what the templates show."""
    return {
        "since": noise.since,
        "until": noise.until,
        "facts": facts(noise, texts),
        "kinds": [
            (
                label(each.kind, texts),
                texts(N_("%(ignored)s of %(told)s ignored"), ignored=each.ignored, told=each.told),
            )
            for each in noise.kinds
        ],
        "advice": advice(noise, texts),
    }
