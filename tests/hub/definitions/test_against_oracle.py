"""The SQL agrees with the definitions in plain Python, over random partners, on both databases."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from hub import indicators, sections, statuses
from hub.customers import Sort, SortField, list_customers
from hub.filters import Filter
from hub.names import fold
from hub.products import BOTH, CALLING, MEETINGS
from hub.scope import Scope
from hub.sections import Section
from storage import Database
from tests.hub.definitions import oracle
from tests.hub.definitions.filter_oracle import filters, meets
from tests.hub.definitions.partner import TODAY, Org, partner_in
from tests.hub.definitions.random_partner import EMAILS, REGIONS, partners

products = st.sampled_from([MEETINGS, CALLING, BOTH])
day_counts = st.sampled_from([0, 7, 30, 90, 400])
scopes = st.builds(
    lambda emails, region: Scope(TODAY, assigned_to=frozenset(emails), region=region),
    st.just([]) | st.lists(st.sampled_from(EMAILS), max_size=2),
    st.none() | st.sampled_from(REGIONS),
)
wheres = st.just(Filter.everything) | filters


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


@given(partners(), scopes, wheres, day_counts, products)
@settings(max_examples=60, deadline=None)
def test_sections(
    scratch: Database, orgs: list[Org], scope: Scope, where: Filter, days: int, names: frozenset[str]
) -> None:
    chosen = seen(scope, orgs, where)
    expected = {
        "recent": oracle.recent(chosen, TODAY, days, names),
        "expiring": oracle.ending(chosen, TODAY, days, names, renewing=False),
        "renewing": oracle.ending(chosen, TODAY, days, names, renewing=True),
        "low": oracle.low(chosen, orgs, TODAY, names),
        "overage": oracle.overage(chosen, TODAY, names),
    }
    with partner_in(scratch, orgs) as session:
        found: dict[str, Section[Any, Any]] = {
            "recent": sections.recent(session, scope, days, names, where),
            "expiring": sections.expiring(session, scope, days, names, where),
            "renewing": sections.renewing(session, scope, days, names, where),
            "low": sections.low(session, scope, names, where),
            "overage": sections.overage(session, scope, names, where),
        }
        for name, section in found.items():
            assert same(data(section), expected[name]), (name, data(section), expected[name])


@given(partners(), scopes, day_counts, products)
@settings(max_examples=60, deadline=None)
def test_indicators(scratch: Database, orgs: list[Org], scope: Scope, days: int, names: frozenset[str]) -> None:
    chosen = seen(scope, orgs)
    with partner_in(scratch, orgs) as session:
        assert asdict(indicators.kpis(session, scope, days, names)) == {
            "total_customers": oracle.total_customers(chosen, names),
            "nearing_expiration": oracle.ending(chosen, TODAY, days, names, renewing=False)["kpis"]["customers"],
            "nearing_renewal": oracle.ending(chosen, TODAY, days, names, renewing=True)["kpis"]["customers"],
            "low_assignment": oracle.low(chosen, orgs, TODAY, names)["kpis"]["customers"],
            "over_limit": oracle.overage(chosen, TODAY, names)["kpis"]["customers"],
        }


@given(partners())
@settings(max_examples=100, deadline=None)
def test_statuses(scratch: Database, orgs: list[Org]) -> None:
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


@given(partners(), scopes, wheres, st.none() | st.builds(Sort, st.sampled_from(SortField), st.booleans()))
@settings(max_examples=150, deadline=None)
def test_customer_list(scratch: Database, orgs: list[Org], scope: Scope, where: Filter, sort: Sort | None) -> None:
    chosen = seen(scope, orgs, where)
    chosen.sort(key=lambda org: (fold(org.name), org.org_id))
    if sort is None:
        chosen.sort(key=lambda org: oracle.by_urgency(oracle.customer_row(org, TODAY)))
    elif sort.field is SortField.NAME:
        chosen.sort(key=lambda org: (fold(org.name), org.org_id), reverse=sort.descending)
    elif sort.field is SortField.EXPIRES:
        chosen.sort(key=by_end(sort.descending))
    else:
        chosen.sort(key=by_sums(0 if sort.field is SortField.LICENSES else 1, sort.descending))
    expected = [oracle.customer_row(org, TODAY) for org in chosen]
    with partner_in(scratch, orgs) as session:
        whole = list_customers(session, scope, where, sort)
        pages = [
            list_customers(session, scope, where, sort, limit=3, offset=start) for start in range(0, len(orgs) + 3, 3)
        ]
    rows = [asdict(row) | {"statuses": list(row.statuses)} for row in whole.rows]
    assert [row | {"products": list(row["products"]), "tags": list(row["tags"])} for row in rows] == expected
    assert [row for page in pages for row in page.rows] == whole.rows
    assert {page.total_rows for page in (whole, *pages)} == {len(expected)}
