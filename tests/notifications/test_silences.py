"""Silences against an oracle that keeps every interval in a list: who is silent when, and that the past stays."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

from notifications import silences
from notifications.stored import Stored
from storage import Database
from storage.tables import Silence, Space
from tests.hub.definitions.partner import Org, partner_in

BEGIN = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ORGS = [
    Org("Acme", org_id="a", region="EU"),
    Org("Beta", org_id="b", region="US"),
    Org("Gamma", org_id="c", region="EU"),
]
FILTERS = {"region:EU": {"a", "c"}, "region:US": {"b"}}

Step = tuple[str, Any, int, int]
"""What is done (begin, end), about whom or which, hours until the next step, and hours that it lasts."""

steps = st.lists(
    st.tuples(
        st.sampled_from(("begin", "begin", "end")),
        st.sampled_from(("a", "b", *FILTERS)) | st.integers(1, 6),
        st.integers(0, 30),
        st.integers(1, 100),
    ),
    max_size=10,
)


@dataclass
class Interval:
    about: str
    begins: datetime
    ends: datetime

    def holds(self, at: datetime) -> bool:
        return self.begins <= at < self.ends


def silent(intervals: Sequence[Interval], at: datetime) -> set[str]:
    holding = [each.about for each in intervals if each.holds(at)]
    return {org for about in holding for org in FILTERS.get(about, {about})}


def stored(session: Session, at: datetime) -> set[str]:
    session.flush()
    return {org for _, about in Stored(session).silences("room", ["a", "b", "c"], at) for org in about}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(taken=steps)
def test_who_is_silent_is_what_was_said_and_the_past_stays(sqlite_database: Database, taken: list[Step]) -> None:
    oracle: list[Interval] = []
    now = BEGIN
    with partner_in(sqlite_database, ORGS) as session:
        session.add(Space(room_id="room", kind="group"))
        session.flush()
        first = session.scalars(select(Silence)).first()
        assert first is None
        made: list[Silence] = []
        for what, about, wait, hours in taken:
            past = {at: stored(session, at) for at in (now - timedelta(hours=n) for n in range(1, 60, 7))}
            if what == "begin" and isinstance(about, str):
                end = now + timedelta(hours=hours)
                begun, _ = silences.begin(session, wanted(about, now, end))
                same = [each for each in oracle if each.about == about and each.ends > now]
                if not any(each.ends == end for each in same):
                    for each in same:
                        each.ends = now
                    oracle.append(Interval(about, now, end))
                    made.append(begun)
            elif what == "end" and isinstance(about, int) and about <= len(made):
                assert silences.end(session, made[about - 1], "ana", now) == (oracle[about - 1].ends > now)
                assert not silences.end(session, made[about - 1], "ana", now)
                oracle[about - 1].ends = min(oracle[about - 1].ends, now)
            assert stored(session, now) == silent(oracle, now)
            assert {at: stored(session, at) for at in past} == past
            now += timedelta(hours=wait)
            assert stored(session, now) == silent(oracle, now)


def wanted(about: str, begins: datetime, ends: datetime) -> Silence:
    is_filter = about in FILTERS
    return Silence(
        room_id="room",
        org_id=None if is_filter else about,
        where=about if is_filter else "",
        begins_at=begins,
        until=ends,
        created_by="ana",
        created_at=begins,
    )
