"""Years of a partner's life in a few seconds: subscriptions end, move, begin to renew or stop to, day after day.

Beside what the pipeline tells stands an oracle: the same years, told by the rules of the product's description alone.
"""

import csv
import random
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import insert, update

from hub.access import Role
from hub.bulk import upsert_rows
from hub.tables import customer, licence, subscription, touched
from notifications.audience import Audience, Member
from notifications.outbox import Outgoing
from notifications.pipeline import Pipeline
from notifications.render import Style
from storage import Database
from storage.tables import Rule, Space

FIRST = date(2026, 11, 23)
ANA = Member("ana@partner.example", "Ana", frozenset({Role.FULL}))
ROOMS = {"default": (30, 7, 1), "early": (90, 60, 30, 14, 7, 1)}
"""Spaces with the days that their rules ask for."""

Line = tuple[str, str, str, int]
"""A space, a subscription, its end and the threshold that was told of it."""


@dataclass
class Held:
    """A subscription or trial, as its source tells it."""

    id: str
    org_id: str
    type: str
    start: date
    end: date
    auto_renew: bool


@dataclass
class Years:
    """A partner with so many customers, and two spaces that are told what expires."""

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
        self._nearest: dict[tuple[str, date, bool], int] = {}
        self._last: date | None = None
        self._begin()

    def live(self, days: int, outages: Iterable[range] = ()) -> None:
        """Let days pass, one after the other; on those of an outage nobody looks, and all changes come after it."""
        away = {day for outage in outages for day in outage}
        for number in range(1, days + 1):
            today = FIRST + timedelta(days=number)
            self._change(today)
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
            connection.execute(insert(subscription), [_row(each) for each in self.held])
            rows = [
                {"subscription_id": each.id, "product": "Calling", "org_id": each.org_id, "total": 10, "assigned": 5}
                for each in self.held
            ]
            connection.execute(insert(licence), rows)
            for room, days in ROOMS.items():
                session.add(Space(room_id=room, kind="group"))
                session.flush()
                session.add(
                    Rule(
                        room_id=room,
                        events=["expiry"],
                        thresholds={"expiry": list(days)},
                        created_by=ANA.email,
                        created_at=at,
                    )
                )
        self.database.analyse()
        self.look(FIRST)
        assert not self.told
        self.expected.clear()

    def _change(self, today: date) -> None:
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
        for each in self.held:
            left = (each.end - today).days
            if not (each.start <= today and 0 <= left <= 90) or each.auto_renew:
                continue
            for room, days in ROOMS.items():
                crossed = min((n for n in days if left <= n), default=None)
                if crossed is None or not self._is_news(room, each, crossed):
                    continue
                self.expected.add((room, each.id, each.end.isoformat(), crossed))

    def _is_news(self, room: str, held: Held, crossed: int) -> bool:
        key = (f"{room}:{held.id}", held.end, held.auto_renew)
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
    if message.parent_cause:
        return []
    found: list[Line] = []
    if files:
        path = files[0].message.file
        assert path is not None
        with path.open(encoding="utf-8-sig", newline="") as lines:
            for row in list(csv.reader(lines))[1:]:
                days = re.search(r"within (\d+) day", row[0])
                assert days, row
                found.append(_line(message.target, days[1], row[3], row[4]))
        return found
    title = message.message.markdown.splitlines()[0]
    for text in message.message.markdown.replace("\\", "").splitlines():
        if text.startswith("**"):
            title = text
        elif held := re.search(r"\b(S\d+x\d)\b", text):
            days = re.search(r"within (\d+) day", title)
            assert days, title
            found.append(_line(message.target, days[1], held[1], text))
    return found


def _line(room: str, days: str, held: str, text: str) -> Line:
    end = re.search(r"(\d+ \w{3} \d{4})", text)
    assert end, text
    return room, held, datetime.strptime(end[1], "%d %b %Y").replace(tzinfo=UTC).date().isoformat(), int(days)
