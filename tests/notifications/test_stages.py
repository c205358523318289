"""Each stage against an oracle that counts out what the product's description says, over whatever may happen."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import assume, given
from hypothesis import strategies as st

from hub.statuses import Status
from notifications.audience import Audience
from notifications.batch import Alert, Batch, Item, Reader, Reason
from notifications.cap import cap, messages_of
from notifications.dedup import dedup
from notifications.kinds import DAYS_BEFORE, KINDS, Nearing
from notifications.mute import mute
from notifications.route import route
from notifications.run import Identity, Run, Thing, digest_due, last_due, quiet_until
from storage.tables import Event, Rule, Silence

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ROOMS = ("one", "two")
READERS = {room: Reader(room, room, Audience(())) for room in ROOMS}
ORGS = ("a", "b", "c")


@dataclass
class Played:
    """A memory that holds what a test puts into it."""

    keys: set[str] = field(default_factory=set)
    messages: list[datetime] = field(default_factory=list)

    def told(self, room_id: str, keys: Collection[str]) -> set[str]:
        return self.keys & set(keys)

    def sent(self, target: str, since: datetime) -> Sequence[datetime]:
        return sorted(at for at in self.messages if at > since)

    def changes(self, things: Collection[Thing], since: datetime) -> Mapping[Thing, Sequence[datetime]]:
        return {}

    def silences(self, room_id: str, org_ids: Collection[str], at: datetime) -> Sequence[tuple[Silence, set[str]]]:
        return []

    def snoozed(self, room_id: str, org_ids: Collection[str], at: datetime) -> Mapping[Identity, tuple[int, datetime]]:
        return {}

    def threads(self, reader: Reader, things: Collection[Thing]) -> Mapping[Thing, str]:
        return {}

    def moved(self, items: Collection[Item]) -> set[str]:
        return set()


def run(memory: Played | None = None, rules: Sequence[Rule] = ()) -> Run:
    return Run(NOON, {rule.id or 0: rule for rule in rules}, memory or Played(), "UTC")


@st.composite
def events(draw: st.DrawFn) -> list[Event]:
    """What happens to three customers: statuses that come and go, ends that come near."""
    found = []
    for number in range(draw(st.integers(0, 12))):
        org, kind = draw(st.sampled_from(ORGS)), draw(st.sampled_from([*Status, *Nearing]))
        at = NOON - timedelta(minutes=draw(st.integers(0, 5)))
        event = Event(id=number + 1, key=f"{kind}:{org}:{number}", kind=kind, at=at, org_id=org)
        if kind in set(Nearing):
            left = draw(st.integers(0, 90))
            event.subscription_id = f"S{org}"
            event.end_date = date(2026, 11, 22) + timedelta(days=left)
            event.after = {"crossed": [n for n in DAYS_BEFORE if left <= n]}
        else:
            statuses = draw(st.sets(st.sampled_from(list(Status))))
            left_it = draw(st.booleans())
            event.after = {"statuses": sorted(statuses), **({"left": True} if left_it else {})}
        found.append(event)
    return found


@st.composite
def rules(draw: st.DrawFn) -> list[Rule]:
    """Rules of two spaces; `where` holds the letters of the customers that they are about."""
    days = st.lists(st.sampled_from(DAYS_BEFORE), min_size=1, max_size=3, unique=True)
    return [
        Rule(
            id=number + 1,
            room_id=draw(st.sampled_from(ROOMS)),
            events=draw(st.lists(st.sampled_from(KINDS), max_size=8, unique=True)),
            thresholds={kind.value: draw(days) for kind in Nearing},
            where="".join(draw(st.sets(st.sampled_from(ORGS)))),
            created_by="ana",
            created_at=NOON - timedelta(days=400),
            paused=draw(st.booleans()) and draw(st.booleans()),
        )
        for number in range(draw(st.integers(0, 5)))
    ]


def covered(rule: Rule, reader: Reader, events: Sequence[Event]) -> Mapping[str, str]:
    return {org: org.upper() for org in rule.where}


@given(events(), rules())
def test_routing_matches_every_rule_and_takes_the_nearest_day(happened: list[Event], asked: list[Rule]) -> None:
    expected: dict[tuple[str, int], tuple[set[int], int | None]] = {}
    for event in happened:
        for rule in asked:
            if rule.paused or event.kind not in rule.events or str(event.org_id) not in rule.where:
                continue
            days = None
            if event.kind in set(Nearing):
                days = min((n for n in event.after["crossed"] if n in rule.thresholds[event.kind]), default=None)
                if days is None:
                    continue
            numbers, nearest = expected.get((rule.room_id, event.id or 0), (set(), days))
            nearest = min(nearest, days) if nearest is not None and days is not None else days
            expected[rule.room_id, event.id or 0] = ({*numbers, rule.id or 0}, nearest)
    batch = route(happened, asked, READERS, covered)
    found = {
        (alert.reader.room_id, item.event.id or 0): (set(item.rules), item.days_before)
        for alert in batch.alerts
        for item in alert.items
    }
    assert found == expected
    assert sum(len(alert.items) for alert in batch.alerts) == len(expected)


def batch_of(happened: Sequence[Event]) -> Batch:
    items = [Item(event, str(event.org_id), event.key, ()) for event in happened]
    return Batch((Alert(READERS["one"], tuple(items)),)) if items else Batch()


@given(events())
def test_inhibition_mutes_what_a_bigger_fact_explains_and_nothing_else(happened: list[Event]) -> None:
    muted = {verdict.item.event.id for verdict in mute(batch_of(happened), run()).verdicts}
    expected = set()
    for event in happened:
        same = [each for each in happened if each.org_id == event.org_id]
        last = {each.kind: each for each in sorted(same, key=lambda each: (each.at, each.id or 0))}
        begun = {big for big in (Status.SUSPENDED, Status.EXPIRED) if big in last and not last[big].after.get("left")}
        left = event.after.get("left", False)
        is_big = begun | (set(event.after.get("statuses", ())) & {Status.SUSPENDED, Status.EXPIRED})
        small = event.kind in (Status.OVERAGE, Status.INACTIVE) and not left and is_big
        ends = (Status.OVERAGE, Status.EXPIRING, Status.TRIAL, Status.SUBSCRIPTION)
        ended = event.kind in ends and left and Status.EXPIRED in begun
        if small or ended:
            expected.add(event.id)
    assert muted == expected


@given(events(), st.data())
def test_dedup_tells_each_thing_once_and_only_how_it_is_now(happened: list[Event], data: st.DataObject) -> None:
    items = []
    for event in happened:
        days = min(event.after["crossed"]) if event.kind in set(Nearing) else None
        key = f"{event.kind}:{event.subscription_id}:{event.end_date}:{days}" if days else event.key
        items.append(Item(event, str(event.org_id), key, (), days))
    told = data.draw(st.sets(st.sampled_from([item.key for item in items]))) if items else set()
    batch = Batch((Alert(READERS["one"], tuple(items)),)) if items else Batch()
    after = dedup(batch, run(Played(told)))
    kept = [item for alert in after.alerts for item in alert.items]

    fresh: dict[str, Item] = {}
    for item in items:
        if item.key not in told:
            fresh.setdefault(item.key, item)
    things: dict[tuple[object, ...], list[Item]] = defaultdict(list)
    for item in fresh.values():
        things[item.event.kind, item.event.org_id, item.event.end_date].append(item)
    expected = []
    for about in things.values():
        about.sort(key=lambda item: (item.event.at, item.event.id or 0))
        if about[0].days_before is not None:
            expected.append(min(about, key=lambda item: item.days_before or 0))
        elif about[0].left == about[-1].left:
            expected.append(about[-1])
    assert sorted(item.event.id or 0 for item in kept) == sorted(item.event.id or 0 for item in expected)
    # Nothing gets lost: what is not told has a verdict.
    decided = [verdict.item.event.id for verdict in after.verdicts]
    assert sorted([*decided, *(item.event.id for item in kept)]) == [item.event.id for item in items]  # type: ignore[type-var]


@given(
    st.lists(st.integers(1, 30), max_size=6),
    st.lists(st.integers(0, 7_000), max_size=12),
    st.one_of(st.none(), st.integers(2, 12)),
)
def test_no_hour_has_more_messages_than_its_cap(sizes: list[int], ago: list[int], lowest: int | None) -> None:
    rule = Rule(id=1, room_id="one", events=[], created_by="ana", created_at=NOON, hourly_cap=lowest)
    sent = [NOON - timedelta(seconds=seconds) for seconds in ago]
    alerts = [
        Alert(
            READERS["one"],
            tuple(
                Item(Event(id=100 * place + n, key=f"{place}-{n}", kind=kind, at=NOON), "", f"{place}-{n}", (1,))
                for n in range(size)
            ),
        )
        for (place, size), kind in zip(enumerate(sizes), KINDS, strict=False)
    ]
    after = cap(Batch(tuple(alerts)), run(Played(messages=sent), [rule]))
    new = sum(map(messages_of, after.alerts))
    within = len([at for at in sent if at > NOON - timedelta(hours=1)])
    assert new <= 2
    assert lowest is None or new == 0 or within + new <= lowest
    assert len(after.verdicts) + sum(len(alert.items) for alert in after.alerts) == sum(sizes)
    if sizes and lowest is not None and new == 0:
        (free,) = {verdict.due_at for verdict in after.verdicts}
        assert free is not None
        assert {verdict.reason for verdict in after.verdicts} == {Reason.CAPPED}
        later = replace(run(Played(messages=sent), [rule]), at=free)
        assert cap(Batch(tuple(alerts)), later).alerts


NEW_YEAR = datetime(2027, 1, 1, tzinfo=UTC)
ZONES = ("UTC", "Europe/Madrid", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata")
digests = st.builds(
    lambda every, day, hour, minute: Rule(
        room_id="one",
        events=[],
        every=every,
        day=day,
        at=time(hour, minute),
        created_by="ana",
        created_at=NOON,
    ),
    every=st.sampled_from(["daily", "weekdays", "weekly", "monthly"]),
    day=st.integers(1, 31),
    hour=st.integers(0, 23),
    minute=st.sampled_from([0, 1, 15, 30, 59]),
)
moments = st.integers(0, 700 * 86_400).map(
    lambda seconds: datetime(2027, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)


def due_times(rule: Rule, zone: str, around: datetime) -> list[datetime]:
    """Every due time within two months of a moment: the local time of each day that counts, one after the other."""
    found = []
    for number in range(-65, 66):
        day = around.date() + timedelta(days=number)
        is_last = (day + timedelta(days=1)).day == 1
        wanted = rule.day or 1
        counts = {
            "daily": True,
            "weekdays": day.isoweekday() <= 5,
            "weekly": day.isoweekday() == wanted,
            "monthly": day.day == wanted or (is_last and day.day < wanted),
        }[rule.every]
        if counts and rule.at:
            found.append(datetime.combine(day, rule.at, tzinfo=ZoneInfo(zone)).astimezone(UTC))
    return found


@given(digests, st.sampled_from(ZONES), moments)
def test_every_moment_is_in_exactly_one_digest(rule: Rule, zone: str, moment: datetime) -> None:
    if rule.every == "weekly":
        rule.day = (rule.day or 1) % 7 + 1
    times = due_times(rule, zone, moment)
    assert times == sorted(set(times))
    assert digest_due(rule, zone, moment) == min(at for at in times if at >= moment)
    assert last_due(rule, zone, moment) == max(at for at in times if at <= moment)


quarters = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 45]))


@given(quarters, quarters, st.sampled_from(ZONES), moments)
def test_quiet_hours_are_those_of_the_clock_on_the_wall(begin: time, end: time, zone: str, moment: datetime) -> None:
    """Quarter by quarter: quiet since the wall clock last struck the begin, until it strikes the end."""
    assume(begin != end)
    rule = Rule(room_id="one", events=[], created_by="ana", created_at=NOON, quiet_from=begin, quiet_until=end)
    start = moment.replace(minute=moment.minute // 15 * 15, second=0, microsecond=0)
    walls = {at: at.astimezone(ZoneInfo(zone)) for at in (start + timedelta(minutes=15 * n) for n in range(-200, 200))}
    # Only days of 24 hours: what clocks skip or repeat is the next test's.
    assume(len({wall.utcoffset() for wall in walls.values()}) == 1)
    last = max(at for at, wall in walls.items() if at <= moment and wall.time() in (begin, end))
    following = min(at for at, wall in walls.items() if at > moment and wall.time() == end)
    assert quiet_until(rule, zone, moment) == (following if walls[last].time() == begin else None)


@given(st.times(), st.times(), st.sampled_from(ZONES), moments)
def test_quiet_hours_end_when_they_say(begin: time, end: time, zone: str, moment: datetime) -> None:
    begin, end = begin.replace(second=0, microsecond=0), end.replace(second=0, microsecond=0)
    rule = Rule(room_id="one", events=[], created_by="ana", created_at=NOON, quiet_from=begin, quiet_until=end)
    until = quiet_until(rule, zone, moment)
    if until is None:
        return
    assert moment < until <= moment + timedelta(hours=25)
    assert quiet_until(rule, zone, until) is None or begin == end


@given(st.lists(st.tuples(quarters, quarters), min_size=1, max_size=3), st.booleans(), moments)
def test_quiet_hours_hold_only_what_every_rule_at_once_wants_held(
    hours: list[tuple[time, time]], with_digest: bool, moment: datetime
) -> None:
    """Held until the first of them ends; a digest that asks, too, does not make it louder."""
    assume(all(begin != end for begin, end in hours))
    asking = [
        Rule(id=n, room_id="one", events=[], every="now", created_by="ana", created_at=NOON)
        for n in range(1, len(hours) + 1)
    ]
    for rule, (begin, end) in zip(asking, hours, strict=True):
        rule.quiet_from, rule.quiet_until = begin, end
    if with_digest:
        asking.append(Rule(id=9, room_id="one", events=[], every="daily", created_by="ana", created_at=NOON))
    item = Item(Event(id=1, key="k", kind="setup", at=moment, org_id="a"), "A", "k", tuple(r.id or 0 for r in asking))
    after = mute(Batch((Alert(READERS["one"], (item,)),)), replace(run(rules=asking), at=moment))
    ends = [quiet_until(rule, "UTC", moment) for rule in asking if rule.every == "now"]
    if all(ends):
        (verdict,) = after.verdicts
        assert (verdict.reason, verdict.due_at) == (Reason.QUIET, min(end for end in ends if end))
    else:
        assert not after.verdicts


silences_of = st.tuples(st.sampled_from(["a", "b", ""]), st.lists(st.sampled_from(["setup", "overage"]), max_size=1))


@given(st.lists(silences_of))
def test_a_silence_holds_what_it_is_about_until_the_last_of_them_ends(silences: list[tuple[str, list[str]]]) -> None:
    """Of a customer, or, without one, of all; of some kinds, or, without any, of all."""
    held = [
        (
            Silence(
                id=n,
                room_id="one",
                org_id=org,
                kinds=kinds,
                begins_at=NOON,
                until=NOON + timedelta(hours=n),
                created_by="ana",
                created_at=NOON,
            ),
            {org} if org else {"a", "b", "c"},
        )
        for n, (org, kinds) in enumerate(silences, start=1)
    ]

    class Silenced(Played):
        def silences(self, room_id: str, org_ids: Collection[str], at: datetime) -> Sequence[tuple[Silence, set[str]]]:
            return [(silence, about & set(org_ids)) for silence, about in held]

    happened = [
        Event(id=n, key=f"{org}{kind}", kind=kind, at=NOON, org_id=org)
        for n, (org, kind) in enumerate((org, kind) for org in ORGS for kind in ("setup", "overage"))
    ]
    after = mute(batch_of(happened), run(Silenced()))
    found = {verdict.item.key: (verdict.reason, verdict.due_at) for verdict in after.verdicts}
    expected = {}
    for event in happened:
        ends = [
            silence.until
            for silence, about in held
            if event.org_id in about and (not silence.kinds or event.kind in silence.kinds)
        ]
        if ends:
            expected[event.key] = (Reason.SILENCED, max(ends))
    assert found == expected
