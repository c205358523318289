"""Arrivals in, messages out: the `Handler` that the socket and the webhook hand their arrivals to."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from time import perf_counter

from structlog.contextvars import bound_contextvars

from bot.arrival import Arrival, Prepared
from bot.attached import Attachments
from bot.dispatch import Answer, Dispatcher, Plan, Request, failure, line_of, problem, source_problem
from bot.errors import WebexError
from bot.people import People
from bot.spaces import Spaces
from bot.working import Edit, Patience, Working
from commands.choices import products_of, region_of
from commands.context import SpaceView
from commands.errors import CommandError
from commands.reply import Rendered
from hub.access import Needs
from hub.errors import SourceError
from hub.measures import ANSWERS, MESSAGES
from notifications import keys
from notifications.correlation import of_request
from notifications.outbox import Message, Outgoing
from storage.tables import Person, Space
from templates.catalogue import N_
from templates.escape import markdown
from templates.texts import Texts

RUN = "run"
"""Key under which a button's data hold the command it types."""
PRIVATELY = "privately"
"""Key that asks for the answer one-to-one."""


@dataclass(frozen=True)
class Defaults:
    """What a reader gets who chose nothing."""

    language: str = "en"
    zone: str = "UTC"


class Answering:
    """Turns an arrival into a request, and the answer into messages in its thread."""

    def __init__(
        self,
        dispatcher: Dispatcher,
        people: People,
        spaces: Spaces,
        clock: Callable[[], datetime],
        own_name: str,
        defaults: Defaults,
        tell: Callable[[Outgoing], None] = lambda _: None,
        attachments: Attachments | None = None,
        edit: Edit = lambda _cause, _room, _text: None,
        patience: Patience | None = None,
    ) -> None:
        self._dispatcher = dispatcher
        self._people = people
        self._spaces = spaces
        self._clock = clock
        self._own_name = own_name
        self._defaults = defaults
        self._tell = tell
        self._attachments = attachments
        self._edit = edit
        self._patience = patience or Patience()

    def prepare(self, arrival: Arrival) -> Prepared:
        """Find out what an arrival asks for; what is wrong with it becomes its answer.

        Whatever is logged about it, until its answers are delivered, carries one correlation id.
        """
        began, correlation = perf_counter(), of_request(arrival.id)
        MESSAGES.labels("message" if arrival.inputs is None else "click").inc()
        with bound_contextvars(correlation=correlation):
            prepared = self._prepare(arrival)

        def run() -> Sequence[Outgoing]:
            with bound_contextvars(correlation=correlation):
                answers = prepared.run()
            ANSWERS.observe(perf_counter() - began)
            return answers

        return Prepared(prepared.effects, run)

    def _prepare(self, arrival: Arrival) -> Prepared:
        texts = Texts(self._defaults.language, self._defaults.zone)
        working = Working(arrival, self._tell, self._edit)
        try:
            request = self._request(arrival, working)
            texts = request.texts
            plan = self._dispatcher.plan(request)
        except CommandError as error:
            refused = self._dispatcher.refused(error, texts)
        except (SourceError, WebexError) as error:
            refused = problem(source_problem(getattr(error, "source", "Webex")), texts)
        except Exception:
            # Whatever it was, its sender gets an answer and the log the detail.
            refused = failure(texts)
        else:
            return Prepared(plan.match.command.effects, lambda: self._messages(arrival, self._run(plan, working), plan))
        return Prepared(effects=False, run=lambda: self._messages(arrival, refused))

    def _run(self, plan: Plan, working: Working) -> Answer:
        texts = plan.context.texts
        with self._patience.watch(lambda: working.overdue(texts)):
            answer = self._dispatcher.run(plan)
        working.done(texts)
        return answer

    def interrupted(self, arrival: Arrival) -> Sequence[Outgoing]:
        """Tell the sender that a command may or may not have done its work, and let them decide."""
        request = self._request(arrival)
        error = CommandError(
            N_("I was stopped while I worked on “%(line)s”, and cannot tell whether it took effect."),
            hint=N_("Please look, and ask again if it did not."),
            suggestions=[request.text],
            line=request.text,
        )
        return self._messages(arrival, problem(error, request.texts))

    def _request(self, arrival: Arrival, working: Working | None = None) -> Request:
        now = self._clock()
        inputs = dict(arrival.inputs or {})
        text = inputs.pop(RUN, "") if arrival.inputs is not None else arrival.text
        privately = inputs.pop(PRIVATELY, None) is not None
        space = self._spaces.get(arrival.room_id, arrival.room_type)
        own = self._people.read(arrival.person_email, now)
        person = self._people.as_member(own)
        language = _first(own, space, "language")
        return Request(
            id=arrival.id,
            person=person,
            space=SpaceView(arrival.room_id, arrival.room_type),
            audience=lambda: self._spaces.audience(arrival.room_id),
            text=line_of(text, self._own_name),
            texts=Texts(language or self._defaults.language, _first(own, space, "time_zone") or self._defaults.zone),
            chose_language=language is not None,
            region=region_of(own, space),
            products=products_of(own, space),
            inputs=inputs,
            privately=privately,
            thread=arrival.root_id,
            attached=self._attachments.of(arrival) if self._attachments else lambda _: (),
            tell=working.tell if working else lambda _: None,
        )

    def _messages(self, arrival: Arrival, answer: Answer, plan: Plan | None = None) -> list[Outgoing]:
        moved = arrival.room_type == "group" and plan is not None and plan.context.space.kind == "direct"
        target = arrival.person_email if moved else arrival.room_id
        parent = None if moved else arrival.root_id
        audience = plan.audience.for_record(answer.needs) if plan and answer.needs is not Needs.NOTHING else None
        return [
            Outgoing(keys.answer(arrival.id, part), target, message, parent_id=parent, audience=audience)
            for part, message in enumerate(_parts(answer.rendered))
        ]


def _parts(rendered: Rendered) -> Sequence[Message]:
    """One message holds one card or one file (Webex API reference, POST /messages)."""
    if rendered.card is None and rendered.files:
        first, *others = rendered.files
        said = Message(rendered.markdown, file=first.path, file_name=first.name)
    else:
        said, others = Message(rendered.markdown, rendered.card), list(rendered.files)
    return [said, *(Message(markdown(file.said), file=file.path, file_name=file.name) for file in others)]


def _first(one: Person | Space | None, other: Person | Space | None, field: str) -> str | None:
    """A choice made on the first, else on the second."""
    return next((value for each in (one, other) if each and (value := getattr(each, field))), None)
