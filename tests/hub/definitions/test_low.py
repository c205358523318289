"""Low licence assignment: what is compared with what, and when there is no verdict."""

from datetime import date, timedelta

import pytest

from hub.products import BOTH, CALLING, MEETINGS
from hub.scope import Scope
from hub.sections import low
from hub.statuses import Thresholds
from storage import Database
from tests.hub.definitions.partner import TODAY, Held, Org, Product, partner_in

SCOPE = Scope(TODAY)


def orgs(
    *assigned: int | None,
    product: str = "Calling",
    start: date = TODAY - timedelta(days=99),
    end: date = TODAY + timedelta(days=99),
) -> list[Org]:
    """Customers with one row of 100 licences each, named by how many are assigned."""
    return [
        Org(f"{number}", [Held(start, end, products=[Product(product, total=100, assigned=number)])])
        for number in assigned
    ]


@pytest.mark.parametrize(
    ("assigned", "names"),
    [
        pytest.param([90, 90, 90, 90, 44], ["44"], id="below half the median"),
        pytest.param([90, 90, 90, 90, 45], [], id="exactly half the median"),
        pytest.param([10, 90, 90, 90], [], id="fewer than five rows"),
        pytest.param([90, 90, 90, 90, None], [], id="an unknown count is not a row"),
        pytest.param([0, 19, 30, 50, 70, 90], ["0", "19"], id="the middle of an even number"),
        pytest.param([0, 0, 0, 0, 90], [], id="nothing is below half of nothing"),
        pytest.param([150, 150, 150, 150, 70], ["70"], id="overage counts as it is"),
    ],
)
def test_the_bound_is_half_the_median(scratch: Database, assigned: list[int | None], names: list[str]) -> None:
    with partner_in(scratch, orgs(*assigned)) as session:
        assert [row.customer for row in low(session, SCOPE).rows()] == names


def test_products_are_compared_among_themselves(scratch: Database) -> None:
    partner = orgs(90, 91, 92, 93, 40) + orgs(20, 21, 22, 23, 24, product="Meetings")
    with partner_in(scratch, partner) as session:
        found = {names: low(session, SCOPE, names).rows() for names in (BOTH, CALLING, MEETINGS)}
    assert {names: [row.customer for row in rows] for names, rows in found.items()} == {
        BOTH: ["40"],
        CALLING: ["40"],
        MEETINGS: [],
    }


def test_the_median_is_the_whole_partner_s(scratch: Database) -> None:
    partner = orgs(90, 90, 90, 90, 40)
    partner[-1].region = "US"
    with partner_in(scratch, partner) as session:
        assert [row.customer for row in low(session, Scope(TODAY, region="US")).rows()] == ["40"]


def test_what_is_over_or_to_come_is_not_compared(scratch: Database) -> None:
    over = orgs(90, start=TODAY - timedelta(days=9), end=TODAY - timedelta(days=1))
    to_come = orgs(90, start=TODAY + timedelta(days=1), end=TODAY + timedelta(days=99))
    partner = orgs(90, 90, 90, 40) + over + to_come
    with partner_in(scratch, partner) as session:
        assert low(session, SCOPE).rows() == []


def test_ratio_and_number_of_rows_are_settings(scratch: Database) -> None:
    scope = Scope(TODAY, thresholds=Thresholds(low_assignment_ratio=0.9, low_assignment_rows=3))
    with partner_in(scratch, orgs(80, 100, 100)) as session:
        assert [row.customer for row in low(session, scope).rows()] == ["80"]
