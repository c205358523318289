"""What the service tells of itself: what it began with, data that are out of date, and changes to be confirmed.

A notice names no customer, but says how many; it goes where every reader may see customers, else to the space's owner.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlmodel import Session, col, func, select

from hub import statuses
from hub.access import Needs
from hub.statuses import DEFAULTS, Status, Thresholds
from hub.sync import late
from notifications import held
from notifications.kinds import Service
from notifications.outbox import Message, Outgoing, Priority, enqueue
from notifications.pipeline import Audiences
from notifications.sources import NAMES
from storage import Database
from storage.tables import Customer, Held, HeldState, Outage, Outbox, Person, Rule, Source, Space
from templates import render
from templates.catalogue import N_
from templates.texts import Texts
from templates.vocabulary import label

Words = tuple[str, Sequence[str], Sequence[tuple[str, str]]]
"""Title, lines, and buttons with the commands they type."""

ACCESS_DAYS = (1, 3, 7, 14)
"""With so many days left of administrator access its end is told, and told again."""


@dataclass(frozen=True)
class Reader:
    """Whom a notice is for."""

    target: str
    texts: Texts
    is_service_owner: bool = False


@dataclass(frozen=True)
class Notices:
    """Looks what there is to tell of the service, and puts it into the outbox once."""

    database: Database
    audiences: Audiences
    defaults: Texts
    watch_seconds: float
    service_owner: str | None = None
    thresholds: Thresholds = field(default=DEFAULTS)
    access_ends: Callable[[], datetime | None] = lambda: None
    """When administrator access to Webex ends; None where that is not known, or far."""

    def look(self, now: datetime) -> int:
        """Tell what is due; returns how many messages that makes."""
        return self._outages(now) + self._held(now) + self._ending_access(now)

    def begin(self, now: datetime) -> int:
        """After the first look at customers: tell how they are, for only what changes from then on is told."""
        with self.database.read() as session:
            carried = statuses.of(session, None, now.date(), self.thresholds)
            known = session.scalars(select(func.count()).select_from(Customer)).one()
        counts = Counter(status for each in carried.values() for status in each)

        def words(reader: Reader) -> Words:
            texts = reader.texts
            title = texts.count("%(n)s customer is looked after", "%(n)s customers are looked after", known)
            lines = [f"{label(status, texts)}: {texts.number(counts[status])}" for status in Status if counts[status]]
            lines.append(texts(N_("This is how it stands now. From now on I tell what changes.")))
            return title, lines, [(texts(N_("Indicators")), "kpis")]

        readers = self._readers()
        with self.database.write() as session:
            return self._enqueue(session, readers, lambda reader: f"baseline:{reader.target}", words, now)

    def _outages(self, now: datetime) -> int:
        with self.database.read() as session:
            stale = list(late(session, now, self.watch_seconds))
            known = session.scalars(select(Outage).where(col(Outage.over_at).is_(None))).first()
        if stale and known is None:
            since = min(source.read_at or source.tried_at or now for source in stale)
            outage = Outage(since=since, sources=[source.name for source in stale], told_at=now)
            readers = self._readers(Service.DATA_STALE)
            with self.database.write() as session:
                session.add(outage)
                session.flush()
                return self._enqueue(
                    session,
                    readers,
                    lambda reader: f"{_stale(outage)}{reader.target}",
                    lambda reader: _stale_words(outage, stale, reader),
                    now,
                )
        if known and not stale:
            return self._is_over(known, now)
        return 0

    def _is_over(self, outage: Outage, now: datetime) -> int:
        """Told to whom its beginning was told."""
        with self.database.read() as session:
            was_told = select(col(Outbox.target)).where(col(Outbox.cause).startswith(_stale(outage), autoescape=True))
            readers = [self._reader(session, target) for target in sorted(set(session.scalars(was_told)))]
        with self.database.write() as session:
            session.get_one(Outage, outage.id).over_at = now
            return self._enqueue(
                session,
                readers,
                lambda reader: f"fresh:{outage.id}:{reader.target}",
                lambda reader: _fresh_words(outage, reader.texts),
                now,
            )

    def _held(self, now: datetime) -> int:
        with self.database.read() as session:
            untold = list(
                session.scalars(select(Held).where(Held.state == HeldState.OPEN, col(Held.told_at).is_(None)))
            )
        readers = self._readers() if untold else []
        made = 0
        for each in untold:
            with self.database.write() as session:
                stored = session.get_one(Held, each.id)
                stored.told_at = now
                made += self._enqueue(
                    session,
                    readers,
                    lambda reader, each=each: f"held:{each.id}:{reader.target}",  # type: ignore[misc]
                    lambda reader, stored=stored: held.words(session, stored, reader.texts),  # type: ignore[misc]
                    now,
                )
        return made

    def _ending_access(self, now: datetime) -> int:
        """Only the service's owner can do something about it, and only they hear of it."""
        ends = self.access_ends() if self.service_owner else None
        if ends is None or self.service_owner is None:
            return 0
        left = next((days for days in ACCESS_DAYS if ends - now <= timedelta(days=days)), None)
        if left is None:
            return 0
        with self.database.write() as session:
            reader = self._reader(session, self.service_owner)
            # By the day: each renewal that does not prolong it may tell another second.
            cause = f"access:{ends.date()}:{left}:{reader.target}"
            return self._enqueue(session, [reader], lambda _: cause, lambda _: _access_words(ends, reader.texts), now)

    def _enqueue(
        self,
        session: Session,
        readers: Iterable[Reader],
        cause: Callable[[Reader], str],
        words: Callable[[Reader], Words],
        now: datetime,
    ) -> int:
        messages = []
        for reader in readers:
            title, lines, buttons = words(reader)
            view = {"title": title, "lines": lines, "buttons": buttons}
            said = Message(render.markdown("notice", reader.texts, **view), render.card("notice", reader.texts, **view))
            messages.append(Outgoing(cause(reader), reader.target, said, Priority.ALERT))
        return len(enqueue(session, messages, now))

    def _readers(self, event: str | None = None) -> list[Reader]:
        """Return the spaces with a rule, for this event if one is given, or their owners; and the service's owner."""
        with self.database.read() as session:
            rules = list(session.scalars(select(Rule).where(col(Rule.paused).is_(False))))
            room_ids = {rule.room_id for rule in rules if event is None or event in rule.events}
            spaces = list(session.scalars(select(Space).where(col(Space.room_id).in_(room_ids))))
        targets = {self._target(space) for space in spaces} | {self.service_owner}
        with self.database.read() as session:
            return [self._reader(session, target) for target in sorted(filter(None, targets))]

    def _target(self, space: Space) -> str | None:
        for target in (space.room_id, space.owner_email):
            if target and not self.audiences(target).excluded(Needs.READ):
                return target
        return None

    def _reader(self, session: Session, target: str) -> Reader:
        chosen = session.get(Space, target) or session.get(Person, target)
        texts = Texts(
            (chosen and chosen.language) or self.defaults.language, (chosen and chosen.time_zone) or self.defaults.zone
        )
        return Reader(target, texts, is_service_owner=target == self.service_owner)


