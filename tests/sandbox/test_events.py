from tests.sandbox.conftest import Company
from tests.sandbox.driving import BOT_EMAIL

BEN = "ben.okafor@brightwater.example"


def test_the_page_hears_of_messages_as_rest_shows_them(company: Company) -> None:
    room = company.new_room(BEN)
    with company.ben.events() as events:
        said = company.ana.say(roomId=room, markdown="*first*")
        assert events.next("message-created", lambda message: message["id"] == said["id"]) == said
        edited = company.ana.accepted("PUT", f"/v1/messages/{said['id']}", json={"roomId": room, "text": "2"})
        assert events.next("message-updated") == edited
        company.ana.delete(f"/v1/messages/{said['id']}")
        assert events.next("message-deleted")["id"] == said["id"]


def test_the_page_hears_of_rooms_and_members(company: Company) -> None:
    with company.frank.events() as events:
        direct = company.bot.say(toPersonEmail="frank.novak@brightwater.example", text="hello")
        assert events.next("room-created")["title"] == "PartnerHub"
        assert events.next("message-created") == direct
        room = company.new_room("frank.novak@brightwater.example")
        joined = events.next("membership-created", lambda membership: membership["roomId"] == room)
        company.ana.accepted("PUT", f"/v1/rooms/{room}", json={"title": "Other"})
        assert events.next("room-updated")["title"] == "Other"
        company.ana.delete(f"/v1/memberships/{joined['id']}")
        assert events.next("membership-deleted") == joined


def test_nobody_hears_of_what_is_not_theirs(company: Company) -> None:
    with company.gina.events() as events:
        company.ana.say(roomId=company.new_room(BOT_EMAIL), text="secret")
        shared = next(room["id"] for room in company.ana.items("/v1/rooms") if room["title"] == "Project Acme")
        said = company.ana.say(roomId=shared, text="welcome")
        assert events.next("message-created") == said


def test_the_page_hears_of_the_clock(fresh: Company) -> None:
    with fresh.ana.events() as events:
        moved = fresh.ana.accepted("POST", "/sandbox/clock", json={"advance_days": 1})["clock"]
        assert events.next("clock")["now"][:16] == moved[:16]


def test_an_unknown_token_hears_nothing(company: Company) -> None:
    assert company.ana.refused("GET", "/sandbox/events", params={"token": "stolen"})[0] == 401
