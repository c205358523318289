"""What takes long says so: once, in one message that is edited, within Webex's limit of edits."""

import threading

from bot.arrival import Arrival
from bot.working import MOST_EDITS, Patience, Working
from notifications.outbox import Outgoing
from templates.texts import Texts


class Said:
    def __init__(self) -> None:
        self.told: list[Outgoing] = []
        self.edits: list[tuple[str, str, str]] = []
        self.working = Working(
            Arrival("message-1", "person", "ana@brightwater.example", "room", "group", "root", "kpis"),
            self.told.append,
            lambda *edit: self.edits.append(edit),
        )


def test_what_is_quick_says_nothing() -> None:
    said, patience = Said(), Patience(seconds=30)
    with patience.watch(lambda: said.working.overdue(Texts())):
        pass
    said.working.done(Texts())
    assert not said.told
    assert not said.edits


def test_what_takes_long_says_so_once_and_then_that_it_is_done() -> None:
    said, patience, overdue = Said(), Patience(seconds=0.02), threading.Event()

    def late() -> None:
        said.working.overdue(Texts())
        overdue.set()

    with patience.watch(late):
        assert overdue.wait(10)
    said.working.done(Texts("es"))
    (message,) = said.told
    assert (message.cause, message.parent_id) == ("progress:message-1", "root")
    assert [edit[:2] for edit in said.edits] == [("progress:message-1", "room")]


def test_progress_edits_the_one_message_and_leaves_an_edit_for_the_end() -> None:
    said = Said()
    for number in range(30):
        said.working.tell(f"{number} of 30")
    said.working.overdue(Texts())
    said.working.done(Texts())
    assert len(said.told) == 1
    assert len(said.edits) == MOST_EDITS
    assert "answer is below" in said.edits[-1][2]


def test_a_fault_in_what_is_said_does_not_stop_the_watch() -> None:
    patience, overdue = Patience(seconds=0.02), threading.Event()

    def fails() -> None:
        raise ValueError

    with patience.watch(fails), patience.watch(overdue.set):
        assert overdue.wait(10)


def test_one_answer_after_another_is_watched() -> None:
    patience = Patience(seconds=0.02)
    for _ in range(3):
        overdue = threading.Event()
        with patience.watch(overdue.set):
            assert overdue.wait(10)
