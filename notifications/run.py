"""What every stage of one run is given: one reading of the clock, the rules, and what is remembered."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from notifications.batch import Item, Reader
from notifications.schedules import Cadence, Every
from storage.tables import Rule, Silence

NOW = "now"
"""A rule that tells at once; other rules are digests."""

Thing = tuple[str, str]
"""A customer and a status of it."""

Identity = tuple[str, str, str | None, date | None]
"""What an alert is about: a customer and a status; of ends and renewals also the subscription and its end."""


class Memory(Protocol):
    """What stages ask about the past. One implementation reads the tables, another replays."""

    def told(self, room_id: str, keys: Collection[str]) -> set[str]:
        """Which of these a space was told."""

    def sent(self, target: str, since: datetime) -> Sequence[datetime]:
        """When messages of alerts and digests were written for a target, since a time; oldest first."""

    def changes(self, things: Collection[Thing], since: datetime) -> Mapping[Thing, Sequence[datetime]]:
        """When customers entered or left statuses, since a time; oldest first."""

    def silences(self, room_id: str, org_ids: Collection[str], at: datetime) -> Sequence[tuple[Silence, set[str]]]:
        """The silences of a space that hold at a time, each with those of the customers that it is about."""

    def snoozed(self, room_id: str, org_ids: Collection[str], at: datetime) -> Mapping[Identity, tuple[int, datetime]]:
        """The open alerts of a space that are put off at a time: their ids, and until when."""

    def threads(self, reader: Reader, things: Collection[Thing]) -> Mapping[Thing, str]:
        """The causes of the messages that told a reader of statuses that customers still had until now."""

    def moved(self, items: Collection[Item]) -> set[str]:
        """The keys of those held items whose end is another by now, or which renew in another way."""


@dataclass(frozen=True)
class Pacing:
    """How long things that belong together wait for each other."""

    first_wait: timedelta = timedelta(0)
    """After the first of them happened."""
    interval: timedelta = timedelta(0)
    """From one message to a space to the next."""


AT_ONCE = Pacing()


@dataclass(frozen=True)
class Run:
    """One run of the pipeline."""

    at: datetime
    rules: Mapping[int, Rule]
    memory: Memory
    zone: str
    """Of spaces that chose none."""
    pacing: Pacing = AT_ONCE

    def rules_of(self, item: Item) -> list[Rule]:
        """Return the rules that asked for an item and still do."""
        found = (self.rules.get(number) for number in item.rules)
        return [rule for rule in found if rule is not None and not rule.paused]

    def zone_of(self, reader: Reader) -> str:
        """Return the time zone of a space."""
        return reader.zone or self.zone


def cadence_of(rule: Rule, zone: str) -> Cadence:
    """Return when the digests of a rule are due."""
    return Cadence(Every(rule.every), rule.at or time(9), zone, rule.day)


def digest_due(rule: Rule, zone: str, happened: datetime) -> datetime:
    """Return when the digest is due that tells what happened at a time: the first due time that is not before it.

    So each moment belongs to one digest: they tile without gap or overlap, whatever the calendar and the clocks do.
    """
    return cadence_of(rule, zone).next_after(happened - timedelta(microseconds=1))


def last_due(rule: Rule, zone: str, at: datetime) -> datetime:
    """Return the latest due time of a digest that is not after a time."""
    cadence = cadence_of(rule, zone)
    back = {Every.DAILY: 2, Every.WEEKDAYS: 4, Every.WEEKLY: 8, Every.MONTHLY: 32}[cadence.every]
    found = cadence.next_after(at - timedelta(days=back))
    while (following := cadence.next_after(found)) <= at:
        found = following
    return found


def quiet_until(rule: Rule, zone: str, at: datetime) -> datetime | None:
    """Return when the quiet hours end that a time is in; None when it is in none. They may pass midnight."""
    if rule.quiet_from is None or rule.quiet_until is None:
        return None
    local = at.astimezone(ZoneInfo(zone))
    today = local.date()
    for begins in (today - timedelta(days=1), today):
        ends = begins if rule.quiet_from < rule.quiet_until else begins + timedelta(days=1)
        end = _moment(ends, rule.quiet_until, zone)
        if _moment(begins, rule.quiet_from, zone) <= at < end:
            return end
    return None


def _moment(day: date, at: time, zone: str) -> datetime:
    """Return a local time as a moment; one that the clocks skip is when they have moved on."""
    return datetime.combine(day, at, tzinfo=ZoneInfo(zone)).astimezone(UTC)
