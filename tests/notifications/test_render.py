"""A card is never too large for Webex: it lists fewer rows, and a CSV has all of them."""

import csv
import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from hub.statuses import Status
from notifications.audience import Audience
from notifications.batch import Alert, Digest, Item, Reader
from notifications.cap import SHOWN
from notifications.kinds import Nearing
from notifications.limits import WEBEX
from notifications.outbox import fitting
from notifications.render import Style, render
from storage.tables import Event

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
# One character takes up to 12 bytes of a card's JSON.
LETTERS = st.sampled_from(["a", "ñ", "公", "\U0001f980", "*", '"'])
names = st.builds(lambda letter, times: letter * times, LETTERS, st.integers(1, 900))


@st.composite
def alerts(draw: st.DrawFn) -> Alert:
    items = []
    for number in range(draw(st.integers(1, 14))):
        kind = draw(st.sampled_from([Nearing.EXPIRY, Nearing.RENEWAL, *Status]))
        left = kind in set(Status) and draw(st.booleans())
        subscription_id = draw(names)
        event = Event(id=number, key=f"{number}", kind=kind, at=NOON, org_id=f"org-{number}")
        if kind in set(Nearing):
            event.subscription_id, event.end_date = subscription_id, date(2026, 11, 25)
            event.after = {"type": "subscription"}
        elif left:
            event.before, event.after = {"since": NOON.isoformat()}, {"left": True}
        elif kind == Status.SUSPENDED:
            event.after = {"evidence": [{"subscription_id": subscription_id}] * draw(st.integers(1, 3))}
        rules = tuple(range(1, draw(st.sampled_from([1, 9, 3_000])) + 1))
        items.append(Item(event, draw(names), event.key, rules, 7 if kind in set(Nearing) else None))
    digest = Digest(1, "weekly", NOON - timedelta(days=7), NOON) if draw(st.booleans()) else None
    return Alert(Reader("room", "room", Audience(()), draw(st.sampled_from(["en", "es"]))), tuple(items), digest)


@settings(max_examples=60)
@given(alerts())
def test_a_card_always_fits_and_what_it_does_not_list_is_in_a_csv(alert: Alert) -> None:
    with TemporaryDirectory() as folder:
        ((_, messages),) = render([alert], Style("en", "UTC", Path(folder)), NOON)
        first, *files = messages
        assert fitting(first.message)[0].card is not None
        card = json.dumps(first.message.card)
        assert len(card.encode()) <= WEBEX.card_bytes
        listed = sum(1 for item in alert.items if json.dumps(f"customer {item.event.org_id}") in card)
        assert listed <= SHOWN
        assert bool(files) is (listed < len(alert.items))
        if files:
            path = files[0].message.file
            assert path is not None
            with path.open(encoding="utf-8-sig", newline="") as lines:
                rows = list(csv.DictReader(lines))
            named = {row["Organization ID"] if "Organization ID" in row else list(row.values())[2] for row in rows}
            assert named == {item.event.org_id for item in alert.items}


def test_short_rows_are_listed_as_ever(tmp_path: Path) -> None:
    items = tuple(
        Item(Event(id=n, key=str(n), kind="suspended", at=NOON, org_id=f"org-{n}"), f"Customer {n}", str(n), (1,))
        for n in range(SHOWN)
    )
    ((_, messages),) = render([Alert(Reader("room", "room", Audience(())), items)], Style("en", "UTC", tmp_path), NOON)
    assert len(messages) == 1
    assert all(f"Customer {n}" in json.dumps(messages[0].message.card) for n in range(SHOWN))
