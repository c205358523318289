from tests.sandbox.conftest import Company
from tests.sandbox.driving import BOT_EMAIL

BEN = "ben.okafor@brightwater.example"


def test_the_rooms_of_the_cast(company: Company) -> None:
    titles = {room["title"] for room in company.ana.items("/v1/rooms", type="group")}
    assert {"Renewals EMEA", "Partner desk", "Project Acme"} <= titles
    assert [room["title"] for room in company.gina.items("/v1/rooms", type="group")] == ["Project Acme"]


def test_a_direct_room_carries_the_other_ones_name(company: Company) -> None:
    room = company.elif_.say(toPersonEmail=BOT_EMAIL, text="hi")["roomId"]
    assert company.elif_.accepted("GET", f"/v1/rooms/{room}")["title"] == "PartnerHub"
    assert company.bot.accepted("GET", f"/v1/rooms/{room}")["title"] == "Elif Yılmaz"
    assert company.bot.refused("DELETE", f"/v1/rooms/{room}")[0] == 400


def test_the_latest_active_room_comes_first(company: Company) -> None:
    older, newer = company.new_room(), company.new_room()
    company.ana.say(roomId=older, text="still alive")
    rooms = company.ana.items("/v1/rooms", max=2)
    assert [room["id"] for room in rooms] == [older, newer]
    pages = list(company.ana.pages("/v1/rooms", max=1))
    assert len({page[0]["id"] for page in pages}) == len(pages)


def test_a_room_lives_and_ends(company: Company) -> None:
    room = company.new_room(BEN)
    path = f"/v1/rooms/{room}"
    assert company.ben.accepted("PUT", path, json={"title": "Better"})["title"] == "Better"
    said = company.ana.say(roomId=room, text="words")
    assert company.ana.delete(path).status_code == 204
    assert company.ben.refused("GET", path)[0] == 404
    assert company.ana.refused("GET", f"/v1/messages/{said['id']}")[0] == 404
    assert company.ana.refused("POST", "/v1/rooms", json={"title": " "})[0] == 400


def test_memberships_come_and_go(company: Company) -> None:
    room = company.new_room()
    body = {"roomId": room, "personEmail": BEN}
    membership = company.ana.accepted("POST", "/v1/memberships", json=body)
    assert company.ana.refused("POST", "/v1/memberships", json=body)[0] == 409
    assert company.ben.items("/v1/memberships", roomId=room, personEmail=BEN) == [membership]
    path = f"/v1/memberships/{membership['id']}"
    assert company.ana.accepted("PUT", path, json={"isModerator": True})["isModerator"] is True
    assert company.ben.delete(path).status_code == 204
    assert company.ana.refused("GET", path)[0] == 404
    assert company.ben.refused("GET", "/v1/memberships", params={"roomId": room})[0] == 404


def test_a_bot_may_list_who_is_in_its_rooms(company: Company) -> None:
    room = company.new_room(BOT_EMAIL, "gina.rossi@acme.example")
    members = company.bot.items("/v1/memberships", roomId=room)
    assert [member["personDisplayName"] for member in members] == ["Ana Ferrer", "PartnerHub", "Gina Rossi"]
    assert len({member["personOrgId"] for member in members}) == 2
    pages = list(company.bot.pages("/v1/memberships", roomId=room, max=1))
    assert [page[0] for page in pages] == members


def test_rooms_are_sorted_as_wanted(fresh: Company) -> None:
    first, second = fresh.new_room(), fresh.new_room()
    fresh.ana.say(roomId=first, text="activity")
    for order, wanted in (("lastactivity", [first, second]), ("created", [second, first])):
        assert [room["id"] for room in fresh.ana.items("/v1/rooms", sortBy=order)][:2] == wanted
    by_id = [room["id"] for page in fresh.ana.pages("/v1/rooms", sortBy="id", max=2) for room in page]
    assert len(set(by_id)) == len(by_id) == 5
    for wrong in ({"sortBy": "colour"}, {"type": "team"}):
        assert fresh.ana.refused("GET", "/v1/rooms", params=wrong)[0] == 400
