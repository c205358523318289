"""Every role × every command × every kind of space: what docs/roles.md promises, no leak in text, card, file or error.

Customers carry secrets in their names, tags and subscription ids. Who may know which is worked out here from the
product's description alone, so a command that forgets to ask is found, also one that will be added tomorrow.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from shutil import copyfile

import pytest
from sqlmodel import func, select

from commands import registry
from hub.access import MEETS, Needs, Role
from hub.calling.saving import save
from notifications.outbox import Outgoing
from storage import Database
from storage.tables import Audit, CustomerTag, Rule, Schedule, Space
from tests.clock import ManualClock
from tests.commands.office import ANA, BEN, CHLOE, DIEGO, ELIF, EVERYBODY, FRANK, GINA, Answer, Colleague, Office
from tests.hub.calling.weeks import back, flat, record
from tests.hub.definitions.partner import TODAY, Held, Org, Product, put

ROOT = Path(__file__).parents[2]
REGISTRY = registry()

BENS, OTHERS = "Aq7x", "Zk9w"
"""Secrets of Ben's customers, and of the others."""


@dataclass(frozen=True)
class Room:
    """A kind of space; `open` is what a partner full administrator may do."""

    name: str
    members: tuple[Colleague, ...] = ()
    open: bool = False


DIRECT = Room("one-to-one")
ROOMS = (
    DIRECT,
    Room("partners-with-an-administrator", (ANA, BEN, CHLOE)),
    Room("with-help-desk", (ANA, BEN, DIEGO, ELIF)),
    Room("with-a-colleague", (ANA, FRANK)),
    Room("opened-to-a-colleague", (ANA, BEN, FRANK), open=True),
    Room("with-an-outsider", (ANA, BEN, CHLOE, DIEGO, FRANK, GINA), open=True),
)
PLACES = [(who, room) for room in ROOMS for who in (room.members or EVERYBODY)]


@dataclass(frozen=True)
class Row:
    """What docs/roles.md says of a command."""

    roles: frozenset[Role]
    everybody: bool
    read_by: frozenset[Role] | None
    """None: everybody."""


READ_BY = {
    "everybody": None,
    "any partner role": frozenset(Role),
    "all but the help desks": frozenset(Role) - {Role.HELP_DESK, Role.HELP_DESK_ADVANCED},
}


def table() -> dict[str, Row]:
    """Read docs/roles.md."""
    rows = [
        [cell.strip(" `") for cell in line.strip("|").split("|")]
        for line in (ROOT / "docs" / "roles.md").read_text(encoding="utf-8").splitlines()
        if line.startswith("| ")
    ]
    header, *body = rows
    roles = [Role(cell) for cell in header[1:-2]]
    return {
        name: Row(
            frozenset(role for role, cell in zip(roles, cells, strict=True) if cell == "yes"),
            others == "yes",
            READ_BY[read_by],
        )
        for name, *cells, others, read_by in body
    }


TABLE = table()


def secrets(who: Colleague) -> set[str]:
    """The secrets that somebody may know at all."""
    if who.org != ANA.org or not who.roles:
        return set()
    return {BENS} if who.roles == (Role.ADMIN,) else {BENS, OTHERS}


def may_read(reader: Colleague, command: str, room: Room) -> set[str]:
    """The secrets that a reader may find in the answer to a command."""
    read_by = TABLE[command].read_by
    if read_by is None or reader.org != ANA.org:
        return set()
    if not reader.roles:
        return {BENS, OTHERS} if room.open else set()
    return secrets(reader) if read_by & set(reader.roles) else set()


def lines(command: str) -> list[str]:
    """What is typed for a command: its first example, and those that name a customer with a name and with an id."""
    found = next(each for each in REGISTRY.commands if each.name == command)
    named = [example for example in found.examples if "Acme" in example]
    return list(dict.fromkeys([found.examples[0], *named, *(each.replace("Acme", OTHER_ID) for each in named)]))


OTHER_ID = "00000000-0000-4000-8000-000000000003"


def customers() -> list[Org]:
    def held(secret: str, number: int) -> list[Held]:
        end = TODAY + timedelta(days=5 + number)
        products = [Product("Calling", total=10, assigned=12 - 6 * (number % 2)), Product("Meetings")]
        return [
            Held(id=f"Sub-{secret}-{number}", end=end, invoice="unpaid", tags=(f"{secret}-sub",), products=products),
            Held(id=f"Trial-{secret}-{number}", end=end, type="trial", start=TODAY - timedelta(days=3)),
            Held(id=f"Renew-{secret}-{number}", end=end, auto_renew=True, start=date(2026, 1, 1)),
        ]

    return [
        Org(
            f"Acme {secret} {number}",
            held(secret, number),
            tags=(f"gold-{secret}", "gold"),
            region=("EU", "US")[number % 2],
            assigned_to=(BEN.email,) if secret == BENS else (),
        )
        for number, secret in enumerate([BENS, BENS, OTHERS, OTHERS, OTHERS])
    ]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Path:
    """A database in which there was some life: each place gets a copy."""
    folder = tmp_path_factory.mktemp("filled")
    copyfile(sqlite_template, folder / "filled.db")
    database = Database(f"sqlite:///{folder / 'filled.db'}")
    with database.write() as session:
        put(session, customers())
        save(session, [flat(record(number, back(ago))) for number in range(5) for ago in range(3)])
        session.add_all(Space(room_id=room.name, kind="group", open_to_colleagues=room.open) for room in ROOMS[1:])
    office = Office(database, folder / "files", rooms={room.name: room.members for room in ROOMS[1:]})
    for org in customers():
        office.webex.tags[org.org_id] = list(org.tags)
    office.say(ANA, f"tag {OTHER_ID} {OTHERS}-new")
    for room in ROOMS[1:]:
        office.say(ANA, "subscribe", room=room.name)
    database.close()
    return folder / "filled.db"


