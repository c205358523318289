import time

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tests.sandbox.conftest import Company
from tests.sandbox.driving import BOT_EMAIL, Json, register

HELLO = {"toPersonEmail": BOT_EMAIL, "text": "hello"}


def inject(company: Company, **fault: object) -> Json:
    return company.ana.accepted("POST", "/sandbox/faults", json=fault)


def test_a_fault_strikes_matching_requests_as_often_as_told(fresh: Company) -> None:
    inject(fresh, method="POST", path="/v1/messages", status=429, retry_after=2, times=2)
    for _ in range(2):
        response = fresh.ana.post("/v1/messages", json=HELLO)
        assert (response.status_code, response.headers["retry-after"]) == (429, "2")
        assert response.json()["trackingId"]
    assert fresh.ana.get("/v1/people/me").is_success
    assert fresh.ana.post("/v1/messages", json=HELLO).is_success
    assert fresh.ana.items("/sandbox/faults") == []
    assert len(fresh.ana.items("/sandbox/messages")) == 1


def test_faults_are_listed_and_cleared(fresh: Company) -> None:
    fault = inject(fresh, path="/v1/rooms", status=503)
    assert fresh.ana.items("/sandbox/faults") == [fault]
    assert fresh.ana.refused("GET", "/v1/rooms")[0] == 503
    assert fresh.ana.delete("/sandbox/faults").status_code == 204
    assert fresh.ana.get("/v1/rooms").is_success


def test_a_fault_with_an_end_ends_by_itself(fresh: Company) -> None:
    inject(fresh, path="/v1/people", status=503, seconds=0.2)
    assert fresh.ana.refused("GET", "/v1/people/me")[0] == 503
    until = time.monotonic() + 10
    while not fresh.ana.get("/v1/people/me").is_success:
        assert time.monotonic() < until
    assert fresh.ana.items("/sandbox/faults") == []


def test_chance_strikes_about_as_often_as_told(fresh: Company) -> None:
    inject(fresh, path="/v1/people", status=500, probability=0.5)
    failed = sum(fresh.ana.get("/v1/people/me").is_server_error for _ in range(100))
    assert 35 < failed < 65


def test_a_delay_slows_down_and_lets_pass(fresh: Company) -> None:
    inject(fresh, path="/v1/people", delay_ms=60)
    started = time.monotonic()
    assert fresh.ana.get("/v1/people/me").is_success
    assert time.monotonic() - started >= 0.06


def test_an_answer_can_be_lost_after_the_request_took_effect(fresh: Company) -> None:
    inject(fresh, method="POST", path="/v1/messages", status=502, times=1, carried_out=True)
    assert fresh.ana.refused("POST", "/v1/messages", json=HELLO)[0] == 502
    assert [message["text"] for message in fresh.ana.items("/sandbox/messages")] == ["hello"]


def test_a_handshake_can_be_refused(fresh: Company) -> None:
    url = register(fresh.bot)
    inject(fresh, path="/mercury", status=404, times=1)
    with pytest.raises(InvalidStatus) as refused, connect(url):
        pass
    assert refused.value.response.status_code == 404


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 200},
        {"status": "500"},
        {"probability": 2},
        {"path": "v1"},
        {"times": 0.5},
        {"delay_ms": -1},
        {"frames": "burn"},
        {"status": 404.5},
        {"times": -1},
        {"delay_ms": 10**9},
        {"cut_after_bytes": -1},
        {"lists": "long"},
        {"colour": "red"},
    ],
)
def test_a_senseless_fault_is_refused(company: Company, fault: Json) -> None:
    assert company.ana.refused("POST", "/sandbox/faults", json=fault)[0] == 400
    assert company.ana.items("/sandbox/faults") == []


def limit(company: Company, per: str, count: int, seconds: float) -> None:
    company.ana.accepted("POST", "/sandbox/limits", json={"per": per, "count": count, "seconds": seconds})


