"""The SQL agrees with the definitions in plain Python, over random partners, on both databases."""

from collections.abc import Callable
from dataclasses import asdict
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from hub import indicators, sections, statuses
from hub.customers import CustomerRow, Sort, SortField, list_customers
from hub.filters import Filter, parse
from hub.names import fold
from hub.products import BOTH, CALLING, MEETINGS
from hub.scope import Scope
from hub.sections import Section
from storage import Database
from tests.hub.definitions import oracle
from tests.hub.definitions.filter_oracle import meets, random_filter
from tests.hub.definitions.partner import TODAY, Org, partner_in
from tests.hub.definitions.random_partner import random_partner, random_scope

# Drawn from a seed rather than piece by piece: most pieces a shrinker would try leave nothing that is active.
randoms = st.integers(0, 2**32).map(Random)

QUESTIONS = 8
"""Asked of each partner: writing it down takes longer than asking."""


def seen(scope: Scope, orgs: list[Org], where: Filter = Filter.everything) -> list[Org]:
    return [
        org
        for org in orgs
        if scope.assigned_to <= set(org.assigned_to)
        and (scope.region is None or org.region == scope.region)
        and meets(where, org, TODAY)
    ]


def same(found: Any, expected: Any) -> bool:
    """Equal, percentages and averages to the decimal they are rounded to."""
    if isinstance(expected, dict):
        return found.keys() == expected.keys() and all(same(found[key], expected[key]) for key in expected)
    if isinstance(expected, list):
        return len(found) == len(expected) and all(map(same, found, expected))
    if isinstance(expected, float):
        return found is not None and abs(found - expected) <= 0.0500001 and found == round(found, 1)
    return bool(found == expected)


def data(section: Section[Any, Any]) -> dict[str, Any]:
    rows = [asdict(row) for row in section.rows()]
    assert section.total_rows == len(rows)
    return {"kpis": asdict(section.kpis), "rows": rows}


@given(randoms, st.booleans())
@settings(max_examples=15, deadline=None)
def test_sections(scratch: Database, random: Random, ready: bool) -> None:
    orgs = random_partner(random)
    with partner_in(scratch, orgs, ready=ready) as session:
        for _ in range(QUESTIONS):
            scope, where = random_scope(random), random_filter(random)
            days, names = random.choice([0, 7, 30, 90, 400]), random.choice([MEETINGS, CALLING, BOTH])
            chosen = seen(scope, orgs, where)
            assert same(
                data(sections.recent(session, scope, days, names, where)), oracle.recent(chosen, TODAY, days, names)
            )
            for section, renewing in ((sections.expiring, False), (sections.renewing, True)):
                assert same(
                    data(section(session, scope, days, names, where)),
                    oracle.ending(chosen, TODAY, days, names, renewing=renewing),
                )
            assert same(data(sections.low(session, scope, names, where)), oracle.low(chosen, orgs, TODAY, names))
            assert same(data(sections.overage(session, scope, names, where)), oracle.overage(chosen, TODAY, names))


@given(randoms, st.booleans())
@settings(max_examples=25, deadline=None)
def test_indicators(scratch: Database, random: Random, ready: bool) -> None:
    orgs = random_partner(random)
    with partner_in(scratch, orgs, ready=ready) as session:
        for _ in range(QUESTIONS):
            scope = random_scope(random)
            days, names = random.choice([0, 7, 30, 90, 400]), random.choice([MEETINGS, CALLING, BOTH])
            chosen = seen(scope, orgs)
            assert asdict(indicators.kpis(session, scope, days, names)) == {
                "total_customers": oracle.total_customers(chosen, names),
                "nearing_expiration": oracle.ending(chosen, TODAY, days, names, renewing=False)["kpis"]["customers"],
                "nearing_renewal": oracle.ending(chosen, TODAY, days, names, renewing=True)["kpis"]["customers"],
                "low_assignment": oracle.low(chosen, orgs, TODAY, names)["kpis"]["customers"],
                "over_limit": oracle.overage(chosen, TODAY, names)["kpis"]["customers"],
            }


@given(randoms)
@settings(max_examples=50, deadline=None)
def test_statuses(scratch: Database, random: Random) -> None:
    orgs = random_partner(random)
    with partner_in(scratch, orgs) as session:
        assert statuses.of(session, None, TODAY) == {org.org_id: tuple(oracle.statuses(org, TODAY)) for org in orgs}


def by_sums(place: int, descending: bool) -> Callable[[Org], tuple[Any, ...]]:
    def key(org: Org) -> tuple[Any, ...]:
        sums = oracle.known_sums(org, TODAY)
        value = sums[place] if sums else 0
        return sums is None, -value if descending else value

    return key


def by_end(descending: bool) -> Callable[[Org], tuple[Any, ...]]:
    def key(org: Org) -> tuple[Any, ...]:
        end = oracle.next_end(org, TODAY)
        value = end.toordinal() if end else 0
        return end is None, -value if descending else value

    return key


def ordered(orgs: list[Org], sort: Sort | None) -> list[Org]:
    found = sorted(orgs, key=lambda org: (fold(org.name), org.org_id))
    if sort is None:
        return sorted(found, key=lambda org: oracle.by_urgency(oracle.customer_row(org, TODAY)))
    if sort.field is SortField.NAME:
        return found[::-1] if sort.descending else found
    if sort.field is SortField.EXPIRES:
        return sorted(found, key=by_end(sort.descending))
    return sorted(found, key=by_sums(0 if sort.field is SortField.LICENSES else 1, sort.descending))


def listed(row: CustomerRow) -> dict[str, Any]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(row).items()}


def random_sort(random: Random) -> Sort | None:
    return random.choice([None, Sort(random.choice(list(SortField)), random.random() < 0.5)])


@given(randoms, st.booleans())
@settings(max_examples=30, deadline=None)
def test_customer_list(scratch: Database, random: Random, ready: bool) -> None:
    orgs = random_partner(random)
    with partner_in(scratch, orgs, ready=ready) as session:
        for _ in range(QUESTIONS):
            scope, where, sort = random_scope(random), random_filter(random), random_sort(random)
            expected = [oracle.customer_row(org, TODAY) for org in ordered(seen(scope, orgs, where), sort)]
            whole = list_customers(session, scope, where, sort)
            assert [listed(row) for row in whole.rows] == expected
            assert whole.total_rows == len(expected)


@given(randoms, st.booleans())
@settings(max_examples=15, deadline=None)
def test_pages_of_the_list(scratch: Database, random: Random, ready: bool) -> None:
    orgs, sort, size = random_partner(random), random_sort(random), random.randint(1, 9)
    with partner_in(scratch, orgs, ready=ready) as session:
        whole = list_customers(session, Scope(TODAY), sort=sort)
        starts = range(0, len(orgs) + size, size)
        pages = [list_customers(session, Scope(TODAY), sort=sort, limit=size, offset=start) for start in starts]
    assert [row for page in pages for row in page.rows] == whole.rows
    assert {page.total_rows for page in pages} == {whole.total_rows}


@given(randoms)
def test_written_out_a_filter_reads_as_itself(random: Random) -> None:
    where = random_filter(random)
    assert parse(str(where)) == where
