"""What the service tells of itself: once, to whom it concerns."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from hub.importing import import_customers
from hub.readings import CustomerReading, Readings, SubscriptionReading
from hub.sync.doubt import merge_believed
from hub.sync.task import Task
from notifications.audience import Audience
from notifications.kinds import Service
from notifications.notices import Notices
from notifications.rejections import tell_rejected
from storage.tables import Person, Source
from templates.texts import Texts
from tests.notifications.conftest import FULL, OUTSIDER, ROOM, Watched

OWNER = "owner@partner.example"


@pytest.fixture
def notices(watched: Watched) -> Notices:
    return Notices(
        watched.database,
        lambda target: Audience(watched.members[target]),
        Texts("en", "UTC"),
        watch_seconds=60,
        service_owner=OWNER,
    )


def read(watched: Watched, error: str | None = None) -> None:
    """The feed is read, well or not."""
    with watched.database.write() as session:
        row = session.get(Source, "feed") or Source(name="feed")
        row.tried_at, row.error = watched.clock(), error
        if error is None:
            row.read_at = watched.clock()
        session.add(row)


def said(watched: Watched) -> list[tuple[str, str]]:
    """To whom what was said: titles."""
    return [(row.target, row.content["markdown"].splitlines()[0].strip("*")) for row in watched.outbox()]


def test_an_outage_is_told_once_and_so_is_its_end(watched: Watched, notices: Notices) -> None:
    read(watched)
    for _ in range(30):
        watched.clock.advance(timedelta(minutes=1))
        read(watched, "The feed: it does not accept the token")
        notices.look(watched.clock())
    stale = said(watched)
    assert [target for target, _ in stale] == [OWNER, ROOM]
    assert all("Data are out of date since" in title for _, title in stale)
    to_owner, to_space = (row.content["markdown"] for row in watched.outbox())
    assert "token" in to_owner
    assert "token" not in to_space
    read(watched)
    for _ in range(2):
        notices.look(watched.clock())
    assert said(watched)[2:] == [(OWNER, "Data are up to date again"), (ROOM, "Data are up to date again")]
    watched.clock.advance(timedelta(hours=1))
    notices.look(watched.clock())
    assert len(said(watched)) == 6, "another outage is another notice"


def test_only_those_hear_of_it_who_subscribed_to_it(watched: Watched, notices: Notices) -> None:
    watched.unsubscribe()
    watched.subscribe(events=[Service.REPORT_FAILED])
    read(watched)
    watched.clock.advance(timedelta(hours=1))
    notices.look(watched.clock())
    assert [target for target, _ in said(watched)] == [OWNER]


def test_a_source_that_never_answered_is_told_too(watched: Watched, notices: Notices) -> None:
    watched.unsubscribe()
    read(watched, "silent")
    notices.look(watched.clock())
    assert [target for target, _ in said(watched)] == [OWNER]


def test_where_an_outsider_reads_its_owner_is_told_in_their_language(watched: Watched, notices: Notices) -> None:
    watched.members[ROOM] = (FULL, OUTSIDER)
    with watched.database.write() as session:
        session.add(Person(email=FULL.email, language="es"))
    read(watched, "silent")
    notices.look(watched.clock())
    assert {target for target, _ in said(watched)} == {OWNER, FULL.email}
    assert any("Los datos no están al día" in title for _, title in said(watched))


def test_what_is_held_is_asked_about_once_without_names(watched: Watched, notices: Notices) -> None:
    for end in (date(2027, 1, 1), date(2028, 1, 1), date(2028, 1, 1)):
        watched.clock.advance(timedelta(minutes=1))
        readings = Readings(
            [CustomerReading(f"org-{n}", f"Customer {n}") for n in range(30)],
            [SubscriptionReading(f"S{n}", f"org-{n}", type="subscription", end_date=end) for n in range(30)],
        )
        task = Task("feed", watched.database, watched.clock(), lambda *_: None)
        with watched.database.write() as session:
            merge_believed(session, task, readings)
        notices.look(watched.clock())
    assert said(watched) == [(OWNER, "Can this be true?"), (ROOM, "Can this be true?")]
    card = watched.outbox()[1].content["card"]
    assert [action["data"]["run"] for action in card["actions"]] == ["changes confirm 1", "changes leave 1", "changes"]
    assert "Customer 1" not in repr(card)


def test_the_first_look_is_one_summary(watched: Watched, notices: Notices) -> None:
    watched.tell(
        *(CustomerReading(f"org-{n}", f"Customer {n}") for n in range(30)),
        *(
            SubscriptionReading(f"S{n}", f"org-{n}", type="subscription", end_date=date(2020, 1, 1), invoice="unpaid")
            for n in range(30)
        ),
    )
    notices.begin(watched.clock())
    assert said(watched) == [(OWNER, "30 customers are looked after"), (ROOM, "30 customers are looked after")]
    assert "suspended: 30" in watched.outbox()[1].content["markdown"]
    notices.begin(watched.clock())
    assert len(said(watched)) == 2


def test_ending_access_is_told_to_the_owner_alone_and_again_as_the_day_comes_near(watched: Watched) -> None:
    ends = watched.clock() + timedelta(days=20, hours=-1)
    notices = Notices(
        watched.database,
        lambda target: Audience(watched.members[target]),
        Texts("en", "UTC"),
        watch_seconds=60,
        service_owner=OWNER,
        access_ends=lambda: ends,
    )
    told = []
    for day in range(20):
        # Each look may be told another second of the same day.
        ends += timedelta(seconds=1)
        if notices.look(watched.clock()):
            told.append(20 - day)
        notices.look(watched.clock())
        watched.clock.advance(timedelta(days=1))
    assert told == [14, 7, 3, 1]
    assert {target for target, _ in said(watched)} == {OWNER}
    assert all("REFRESH" in row.content["markdown"] for row in watched.outbox())


def test_rejected_rows_of_a_file_are_told_to_the_owner_once(watched: Watched, tmp_path: Path) -> None:
    file = tmp_path / "customers.csv"
    file.write_text("customer,org_id\nAcme,2f1d3b5c-7a90-4c1e-8d22-5b6f7a8c9d01\nNobody,none\n")
    for _ in range(2):
        summary = import_customers(watched.database, file, now=watched.clock())
        tell_rejected(watched.database, OWNER, file, summary, Texts("en", "UTC"), watched.clock())
    assert said(watched) == [(OWNER, "An import was partly rejected")]
    assert "of 2 rows, 1 could not be read; the others went in" in watched.outbox()[0].content["markdown"]
    good = tmp_path / "good.csv"
    good.write_text("customer,org_id\nAcme,2f1d3b5c-7a90-4c1e-8d22-5b6f7a8c9d01\n")
    summary = import_customers(watched.database, good, now=watched.clock())
    assert not tell_rejected(watched.database, OWNER, good, summary, Texts("en", "UTC"), watched.clock())
