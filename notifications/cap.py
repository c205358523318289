"""Between dedup and render: a space gets no more messages than it wants; what would be many becomes one."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from notifications.batch import Alert, Batch, Reason, Verdict, keeping
from notifications.run import Run
from storage.tables import Fate

STAGE = "cap"

SHOWN = 10
"""Customers that a card lists; beyond that all of them are in a CSV in its thread."""
AT_ONCE = 2
"""Messages of one run, at most: more become one card, and its CSV."""
LOWEST = 2
"""The lowest cap on messages an hour: a card and its CSV."""
HOUR = timedelta(hours=1)


def messages_of(alert: Alert) -> int:
    """Return how many messages tell an alert: a card and, where it cannot list all, a CSV."""
    return 2 if len(alert.items) > SHOWN else 1


def cap(batch: Batch, run: Run) -> Batch:
    """Collapse what would be more than two messages at once, or more than the cap leaves; hold what is above it."""
    by_target: dict[str, list[Alert]] = defaultdict(list)
    for alert in batch.alerts:
        by_target[alert.reader.target].append(alert)
    alerts: list[Alert] = []
    verdicts: list[Verdict] = []
    for target, own in by_target.items():
        told = _collapsed(own)
        lowest = _cap_of(own, run)
        if lowest is not None:
            sent = run.memory.sent(target, run.at - HOUR)
            if sum(map(messages_of, told)) > lowest - len(sent):
                told = _as_one(own)
            if (free_at := _free_at(sent, sum(map(messages_of, told)), lowest)) is not None:
                verdicts += [
                    Verdict(alert.reader, item, Fate.HELD, STAGE, Reason.CAPPED, free_at)
                    for alert in told
                    for item in alert.items
                ]
                continue
        alerts += told
    return batch.after(alerts, verdicts)


def _collapsed(alerts: Sequence[Alert]) -> list[Alert]:
    """Return the alerts, those that are no digests as one where they would be too many messages."""
    digests = [alert for alert in alerts if alert.digest]
    others = [alert for alert in alerts if not alert.digest]
    return [*(others if sum(map(messages_of, others)) <= AT_ONCE else _merged(others)), *digests]


def _as_one(alerts: Sequence[Alert]) -> list[Alert]:
    digests = [alert for alert in alerts if alert.digest]
    return _merged([alert for alert in alerts if not alert.digest]) + digests


def _merged(alerts: Sequence[Alert]) -> list[Alert]:
    """Return one alert for each space that these come from."""
    rooms: dict[str, list[Alert]] = defaultdict(list)
    for alert in alerts:
        rooms[alert.reader.room_id].append(alert)
    return [_one(own) for own in rooms.values()]


def _one(alerts: Sequence[Alert]) -> Alert:
    """Return one alert of all the items; it stays in a thread only where all of them belong there."""
    threads = {alert.thread for alert in alerts}
    whole = keeping(alerts[0], [item for alert in alerts for item in alert.items])
    return replace(whole, thread=threads.pop() if len(threads) == 1 else None)


def _cap_of(alerts: Sequence[Alert], run: Run) -> int | None:
    """Return the lowest cap among the rules that ask for these."""
    rules = (rule for alert in alerts for item in alert.items for rule in run.rules_of(item))
    return min((rule.hourly_cap for rule in rules if rule.hourly_cap), default=None)


def _free_at(sent: Sequence[datetime], needed: int, lowest: int) -> datetime | None:
    """Return when so many messages may go; None: now."""
    over = len(sent) + needed - max(lowest, needed)
    return sent[over - 1] + HOUR if over > 0 else None
