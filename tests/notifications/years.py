"""Years of a partner's life in a few seconds: subscriptions end, move, begin to renew or stop to, day after day.

Beside what the pipeline tells stands an oracle: the same years, told by the rules of the product's description alone.
"""

import csv
import random
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from sqlalchemy import insert, update

from hub.access import Role
from hub.bulk import upsert_rows
from hub.tables import customer, customer_tag, licence, subscription, touched
from notifications.audience import Audience, Member
from notifications.outbox import Outgoing
from notifications.pipeline import Pipeline
from notifications.render import Style
from storage import Database
from storage.tables import Rule, Space

FIRST = date(2026, 11, 23)
ANA = Member("ana@partner.example", "Ana", frozenset({Role.FULL}))


@dataclass(frozen=True)
class Room:
    """A space, and what its rule asks for."""

    kinds: tuple[str, ...] = ("expiry",)
    days: tuple[int, ...] = (30, 7, 1)
    tag: str | None = None
    product: str | None = None
    weekly: bool = False
    """In a digest, on Mondays at five."""


ROOMS = {
    "default": Room(),
    "early": Room(days=(90, 60, 30, 14, 7, 1)),
    "renewals": Room(kinds=("renewal",), days=(60, 7)),
    "gold": Room(kinds=("expiry", "renewal"), tag="gold"),
    "meetings": Room(kinds=("expiry", "renewal"), days=(30, 1), product="Meetings"),
    "weekly": Room(kinds=("expiry", "renewal"), days=(30, 14, 7), weekly=True),
}

Line = tuple[str, str, str, str, int]
"""A space, a kind, a subscription, its end and the threshold that was told of it."""


@dataclass
class Held:
    """A subscription or trial, as its source tells it."""

    id: str
    org_id: str
    type: str
    start: date
    end: date
    auto_renew: bool
    product: str
    gold: bool
    """Its customer has the tag."""

    @property
    def kind(self) -> str:
        """What its end is called."""
        return "renewal" if self.auto_renew else "expiry"

    def concerns(self, room: Room) -> bool:
        """Whether the rule of a space is about it."""
        return (
            self.kind in room.kinds
            and (room.tag is None or self.gold)
            and (room.product is None or self.product == room.product)
        )


