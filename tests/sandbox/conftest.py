"""One sandbox for all tests that leave its rules alone; a new one for those that change them."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from sandbox.server import Sandbox
from tests.sandbox.driving import Person
from tests.sandbox.receiver import Receiver, receiving


@pytest.fixture(scope="session")
def shared_box() -> Iterator[Sandbox]:
    with Sandbox(customers=200, seed=1) as box:
        yield box


@pytest.fixture
def fresh_box() -> Iterator[Sandbox]:
    with Sandbox(customers=30, seed=1) as box:
        yield box


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as listening:
        yield listening


class Company:
    """The sandbox's people by their first names, and new rooms."""

    def __init__(self, box: Sandbox, stack: ExitStack) -> None:
        self.box = box
        self._stack = stack
        self._people: dict[str, Person] = {}

    def __getattr__(self, first_name: str) -> Person:
        card = next(card for card in self.box.people if card["email"].startswith(first_name.rstrip("_")))
        return self._person(card["token"])

    @property
    def bot(self) -> Person:
        return self._person(self.box.bot_token)

    @property
    def admin(self) -> Person:
        return self._person(self.box.admin_token)

    def _person(self, token: str) -> Person:
        if token not in self._people:
            self._people[token] = self._stack.enter_context(Person(self.box, token))
        return self._people[token]

    def new_room(self, *others: str) -> str:
        """A space of Ana's with the people of these addresses."""
        room = self.ana.accepted("POST", "/v1/rooms", json={"title": "A new space"})
        for email in others:
            self.ana.accepted("POST", "/v1/memberships", json={"roomId": room["id"], "personEmail": email})
        return str(room["id"])


@pytest.fixture
def company(shared_box: Sandbox) -> Iterator[Company]:
    with ExitStack() as stack:
        yield Company(shared_box, stack)


@pytest.fixture
def fresh(fresh_box: Sandbox) -> Iterator[Company]:
    with ExitStack() as stack:
        yield Company(fresh_box, stack)
