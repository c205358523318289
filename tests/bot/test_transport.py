"""Messages in: looked up, in order, handled once, whatever the handler does."""

import threading
from typing import Any

import pytest
from sqlmodel import select

from bot.arrival import Arrival
from bot.errors import Unavailable
from storage import Database
from storage.tables import Inbox, InboxState
from tests.bot.box import BOT, Box, uuid_of
from tests.bot.conftest import Serve
from tests.bot.echo_service import EchoService
from tests.bot.recorder import Recorder
from tests.bot.waiting import wait_until

CARD = {
    "type": "AdaptiveCard",
    "version": "1.3",
    "body": [{"type": "TextBlock", "text": "Press"}],
    "actions": [{"type": "Action.Submit", "title": "Go", "data": {"run": "expiring 30"}}],
}


def answers(box: Box, question: dict[str, Any]) -> list[str]:
    return [said["text"] for said in box.said_by_bot() if said.get("parentId") == question["id"]]


def wait_for_answer(box: Box, question: dict[str, Any]) -> str:
    wait_until(lambda: answers(box, question))
    (text,) = answers(box, question)
    return text


def rows(database: Database) -> list[Inbox]:
    with database.read() as session:
        return list(session.exec(select(Inbox).order_by(Inbox.id)))  # type: ignore[arg-type]


def test_an_answer_goes_into_the_thread_of_its_question(box: Box, serve: Serve) -> None:
    service = serve()
    question = box.say("hello")
    assert wait_for_answer(box, question) == "echo hello"
    (row,) = rows(service.database)
    assert (row.state, row.public_id, row.effects) == (InboxState.DONE, question["id"], False)


def test_an_answer_to_a_reply_goes_to_the_root_of_its_thread(box: Box, serve: Serve) -> None:
    serve()
    root = box.say("root")
    wait_for_answer(box, root)
    box.say("reply", roomId=root["roomId"], parentId=root["id"])
    wait_until(lambda: sorted(answers(box, root)) == ["echo reply", "echo root"])


def test_a_message_in_a_group_room_arrives_with_its_room(box: Box, serve: Serve) -> None:
    recorder = Recorder()
    serve(recorder)
    room = box.new_room(BOT)
    question = box.say(f"<@personEmail:{BOT}|PartnerHub> help", roomId=room)
    assert wait_for_answer(box, question)
    (arrival,) = recorder.arrivals
    assert (arrival.room_id, arrival.room_type, arrival.root_id) == (room, "group", question["id"])
    assert arrival.person_email == box.people[0]["email"]
    assert arrival.person_id == box.people[0]["personId"]


def test_its_own_messages_are_nothing_to_the_bot(box: Box, serve: Serve) -> None:
    box.control("PATCH", "switches", echo_own_posts=True)
    recorder = Recorder()
    serve(recorder)
    for text in ("one", "two"):
        wait_for_answer(box, box.say(text))
    box.control("PATCH", "switches", echo_own_posts=False)
    assert recorder.texts() == ["one", "two"]


def test_what_comes_again_is_not_handled_again(box: Box, serve: Serve) -> None:
    recorder = Recorder()
    service = serve(recorder)
    question = box.say("once")
    wait_for_answer(box, question)
    box.control("PATCH", "switches", redeliver_acknowledged=True)
    reconnect(box, service)
    box.control("PATCH", "switches", redeliver_acknowledged=False)
    wait_for_answer(box, box.say("after"))
    assert recorder.texts() == ["once", "after"]
    assert answers(box, question) == ["echo once"]


def reconnect(box: Box, service: EchoService) -> None:
    since = service.socket.since
    box.control("POST", "sockets/drop")
    wait_until(lambda: service.socket.connected and service.socket.since > since)


def test_an_acknowledged_message_is_not_sent_again(box: Box, serve: Serve) -> None:
    service = serve()
    wait_for_answer(box, box.say("first"))
    service.stop()
    second = box.say("second")
    assert box.redelivered() == [uuid_of(second["id"])]


def test_a_message_that_is_gone_is_dropped_with_the_reason(box: Box, serve: Serve) -> None:
    service = serve()
    service.wait_until_connected()
    box.control("POST", "faults", method="GET", path="/conversation/", status=404, times=1)
    question = box.say("deleted at once")
    wait_until(lambda: [row.state for row in rows(service.database)] == [InboxState.DROPPED])
    assert (rows(service.database)[0].error or "").startswith("404")
    wait_for_answer(box, box.say("next"))
    assert answers(box, question) == []


def test_where_the_address_tells_only_the_id_the_message_is_asked_for(box: Box, serve: Serve) -> None:
    service = serve()
    message_at = service.webex.message_at
    service.webex.message_at = lambda url: (message_at(url)[0], None)  # type: ignore[method-assign]
    assert wait_for_answer(box, box.say("hello")) == "echo hello"


def test_a_file_arrives_when_it_is_scanned(box: Box, serve: Serve) -> None:
    recorder = Recorder()
    service = serve(recorder)
    with box.client() as client:
        file = ("Año 2026.csv", b"customer,org_id\n", "text/csv")
        client.post("messages", data={"toPersonEmail": BOT, "text": "import"}, files={"files": file}).raise_for_status()
    wait_until(lambda: recorder.arrivals)
    (arrival,) = recorder.arrivals
    assert arrival.text == "import"
    found = service.webex.download(arrival.files[0], limit_bytes=100)
    assert (found.name, found.content) == (file[0], file[1])


