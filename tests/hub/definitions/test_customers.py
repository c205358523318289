"""Finding a customer by what somebody typed, its page, and orders of the list."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from sqlmodel import Session

from hub.customers import MatchKind, Sort, SortField, State, details, find
from hub.scope import Scope
from storage import Database
from tests.hub.definitions.partner import TODAY, Held, Org, Product, partner_in

SCOPE = Scope(TODAY)
ACME = "aaaaaaaa-0000-4000-8000-000000000001"


@pytest.fixture
def session(scratch: Database) -> Iterator[Session]:
    with partner_in(
        scratch,
        [
            Org("Acme", [Held(id="Sub1")], org_id=ACME, assigned_to=("ana@partner.example",)),
            Org("Acme Iberia"),
            Org("Müller, Söhne & Co"),
            Org("MULLER, SOHNE & CO"),
            Org("100% Organic"),
            Org("100x Organic"),
            Org("a\tb Ltd"),
            Org("株式会社サンプル"),
        ],
    ) as session:
        yield session


@pytest.mark.parametrize(
    ("typed", "kind", "names"),
    [
        pytest.param("Acme", MatchKind.EXACT, ["Acme"], id="its name, though another begins with it"),
        pytest.param("  áCME ", MatchKind.EXACT, ["Acme"], id="without case, accents and blanks around"),
        pytest.param(ACME.upper(), MatchKind.EXACT, ["Acme"], id="organization id"),
        pytest.param("Sub1", MatchKind.EXACT, ["Acme"], id="subscription id"),
        pytest.param("iberia", MatchKind.EXACT, ["Acme Iberia"], id="a word only one has"),
        pytest.param("iberia acm", MatchKind.EXACT, ["Acme Iberia"], id="parts of words in any order"),
        pytest.param("acm", MatchKind.SEVERAL, ["Acme", "Acme Iberia"], id="a word that several have"),
        pytest.param("Müller, Söhne & Co", MatchKind.EXACT, ["Müller, Söhne & Co"], id="spelled exactly so"),
        pytest.param(
            "müller, söhne & co", MatchKind.SEVERAL, ["Müller, Söhne & Co", "MULLER, SOHNE & CO"], id="same name"
        ),
        pytest.param("100%", MatchKind.EXACT, ["100% Organic"], id="a percent sign is itself"),
        pytest.param("a b Ltd", MatchKind.EXACT, ["a\tb Ltd"], id="a tab shown as a blank"),
        pytest.param("サンプル", MatchKind.EXACT, ["株式会社サンプル"], id="another script"),
        pytest.param("Acmee Ibera", MatchKind.NEAR, ["Acme Iberia", "Acme"], id="nearly"),
        pytest.param("qqqq", MatchKind.NONE, [], id="nobody"),
        pytest.param("  ", MatchKind.NONE, [], id="nothing typed"),
        pytest.param("\0", MatchKind.NONE, [], id="what no database takes"),
        pytest.param("\ud83d", MatchKind.NONE, [], id="half a character"),
    ],
)
def test_find(session: Session, typed: str, kind: MatchKind, names: list[str]) -> None:
    match = find(session, SCOPE, typed)
    assert (match.kind, [row.customer for row in match.rows]) == (kind, names)


def test_what_the_scope_hides_is_not_found(session: Session) -> None:
    scope = Scope(TODAY, assigned_to=frozenset({"ana@partner.example"}))
    assert find(session, scope, "Acme").kind is MatchKind.EXACT
    assert find(session, scope, "Acme Iberia").rows != find(session, SCOPE, "Acme Iberia").rows
    assert find(session, Scope(TODAY, region="US"), ACME).kind is MatchKind.NONE
    assert details(session, Scope(TODAY, region="US"), ACME) is None


def test_a_group_sees_what_each_of_them_sees(session: Session) -> None:
    both = Scope(TODAY, assigned_to=frozenset({"ana@partner.example", "bo@partner.example"}))
    assert find(session, both, ACME).kind is MatchKind.NONE


def test_no_more_than_ten_are_offered(scratch: Database) -> None:
    with partner_in(scratch, [Org(f"Store {number:02d}") for number in range(12)]) as session:
        match = find(session, SCOPE, "store")
    assert [row.customer for row in match.rows] == [f"Store {number:02d}" for number in range(10)]


def test_details(scratch: Database) -> None:
    ago, soon = TODAY - timedelta(days=60), TODAY + timedelta(days=5)
    with partner_in(
        scratch,
        [
            Org(
                "Acme",
                [
                    Held(ago, TODAY - timedelta(days=1), id="Old"),
                    Held(None, None, id="Odd", products=[]),
                    Held(soon, date(2028, 1, 1), id="New"),
                    Held(
                        ago,
                        soon,
                        id="Now",
                        invoice="unpaid",
                        tags=("vip",),
                        products=[
                            Product("Meetings", total=10, assigned=12, used=3, used_3m=4),
                            Product("Calling", total=None),
                        ],
                    ),
                    Held(ago, soon, type="trial", id="Try"),
                ],
                org_id=ACME,
                tags=("gold", "Beta"),
                assigned_to=("bo@partner.example", "ana@partner.example"),
            ),
            Org("Other", [Held(id="Else")]),
        ],
    ) as session:
        found = details(session, SCOPE, ACME)
    assert found is not None
    assert (found.customer, found.tags, found.next_end) == ("Acme", ("Beta", "gold"), soon)
    assert found.administrators == ("ana@partner.example", "bo@partner.example")
    assert [(one.subscription_id, one.state, one.days_left) for one in found.subscriptions] == [
        ("Now", State.ACTIVE, 5),
        ("New", State.LATER, (date(2028, 1, 1) - TODAY).days),
        ("Odd", State.UNKNOWN, None),
        ("Old", State.ENDED, None),
    ]
    assert [one.subscription_id for one in found.trials] == ["Try"]
    now = found.subscriptions[0]
    assert (now.invoice, now.tags) == ("unpaid", ("vip",))
    assert [(p.product, p.total, p.assigned, p.used, p.available, p.used_3m) for p in now.products] == [
        ("Calling", None, 5, 1, None, None),
        ("Meetings", 10, 12, 3, -2, 4),
    ]


def test_details_of_nobody(session: Session) -> None:
    assert details(session, SCOPE, "bbbbbbbb-0000-4000-8000-000000000001") is None


@pytest.mark.parametrize(
    ("text", "sort"),
    [
        ("expires", Sort(SortField.EXPIRES)),
        ("-licenses", Sort(SortField.LICENSES, descending=True)),
        ("Name", Sort(SortField.NAME)),
        ("-licencias", Sort(SortField.LICENSES, descending=True)),
    ],
)
def test_sort_is_read(text: str, sort: Sort) -> None:
    assert Sort.parse(text) == sort
    assert Sort.parse(str(sort)) == sort


@pytest.mark.parametrize("text", ["", "-", "colour", "--name"])
def test_no_sort_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no order"):
        Sort.parse(text)
