"""What counts as wrong in a week, and that the statement finds exactly what the rule finds."""

from random import Random

import pytest

from hub.calling import Oddity, anomalies
from hub.calling.anomalies import Figures, judge
from hub.calling.saving import save
from storage import Database
from tests.hub.calling.weeks import WEEK, back, org_id
from tests.hub.definitions.partner import Org, put

CALM = Figures(calls=100, legs=1000, poor_legs=10, queue_calls=100, queue_abandoned=5)


def kinds(now: Figures, past: list[Figures]) -> list[Oddity]:
    return [each.kind for each in judge("org", WEEK, now, past)]


@pytest.mark.parametrize(
    ("now", "past", "expected"),
    [
        pytest.param(CALM, [CALM] * 8, [], id="a week like the others"),
        pytest.param(Figures(calls=60), [CALM] * 8, [Oddity.CALLS_FELL], id="40 % fewer"),
        pytest.param(Figures(calls=61), [CALM] * 8, [], id="39 % fewer"),
        pytest.param(Figures(calls=0), [Figures(calls=50)] * 8, [Oddity.CALLS_FELL], id="median of 50"),
        pytest.param(Figures(calls=0), [Figures(calls=49)] * 8, [], id="median of 49"),
        pytest.param(Figures(calls=0), [CALM] * 3, [], id="three weeks are too few"),
        pytest.param(Figures(calls=None), [CALM] * 8, [], id="unknown is no fall"),
        pytest.param(Figures(legs=1000, poor_legs=51), [CALM] * 8, [Oddity.POOR_LEGS], id="above 5 %"),
        pytest.param(Figures(legs=1000, poor_legs=50), [CALM] * 8, [], id="5 % is not above"),
        pytest.param(Figures(legs=100, poor_legs=9), [Figures(legs=100, poor_legs=5)] * 8, [], id="not twice"),
        pytest.param(
            Figures(legs=100, poor_legs=10), [Figures(legs=100, poor_legs=5)] * 8, [Oddity.POOR_LEGS], id="twice"
        ),
        pytest.param(Figures(legs=0, poor_legs=0), [CALM] * 8, [], id="no legs"),
        pytest.param(Figures(queue_calls=100, queue_abandoned=21), [], [Oddity.ABANDONED], id="above 20 %"),
        pytest.param(Figures(queue_calls=100, queue_abandoned=20), [], [], id="20 % is not above"),
        pytest.param(Figures(queue_calls=None, queue_abandoned=9), [], [], id="calls unknown"),
    ],
)
def test_what_is_wrong(now: Figures, past: list[Figures], expected: list[Oddity]) -> None:
    assert kinds(now, past) == expected


def test_the_statement_finds_what_the_rule_finds(database: Database) -> None:
    rng = Random(3)
    customers = 60

    def figures() -> dict[str, int | None]:
        some = {"calls": rng.randint(0, 120), "legs": rng.randint(0, 200), "queue_calls": rng.randint(0, 30)}
        some |= {"poor_legs": some["legs"] * rng.randint(0, 20) // 100}
        some |= {"queue_abandoned": some["queue_calls"] * rng.randint(0, 30) // 100}
        return {name: None if rng.random() < 0.1 else value for name, value in some.items()}

    rows = [
        {"org_id": org_id(number), "week": back(ago), **figures()}
        for number in range(customers)
        for ago in range(10)
        if rng.random() < 0.8
    ]
    with database.write() as session:
        put(session, [Org(f"Acme {number}") for number in range(customers)])
        save(session, rows)
    by_place = {(row["org_id"], row["week"]): row for row in rows}

    def of(number: int, ago: int) -> Figures | None:
        row = by_place.get((org_id(number), back(ago)))
        return Figures(**{name: row[name] for name in vars(CALM)}) if row else None  # type: ignore[arg-type]

    expected = []
    for number in range(customers):
        now = of(number, 0)
        past = [each for ago in range(1, 9) if (each := of(number, ago))]
        expected += judge(org_id(number), WEEK, now, past) if now else []
    with database.read() as session:
        found = anomalies(session, WEEK)
    assert sorted(found, key=repr) == sorted(expected, key=repr)
    assert {each.kind for each in found} == set(Oddity)