def test_a_pressed_button_arrives_with_its_thread(box: Box, serve: Serve) -> None:
    recorder = Recorder(card=CARD)
    serve(recorder)
    question = box.say("menu")
    wait_for_answer(box, question)
    card = next(said for said in box.said_by_bot() if said.get("parentId") == question["id"])
    with box.client() as client:
        inputs = {"run": "expiring 30", "days": "30"}
        client.post(
            "attachment/actions", json={"type": "submit", "messageId": card["id"], "inputs": inputs}
        ).raise_for_status()
    wait_until(lambda: len(recorder.arrivals) == 2)
    click = recorder.arrivals[1]
    assert click.inputs == inputs
    assert (click.room_id, click.room_type, click.root_id) == (question["roomId"], "direct", question["id"])
    assert (click.person_id, click.person_email) == (box.people[0]["personId"], box.people[0]["email"])
    wait_until(lambda: len(answers(box, question)) == 2)


def test_one_persons_commands_run_in_order_and_others_beside_them(box: Box, serve: Serve) -> None:
    """The first command of one person waits for another person's; her second must wait for her first."""
    other_began = threading.Event()

    def begin(arrival: Arrival) -> None:
        if arrival.text == "tag":
            assert other_began.wait(10)
        elif arrival.text == "other":
            other_began.set()

    recorder = Recorder(begin)
    serve(recorder).wait_until_connected()
    questions = [box.say("tag"), box.say("untag"), box.say("other", person=1)]
    for question in questions:
        wait_for_answer(box, question)
    assert recorder.texts() == ["tag", "other", "untag"]


def test_order_holds_when_a_look_up_has_to_be_repeated(box: Box, serve: Serve) -> None:
    recorder = Recorder()
    serve(recorder).wait_until_connected()
    box.control("POST", "faults", method="GET", path="/conversation/", status=429, retry_after=1, times=1)
    for question in [box.say("tag"), box.say("untag")]:
        wait_for_answer(box, question)
    assert recorder.texts() == ["tag", "untag"]


def test_a_handler_that_cannot_be_told_by_webex_is_asked_again(box: Box, serve: Serve) -> None:
    away = [Unavailable("away", maybe_sent=False)]

    def begin(_arrival: Arrival) -> None:
        if away:
            raise away.pop()

    recorder = Recorder(begin)
    serve(recorder).wait_until_connected()
    for question in [box.say("tag"), box.say("untag")]:
        wait_for_answer(box, question)
    assert recorder.texts() == ["tag", "tag", "untag"]


def test_a_fault_of_the_handler_hits_one_message_once(box: Box, serve: Serve) -> None:
    def begin(arrival: Arrival) -> None:
        if arrival.text == "bad":
            raise RuntimeError

    recorder = Recorder(begin)
    service = serve(recorder)
    box.say("bad")
    wait_for_answer(box, box.say("good"))
    reconnect(box, service)
    assert recorder.texts() == ["bad", "good"]
    assert [(row.state, row.error) for row in rows(service.database)] == [
        (InboxState.DROPPED, "failed: RuntimeError"),
        (InboxState.DONE, None),
    ]


class TestEffects:
    def test_a_command_that_changes_something_is_noted_before_it_runs(self, box: Box, serve: Serve) -> None:
        noted: list[tuple[str, bool]] = []
        recorder = Recorder(effects=lambda: noted.extend((row.state, row.effects) for row in rows(service.database)))
        service = serve(recorder)
        wait_for_answer(box, box.say("trial start"))
        assert noted == [(InboxState.RUNNING, True)]
        assert rows(service.database)[0].state == InboxState.DONE

    def test_after_a_crash_in_it_its_sender_is_asked(self, box: Box, serve: Serve) -> None:
        runs: list[str] = []
        service = serve(Recorder(effects=lambda: runs.append("run")))
        question = box.say("trial start")
        wait_for_answer(box, question)
        service.stop()
        with service.database.write() as session:
            session.exec(select(Inbox)).one().state = InboxState.RUNNING

        serve(Recorder(effects=lambda: runs.append("run again")))
        wait_until(lambda: rows(service.database)[0].state == InboxState.ASKED)
        wait_until(lambda: box.said_by_bot()[-1]["text"] == "stopped in trial start")
        assert runs == ["run"]


def test_what_an_earlier_run_left_is_handled_at_the_next_start(box: Box, serve: Serve) -> None:
    service = serve()
    service.wait_until_connected()
    box.control("POST", "faults", method="GET", path="/conversation/", status=503)
    question = box.say("hello")
    wait_until(lambda: rows(service.database))
    service.stop()
    assert rows(service.database)[0].state == InboxState.NEW
    box.control("DELETE", "faults")
    box.acknowledge(question["id"])
    serve()
    assert wait_for_answer(box, question) == "echo hello"


@pytest.mark.parametrize("status", [403, 400])
def test_a_message_that_webex_will_not_show_is_dropped(box: Box, serve: Serve, status: int) -> None:
    service = serve()
    service.wait_until_connected()
    box.control("POST", "faults", method="GET", path="/conversation/", status=status, times=1)
    box.say("hidden")
    wait_until(lambda: [row.state for row in rows(service.database)] == [InboxState.DROPPED])
