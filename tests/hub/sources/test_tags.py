"""Changing tags in a Webex where others change them, too: its call replaces all of them, and none may be lost."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import httpx
import pytest
from sqlmodel import select

from hub import tags
from hub.errors import Unavailable
from hub.sync import sync
from hub.tags import Author, Owner, TagRefused
from hub.webex import PartnerClient
from sandbox.partner import Tag
from sandbox.server import Sandbox
from storage import Database
from storage.tables import Audit, CustomerTag, SubscriptionTag
from tests.clock import ManualClock


class Wire(httpx.BaseTransport):
    """To the sandbox; `after` runs when a request of a method was answered, before its sender hears of it."""

    def __init__(self) -> None:
        self.after: dict[str, Callable[[], None]] = {}
        self.sent: list[str] = []
        self._through = httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.sent.append(request.method)
        response = self._through.handle_request(request)
        response.read()
        self.after.get(request.method, lambda: None)()
        return response

    def close(self) -> None:
        self._through.close()


@dataclass
class Desk:
    """A database, Webex, and somebody who changes tags."""

    box: Sandbox
    database: Database
    clock: ManualClock
    wire: Wire = field(default_factory=Wire)

    def __post_init__(self) -> None:
        self.partner = PartnerClient(self.box.url, self.box.admin_token, transport=self.wire)
        self.customer = next(each for each in self.box.partner.customers if each.subscriptions)
        self.customer.tags = [Tag("old")]
        self.owner = Owner(self.customer.uuid)
        sync(self.database, self.partner, None, self.clock)
        self.wire.sent.clear()

    @property
    def author(self) -> Author:
        return Author("ana", self.clock())

    def in_webex(self) -> set[str]:
        return {tag.name for tag in self.customer.tags}

    def stored(self) -> set[str]:
        with self.database.read() as session:
            return set(session.exec(select(CustomerTag.tag).where(CustomerTag.org_id == self.customer.uuid)))


@pytest.fixture(scope="module")
def box() -> Iterator[Sandbox]:
    with Sandbox(customers=12, seed=2) as made:
        yield made


@pytest.fixture
def desk(box: Sandbox, sqlite_database: Database, clock: ManualClock) -> Iterator[Desk]:
    made = Desk(box, sqlite_database, clock)
    yield made
    made.partner.close()


@pytest.fixture
def either(box: Sandbox, database: Database, clock: ManualClock) -> Iterator[Desk]:
    """On SQLite, and on PostgreSQL."""
    made = Desk(box, database, clock)
    yield made
    made.partner.close()


def test_what_a_second_writer_wrote_over_us_is_merged(desk: Desk) -> None:
    def second_writer() -> None:
        desk.wire.after.clear()
        desk.customer.tags = [Tag("old"), Tag("theirs")]

    desk.wire.after["POST"] = second_writer
    change = tags.add(desk.database, desk.partner, desk.owner, ["ours"], desk.author)
    assert change.after == ("old", "ours", "theirs")
    assert desk.in_webex() == desk.stored() == {"old", "ours", "theirs"}


def test_many_who_change_the_same_customer_at_once_lose_nothing(either: Desk) -> None:
    def put(name: str) -> None:
        tags.add(either.database, either.partner, either.owner, [name], either.author)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(put, ["a", "b", "c", "d"]))
    assert either.in_webex() == either.stored() == {"old", "a", "b", "c", "d"}


def test_a_tag_taken_off_by_somebody_else_meanwhile_stays_off(desk: Desk) -> None:
    def second_writer() -> None:
        desk.wire.after.clear()
        desk.customer.tags = [Tag("ours")]

    desk.wire.after["POST"] = second_writer
    tags.add(desk.database, desk.partner, desk.owner, ["ours"], desk.author)
    assert desk.in_webex() == desk.stored() == {"ours"}


def test_a_writer_who_never_stops_is_given_up_on(desk: Desk) -> None:
    def second_writer() -> None:
        desk.customer.tags = [Tag("old")]

    desk.wire.after["POST"] = second_writer
    with pytest.raises(Unavailable, match="keeps changing"):
        tags.add(desk.database, desk.partner, desk.owner, ["ours"], desk.author)
    assert desk.stored() == {"old"}


@pytest.mark.parametrize(
    "wanted", [["x" * 26], ["a,b"], [" "], ["1", "2", "3", "4", "5"]], ids=lambda each: each[0][:5]
)
def test_what_cannot_be_is_refused_before_the_call(desk: Desk, wanted: list[str]) -> None:
    with pytest.raises(TagRefused):
        tags.add(desk.database, desk.partner, desk.owner, wanted, desk.author)
    assert "POST" not in desk.wire.sent
    assert desk.in_webex() == {"old"}


def test_25_characters_and_5_tags_are_fine(desk: Desk) -> None:
    tags.add(desk.database, desk.partner, desk.owner, ["x" * 25, "2", "3", "4"], desk.author)
    assert len(desk.in_webex()) == 5


def test_a_subscription_is_tagged_by_itself(desk: Desk) -> None:
    held = desk.customer.subscriptions[0]
    held.tags = []
    owner = Owner(desk.customer.uuid, held.id)
    tags.add(desk.database, desk.partner, owner, ["call"], desk.author)
    assert [tag.name for tag in held.tags] == ["call"]
    assert desk.in_webex() == {"old"}
    with desk.database.read() as session:
        assert session.exec(select(Audit.target)).all() == [f"subscription:{held.id}"]
        assert session.exec(select(SubscriptionTag.tag)).all() == ["call"]
    tags.remove(desk.database, desk.partner, owner, ["call"], desk.author)
    assert held.tags == []


def test_tags_given_without_a_token_survive_a_sync_and_go_to_webex_with_the_next_change(either: Desk) -> None:
    tags.add(either.database, None, either.owner, ["here"], either.author)
    assert either.stored() == {"old", "here"}
    assert either.in_webex() == {"old"}
    for _ in range(2):
        sync(either.database, either.partner, None, either.clock, confirmed=True)
        assert either.stored() == {"old", "here"}
    tags.add(either.database, either.partner, either.owner, ["more"], either.author)
    assert either.in_webex() == {"old", "here", "more"}
    either.customer.tags = [Tag("more")]
    # Webex knows it now, so what it says counts.
    either.clock.now = either.clock.now.replace(hour=18)
    sync(either.database, either.partner, None, either.clock, confirmed=True)
    assert either.stored() == {"more"}