@dataclass
class Years:
    """A partner with so many customers, and spaces that are told what expires or renews."""

    database: Database
    folder: Path
    customers: int
    seed: int
    held: list[Held] = field(default_factory=list)
    told: Counter[Line] = field(default_factory=Counter)
    expected: set[Line] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)
        self._pipeline = Pipeline(self.database, lambda _: Audience((ANA,)), Style("en", "UTC", self.folder))
        self._nearest: dict[tuple[str, str, date, bool], int] = {}
        self._waiting: dict[tuple[str, str, date, bool], tuple[Held, date, int]] = {}
        self._begin()

    def live(self, days: int, outages: Iterable[range] = ()) -> None:
        """Let days pass, one after the other; on those of an outage nobody looks, and all changes come after it."""
        away = {day for outage in outages for day in outage}
        for number in range(1, days + 1):
            today = FIRST + timedelta(days=number)
            self.change(today)
            if number not in away:
                self.look(today)

    def look(self, today: date) -> None:
        """Run the pipeline, and the oracle beside it."""
        self._expect(today)
        messages = self._pipeline.run(datetime(today.year, today.month, today.day, 6, tzinfo=UTC))
        for message in messages:
            self.told.update(_lines(message, [each for each in messages if each.parent_cause == message.cause]))

    def _begin(self) -> None:
        for number in range(self.customers):
            for place in range(1 + (number % 3 == 0)):
                is_trial = self._random.random() < 0.2
                start = FIRST - timedelta(days=self._random.randrange(400))
                if is_trial:
                    start = FIRST + timedelta(days=self._random.randrange(-30, 700))
                end = start + timedelta(days=self._random.randrange(30, 90) if is_trial else 400)
                if not is_trial:
                    end = FIRST + timedelta(days=self._random.randrange(5, 1000))
                self.held.append(
                    Held(
                        f"S{number}x{place}",
                        f"org-{number}",
                        "trial" if is_trial else "subscription",
                        start,
                        end,
                        not is_trial and self._random.random() < 0.4,
                        "Meetings" if self._random.random() < 0.3 else "Calling",
                        number % 5 == 0,
                    )
                )
        at = datetime(FIRST.year, FIRST.month, FIRST.day, 5, tzinfo=UTC)
        with self.database.write() as session:
            connection = session.connection()
            connection.execute(
                insert(customer),
                [
                    {
                        "org_id": f"org-{number}",
                        "name": f"Customer {number}",
                        "name_folded": f"customer {number}",
                        "identity_at": at,
                        "listed": True,
                    }
                    for number in range(self.customers)
                ],
            )
            gold = [
                {"org_id": org_id, "tag": "gold"} for org_id in sorted({each.org_id for each in self.held if each.gold})
            ]
            connection.execute(insert(customer_tag), gold)
            connection.execute(insert(subscription), [_row(each) for each in self.held])
            rows = [
                {"subscription_id": each.id, "product": each.product, "org_id": each.org_id, "total": 10, "assigned": 5}
                for each in self.held
            ]
            connection.execute(insert(licence), rows)
            for name, room in ROOMS.items():
                session.add(Space(room_id=name, kind="group"))
                session.flush()
                session.add(
                    Rule(
                        room_id=name,
                        events=list(room.kinds),
                        thresholds={kind: list(room.days) for kind in room.kinds},
                        where=f"tag:{room.tag}" if room.tag else "",
                        products=[room.product] if room.product else [],
                        every="weekly" if room.weekly else "now",
                        day=1 if room.weekly else None,
                        at=time(5) if room.weekly else None,
                        created_by=ANA.email,
                        created_at=at,
                    )
                )
        self.database.analyse()
        self.look(FIRST)
        assert not self.told
        self.expected.clear()
        self._waiting.clear()

    def change(self, today: date) -> None:
        """A thousandth of all moves its end, or begins to renew by itself, or stops to."""
        chosen = self._random.sample(self.held, max(1, len(self.held) // 1000))
        changed = []
        for each in chosen:
            if each.end < today:
                continue
            if each.type == "trial" or self._random.random() < 0.5:
                each.end += timedelta(days=self._random.randrange(-20, 120))
            else:
                each.auto_renew = not each.auto_renew
            changed.append(each)
        with self.database.write() as session:
            for each in changed:
                values = {"end_date": each.end, "auto_renew": each.auto_renew}
                statement = update(subscription).where(subscription.c.subscription_id == each.id).values(values)
                session.connection().execute(statement)
            upsert_rows(session, touched, ({"org_id": each.org_id} for each in changed), replace=False)

    def _expect(self, today: date) -> None:
        """The nearest threshold that is crossed, unless that or a nearer one was crossed before with the same end."""
        self._expect_digests(today)
        horizon = today + timedelta(days=max(days for room in ROOMS.values() for days in room.days))
        for each in self.held:
            if not each.start <= today <= each.end <= horizon:
                continue
            left = (each.end - today).days
            for name, room in ROOMS.items():
                crossed = min((n for n in room.days if left <= n), default=None)
                if crossed is None or not each.concerns(room) or not self._is_news(name, each, crossed):
                    continue
                if room.weekly:
                    key = (name, each.id, each.end, each.auto_renew)
                    since, waiting = today, crossed
                    if key in self._waiting:
                        _, since, before = self._waiting[key]
                        waiting = min(before, crossed)
                    self._waiting[key] = each, since, waiting
                else:
                    self.expected.add((name, each.kind, each.id, each.end.isoformat(), crossed))

    def _expect_digests(self, today: date) -> None:
        """What happened before the last Monday at five is told, as near as it came; not what has moved since."""
        monday = today - timedelta(days=today.weekday())
        for key, (held, since, crossed) in list(self._waiting.items()):
            name, _, end, auto_renew = key
            # Who looks at six on a Monday is too late for that day's digest.
            if since >= monday:
                continue
            del self._waiting[key]
            if (held.end, held.auto_renew) == (end, auto_renew):
                self.expected.add((name, held.kind, held.id, end.isoformat(), crossed))

    def _is_news(self, room: str, held: Held, crossed: int) -> bool:
        key = (room, held.id, held.end, held.auto_renew)
        known = self._nearest.get(key)
        self._nearest[key] = crossed
        return known is None or crossed < known


def _row(held: Held) -> dict[str, object]:
    return {
        "subscription_id": held.id,
        "org_id": held.org_id,
        "type": held.type,
        "start_date": held.start,
        "end_date": held.end,
        "auto_renew": held.auto_renew,
        "setup": "complete",
        "orders": [],
    }


def _lines(message: Outgoing, files: Sequence[Outgoing]) -> list[Line]:
    """Return what a card says, line by line; where it cannot hold all, what its CSV says."""
    if message.cause.endswith(":csv"):
        return []
    found: list[Line] = []
    if files:
        path = files[0].message.file
        assert path is not None
        with path.open(encoding="utf-8-sig", newline="") as lines:
            found = [_line(message.target, row[0], row[3], row[4]) for row in list(csv.reader(lines))[1:]]
        path.unlink()
        return found
    title = ""
    for text in message.message.markdown.replace("\\", "").splitlines():
        if text.startswith("**"):
            title = text
        elif held := re.search(r"\b(S\d+x\d)\b", text):
            found.append(_line(message.target, title, held[1], text))
    return found


def _line(room: str, title: str, held: str, text: str) -> Line:
    kind, end = re.search(r"(end|renew)s? within (\d+) day", title), re.search(r"(\d+ \w{3} \d{4})", text)
    assert kind, title
    assert end, text
    name = {"end": "expiry", "renew": "renewal"}[kind[1]]
    return room, name, held, datetime.strptime(end[1], "%d %b %Y").replace(tzinfo=UTC).date().isoformat(), int(kind[2])