def _access_words(ends: datetime, texts: Texts) -> Words:
    title = texts(N_("My access to Webex as administrator ends on %(day)s"), day=texts.day(ends.date()))
    lines = [
        texts(N_("From then on I read no customers, licences and partner roles any more.")),
        texts(N_("Give the app a new refresh token, set PARTNERBOT_REFRESH_TOKEN to it, and start me again.")),
    ]
    return title, lines, [(texts(N_("How things are")), "status")]


def _stale(outage: Outage) -> str:
    return f"stale:{outage.id}:"


def _stale_words(outage: Outage, stale: Sequence[Source], reader: Reader) -> Words:
    texts = reader.texts
    lines = [texts(NAMES[source.name]) for source in stale]
    if reader.is_service_owner:
        lines = [f"{texts(NAMES[source.name])}: {source.error or texts(N_('no answer'))}" for source in stale]
    lines.append(texts(N_("What I show is as it was then, and nothing of it counts as a change. I keep trying.")))
    title = texts(N_("Data are out of date since %(moment)s"), moment=texts.moment(outage.since))
    return title, lines, [(texts(N_("How things are")), "status")]


def _fresh_words(outage: Outage, texts: Texts) -> Words:
    line = texts(N_("They had been out of date since %(moment)s."), moment=texts.moment(outage.since))
    return texts(N_("Data are up to date again")), [line], []
