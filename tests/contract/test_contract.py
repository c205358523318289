"""The sandbox against Webex's official descriptions, and whether the comparison would notice a difference."""

import os
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from hub.http import Api
from sandbox.server import Sandbox
from tests.contract import documents, recorder
from tests.contract.checking import Exchange, deviations
from tests.contract.corrections import CORRECTIONS, Correction
from tests.contract.documents import HINT, Operation, read
from tests.contract.inprocess import in_process
from tests.contract.tour import Tour

HAS_DOCUMENTS = documents.folder() is not None
needs_documents = pytest.mark.skipif(not HAS_DOCUMENTS, reason=HINT)
Walked = list[tuple[Operation, Exchange]]


@pytest.fixture(scope="module")
def walked() -> Iterator[Walked]:
    with in_process() as sandbox:
        tour = Tour(sandbox, read())
        tour.walk()
        yield tour.exchanges


def test_the_official_descriptions_are_there() -> None:
    if not HAS_DOCUMENTS:
        pytest.fail(HINT) if os.environ.get("CI") == "true" else pytest.skip(HINT)


@needs_documents
def test_every_operation_that_is_offered_works_and_answers_as_described(walked: Walked) -> None:
    statuses = defaultdict(list)
    for operation, exchange in walked:
        statuses[operation.name].append(exchange)
    refused = {name: each[-1].answer for name, each in statuses.items() if not any(_went_well(one) for one in each)}
    assert refused == {}
    assert [problem for _, exchange in walked for problem in deviations(exchange, read())] == []
    assert len(statuses) >= 35


@needs_documents
@pytest.mark.parametrize("correction", CORRECTIONS, ids=lambda one: "/".join(one.pointer[1:]))
def test_without_any_one_correction_right_answers_are_called_wrong(correction: Correction, walked: Walked) -> None:
    official = read(tuple(one for one in CORRECTIONS if one is not correction))
    assert any(deviations(exchange, official) for _, exchange in walked)


def _went_well(exchange: Exchange) -> bool:
    return exchange.status is not None and exchange.status < 400


REFUSAL = b'{"message": "No.", "errors": [{"description": "No."}], "trackingId": "ROUTER_1"}'
HAS_ID = {"trackingid": "ROUTER_1"}
ROOM = b'{"id": "x", "title": "x", "type": "group"}'


@needs_documents
@pytest.mark.parametrize(
    ("exchange", "problem"),
    [
        (Exchange("GET", "/rooms", "colour=red", status=200, answer=b'{"items": []}'), "colour is not described"),
        (Exchange("GET", "/rooms", "type=huge", status=200, answer=b'{"items": []}'), "none of its values"),
        (Exchange("GET", "/rooms", "max=many", status=200, answer=b'{"items": []}'), "is no number"),
        (Exchange("GET", "/messages", status=200, answer=b'{"items": []}'), "roomId is missing"),
        (Exchange("GET", "/rooms", status=200, answer=b'{"items": [{"colour": 1}]}'), "must not contain {'colour'}"),
        (Exchange("GET", "/rooms", status=200, answer=b'{"items": [{"id": 1}]}'), "must be string"),
        (Exchange("GET", "/rooms", status=200, answer=b'{"items": [{"id": null}]}'), "must be string"),
        (Exchange("GET", "/rooms", status=200, answer=b"[]"), "must be object"),
        (Exchange("GET", "/rooms", status=200, answer=b"{"), "no JSON"),
        (Exchange("GET", "/rooms", status=418, answer=REFUSAL, answer_headers=HAS_ID), "418 is not described"),
        (Exchange("GET", "/rooms", status=404, answer=b"Not found"), "the refusal is no JSON"),
        (Exchange("GET", "/rooms", status=404, answer=REFUSAL), "trackingId"),
        (Exchange("GET", "/rooms", status=404, answer=b'{"message": "No."}'), "no description"),
        (Exchange("GET", "/rooms", status=429, answer=REFUSAL, answer_headers=HAS_ID), "Retry-After"),
        (Exchange("GET", "/spaces", status=200, answer=b"{}"), "no such operation"),
        (
            Exchange("POST", "/rooms", body=b'{"title": "x", "name": "x"}', status=200, answer=ROOM),
            "must not contain {'name'}",
        ),
        (Exchange("POST", "/rooms", status=200, answer=ROOM), "the body is missing"),
        (
            Exchange(
                "GET",
                "/rooms",
                "colour=red",
                headers={"user-agent": "partner-hub-bot/1"},
                status=404,
                answer=REFUSAL,
                answer_headers=HAS_ID,
            ),
            "colour is not described",
        ),
    ],
)
def test_a_deviation_is_noticed(exchange: Exchange, problem: str) -> None:
    assert any(problem in one for one in deviations(exchange, read()))


@needs_documents
def test_a_refused_request_of_somebody_else_may_be_wrong() -> None:
    refused = Exchange("GET", "/rooms", "colour=red", status=404, answer=REFUSAL, answer_headers=HAS_ID)
    assert deviations(refused, read()) == []


@needs_documents
def test_a_running_sandbox_is_listened_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = tmp_path / "deviations.txt"
    monkeypatch.setenv(recorder.LOG, str(log))
    with Sandbox(customers=0) as box:
        headers = {"Authorization": f"Bearer {box.bot_token}"}
        assert httpx.get(f"{box.url}/v1/rooms?colour=red", headers=headers).is_success
    assert "GET /rooms: the query parameter colour is not described" in log.read_text()


@needs_documents
def test_what_the_clients_send_to_a_played_webex_is_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = tmp_path / "deviations.txt"
    monkeypatch.setenv(recorder.LOG, str(log))
    played = httpx.MockTransport(lambda _: httpx.Response(200, json={"items": []}))
    api = Api("Webex", "https://webex.example/v1/", None, transport=played)
    api.get("rooms", {"colour": "red"})
    api.close()
    assert "GET /rooms: the query parameter colour is not described" in log.read_text()