@pytest.fixture
def office(filled: Path, tmp_path: Path) -> Iterator[Office]:
    copyfile(filled, tmp_path / "office.db")
    database = Database(f"sqlite:///{tmp_path / 'office.db'}")
    yield Office(database, tmp_path / "files", ManualClock(), {room.name: room.members for room in ROOMS[1:]})
    database.close()


def readers(message: Outgoing, who: Colleague, room: Room) -> Sequence[Colleague]:
    return room.members if message.target == room.name else (who,)


def effects(office: Office) -> list[int]:
    """What a refused command must leave alone."""
    with office.database.read() as session:
        return [
            session.scalars(select(func.count()).select_from(each)).one()
            for each in (Audit, CustomerTag, Rule, Schedule)
        ]


def test_the_documented_table_is_the_one_that_decides() -> None:
    decided = {
        each.name: Row(
            frozenset(MEETS[each.needs]),
            each.needs is Needs.NOTHING,
            None if each.access.see is Needs.NOTHING else frozenset(MEETS[each.access.see]),
        )
        for each in REGISTRY.commands
    }
    assert decided == TABLE


@pytest.mark.parametrize("place", PLACES, ids=lambda place: f"{place[0].name}-{place[1].name}")
def test_nobody_is_told_what_they_may_not_know(office: Office, place: tuple[Colleague, Room]) -> None:
    who, room = place
    for each in REGISTRY.commands:
        for typed in lines(each.name):
            for inputs in (None,) if room is DIRECT else (None, {"privately": "yes"}):
                answer = office.say(who, typed, None if room is DIRECT else room.name, inputs)
                assert answer.messages, f"{typed!r} is not answered"
                assert "reference" not in answer.text, f"{typed!r} failed"
                for message in answer.messages:
                    found = {secret for secret in (BENS, OTHERS) if secret in Answer([message]).everything}
                    for reader in readers(message, who, room):
                        leaked = found - may_read(reader, each.name, room)
                        assert not leaked, f"{reader.name} reads {leaked} in the answer to {typed!r}"


@pytest.mark.parametrize("who", EVERYBODY, ids=lambda who: who.name)
def test_a_role_runs_exactly_what_the_table_says(office: Office, who: Colleague) -> None:
    for name, row in TABLE.items():
        allowed = row.everybody or (who.org == ANA.org and bool(row.roles & set(who.roles)))
        before = effects(office)
        said = office.say(who, lines(name)[0]).text
        refused = "only to people with a partner role" in said or "partner role does not cover" in said
        assert refused == (not allowed), name
        if refused:
            assert effects(office) == before, name


@pytest.mark.parametrize(
    "typed", ["customers", "kpis", "expiring", "renewing", "recent", "low", "overage", "report run customers", "region"]
)
def test_figures_of_a_shared_space_are_those_of_who_sees_least(office: Office, typed: str) -> None:
    def figures(answer: Answer) -> list[str]:
        said = re.sub(r"Only customers that .*", "", answer.text).replace("for this space", "for you")
        return [line for line in said.splitlines() if line.strip()]

    alone, together = office.say(BEN, typed), office.say(ANA, typed, "partners-with-an-administrator")
    assert figures(together) == figures(alone)
    assert figures(office.say(ANA, typed)) != figures(alone) or typed in ("low", "region")


@pytest.mark.parametrize("who", [BEN, CHLOE, DIEGO, ELIF, FRANK, GINA], ids=lambda who: who.name)
def test_a_button_of_somebody_elses_card_is_authorised_again(office: Office, who: Colleague) -> None:
    """What a card carries is input: everybody presses every button that a full administrator's cards hold."""
    pressed = set()
    for each in REGISTRY.commands:
        for typed in lines(each.name)[:1]:
            pressed |= set(re.findall(r"'run': '([^']*)'", office.say(ANA, typed).everything))
    for run in sorted(pressed):
        answer = office.say(who, run, inputs={})
        found = {secret for secret in (BENS, OTHERS) if secret in answer.everything and secret not in run}
        assert found <= secrets(who), f"{who.name} reads {found} by pressing {run!r}"
