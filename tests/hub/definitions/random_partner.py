"""Random partners, small and full of coincidences: equal names, days at the bounds, unknown counts."""

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from tests.hub.definitions.oracle import moment
from tests.hub.definitions.partner import TODAY, Held, Org, Product

NAMES = [
    "Acme",
    "ACME",
    "Ácme",
    "Acme Corp",
    "100% Fit",
    "a_b",
    'O\'Brien "Q"',
    "back\\slash",
    "a/b",
    "株式会社",
    "-5",
    "Zeta",
]
REGIONS = ["US", "CA", "EU", "UAE", "JP", None]
EMAILS = ["ana@partner.example", "bo@partner.example"]
TAGS = ["gold", "Gold", "legacy", "50%"]
PRODUCTS = ["Meetings", "Calling", "Messaging", "Call on Webex", "Vidcast"]

DAYS = [-400, -91, -90, -35, -30, -8, -7, -1, 0, 1, 6, 7, 8, 29, 30, 31, 89, 90, 91, 400]
days = st.sampled_from(DAYS).map(lambda n: TODAY + timedelta(days=n))
counts = st.none() | st.sampled_from([0, 1, 3, 5, 10, 11, 16, 50])
histories = st.dictionaries(
    st.sampled_from([0, 1, 6, 7, 8, 13, 14]).map(lambda n: TODAY - timedelta(days=n)),
    st.tuples(counts, counts),
    max_size=4,
)
products = st.builds(
    Product,
    name=st.sampled_from(PRODUCTS),
    total=counts,
    assigned=counts,
    used=counts,
    used_3m=counts,
    history=histories,
)


@st.composite
def terms(draw: st.DrawFn) -> dict[str, Any]:
    """Start before end mostly, as in life; sometimes unknown, sometimes odd."""
    start, end = draw(st.none() | days), draw(st.none() | days)
    if isinstance(start, date) and isinstance(end, date) and draw(st.integers(0, 9)):
        start, end = min(start, end), max(start, end)
    return {"start": start, "end": end}


held = st.builds(
    lambda when, **rest: Held(**when, **rest),
    when=terms(),
    type=st.sampled_from(["subscription", "subscription", "trial", None]),
    auto_renew=st.booleans(),
    invoice=st.sampled_from([None, "paid", "unpaid"]),
    setup=st.sampled_from(["complete", "complete", "pending"]),
    tags=st.lists(st.sampled_from(TAGS), max_size=1).map(tuple),
    products=st.lists(products, min_size=0, max_size=3, unique_by=lambda product: product.name),
)
orgs = st.builds(
    Org,
    name=st.sampled_from(NAMES),
    held=st.lists(held, max_size=3),
    region=st.sampled_from(REGIONS),
    managed_by=st.sampled_from(["partner", "external", None]),
    last_admin_activity=st.none() | days.map(moment),
    tags=st.lists(st.sampled_from(TAGS), max_size=2, unique=True).map(tuple),
    assigned_to=st.lists(st.sampled_from(EMAILS), max_size=2, unique=True).map(tuple),
)


@st.composite
def partners(draw: st.DrawFn) -> list[Org]:
    """Customers with ids of their own, in no order."""
    found = draw(st.lists(orgs, max_size=8))
    for number, org in enumerate(draw(st.permutations(found))):
        org.org_id = f"00000000-0000-4000-8000-{number:012d}"
        for place, one in enumerate(org.held):
            one.id = f"{'Trial' if one.type == 'trial' else 'Sub'}{(number * 7) % 5}{number:03d}{place}"
    return found