def test_a_limit_per_room_leaves_other_rooms_free(fresh: Company) -> None:
    busy, calm = fresh.new_room(), fresh.new_room()
    limit(fresh, "room", 2, 30)
    for _ in range(2):
        fresh.ana.say(roomId=busy, text="quick")
    response = fresh.ana.post("/v1/messages", json={"roomId": busy, "text": "too quick"})
    assert (response.status_code, response.headers["retry-after"]) == (429, "30")
    fresh.ana.say(roomId=calm, text="free")
    assert fresh.ana.delete("/sandbox/limits").status_code == 204
    fresh.ana.say(roomId=busy, text="free again")


def test_a_limit_per_token_leaves_other_people_free(fresh: Company) -> None:
    limit(fresh, "token", 3, 30)
    assert [fresh.ana.get("/v1/people/me").status_code for _ in range(4)] == [200, 200, 200, 429]
    assert fresh.bot.get("/v1/people/me").is_success


def test_who_waits_as_told_is_served(fresh: Company) -> None:
    limit(fresh, "token", 1, 0.05)
    assert fresh.ana.get("/v1/people/me").is_success
    while not (response := fresh.ana.get("/v1/people/me")).is_success:
        assert response.headers["retry-after"] == "1"


@pytest.mark.parametrize("body", [{"per": "planet", "count": 1, "seconds": 1}, {"per": "room", "count": 0}, {}])
def test_a_senseless_limit_is_refused(company: Company, body: Json) -> None:
    assert company.ana.refused("POST", "/sandbox/limits", json=body)[0] == 400


def test_a_switch_changes_a_habit(fresh: Company) -> None:
    room = fresh.new_room()
    root = fresh.ana.say(roomId=room, text="root")
    first = fresh.ana.say(roomId=room, text="first", parentId=root["id"])
    reply = {"roomId": room, "text": "second", "parentId": first["id"]}
    fresh.ana.say(**reply)
    fresh.ana.accepted("PATCH", "/sandbox/switches", json={"refuse_reply_to_reply": True})
    assert fresh.ana.refused("POST", "/v1/messages", json=reply)[0] == 400
    for senseless in ({"refuse_reply_to_reply": 1}, {"colour": True}):
        assert fresh.ana.refused("PATCH", "/sandbox/switches", json=senseless)[0] == 400


def test_a_connection_can_break_in_the_middle_of_an_answer(fresh: Company) -> None:
    for after in (40, 0, 10**9):
        inject(fresh, method="POST", path="/v1/messages", cut_after_bytes=after, times=1)
        with pytest.raises(httpx.RemoteProtocolError):
            fresh.ana.post("/v1/messages", json=HELLO)
    assert [message["text"] for message in fresh.ana.items("/sandbox/messages")] == ["hello"] * 3
    assert fresh.ana.get("/v1/people/me").is_success


def test_lists_can_be_empty_or_partial_and_look_complete(fresh: Company) -> None:
    everything = fresh.admin.items("/v1/organizations")
    inject(fresh, path="/v1/organizations", lists="empty", times=1)
    assert fresh.admin.items("/v1/organizations") == []
    inject(fresh, path="/v1/organizations", lists="partial", times=1)
    assert fresh.admin.items("/v1/organizations") == everything[: len(everything) // 2]
    inject(fresh, path="/partnerhub/v1/customers", lists="partial", times=1)
    short = fresh.admin.get("/partnerhub/v1/customers", params={"max": 10})
    assert len(short.json()["items"]) == 5
    assert "next" not in short.links
    inject(fresh, path="/v1/partner/tags", lists="empty", times=1)
    assert fresh.admin.get("/v1/partner/tags", params={"type": "ORGANIZATION"}).json() == []
    inject(fresh, path="/v1/people/me", lists="empty", times=1)
    assert fresh.admin.accepted("GET", "/v1/people/me")["displayName"]
    assert fresh.admin.items("/v1/organizations") == everything


@pytest.mark.parametrize("status", [400, 404, 409, 410, 415, 423, 428, 500, 503])
def test_a_fault_has_the_body_that_every_refusal_has(fresh: Company, status: int) -> None:
    inject(fresh, path="/v1/rooms", status=status, retry_after=3)
    assert fresh.ana.refused("GET", "/v1/rooms")[0] == status
    assert fresh.ana.get("/v1/rooms").headers["retry-after"] == "3"
