"""Third stage: what belongs together comes together, when its time has come.

What is told at once waits a little for what follows it; what a digest tells waits for that. Of what is told now, each
kind of event is one alert, and each digest is one.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from notifications.batch import Alert, Batch, Digest, Item, Reader, Reason, Verdict, keeping
from notifications.run import NOW, Run, digest_due, last_due
from storage.tables import Fate, Rule

STAGE = "group"


def group(batch: Batch, run: Run) -> Batch:
    """Split each reader's alert into what is told now, by kind, and digests; the rest is held."""
    alerts: list[Alert] = []
    verdicts: list[Verdict] = []
    for alert in batch.alerts:
        found = _Sorted(alert.reader, run)
        for item in alert.items:
            found.add(item)
        alerts += found.alerts(alert)
        verdicts += found.verdicts
    return batch.after(alerts, verdicts)


class _Sorted:
    """A reader's items, by when and how they are told."""

    def __init__(self, reader: Reader, run: Run) -> None:
        self.reader = reader
        self.run = run
        self.now: list[Item] = []
        self.digests: dict[int, list[Item]] = defaultdict(list)
        self.verdicts: list[Verdict] = []

    def add(self, item: Item) -> None:
        rules = self.run.rules_of(item)
        if item.rules and not rules:
            self._decide(item, Fate.MUTED, Reason.RULE_GONE)
        elif not rules or any(rule.every == NOW for rule in rules):
            self.now.append(item)
        else:
            due, number = self._next_digest(rules, item.since)
            if due <= self.run.at:
                self.digests[number].append(item)
            else:
                self._decide(item, Fate.HELD, Reason.DIGEST, due)

    def alerts(self, whole: Alert) -> Iterable[Alert]:
        yield from self._at_once(whole)
        for number, items in self.digests.items():
            yield keeping(replace(whole, digest=self._digest(self.run.rules[number])), items)

    def _at_once(self, whole: Alert) -> Iterable[Alert]:
        if not self.now:
            return
        due = self._flush_at()
        if due > self.run.at:
            for item in self.now:
                self._decide(item, Fate.HELD, Reason.TOGETHER, due)
            return
        topics: dict[object, list[Item]] = defaultdict(list)
        for item in self.now:
            topics[item.topic].append(item)
        for items in topics.values():
            yield keeping(whole, items)

    def _flush_at(self) -> datetime:
        """When what is told at once may go: a little after the first of it, and after the message before it."""
        pacing = self.run.pacing
        due = min(item.event.at for item in self.now) + pacing.first_wait
        if pacing.interval:
            sent = self.run.memory.sent(self.reader.target, self.run.at - pacing.interval)
            due = max([due, *(at + pacing.interval for at in sent)])
        return due

    def _next_digest(self, rules: Sequence[Rule], happened: datetime) -> tuple[datetime, int]:
        zone = self.run.zone_of(self.reader)
        return min((digest_due(rule, zone, happened), rule.id or 0) for rule in rules)

    def _digest(self, rule: Rule) -> Digest:
        until = last_due(rule, self.run.zone_of(self.reader), self.run.at)
        return Digest(rule.id or 0, rule.every, rule.digested_until or rule.created_at, until)

    def _decide(self, item: Item, fate: Fate, reason: Reason, due: datetime | None = None) -> None:
        self.verdicts.append(Verdict(self.reader, item, fate, STAGE, reason, due))
