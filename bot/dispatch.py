"""From a request to its answer: which command, may they, run it, in which words."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from time import perf_counter
from typing import Any
from uuid import uuid4

import structlog

from commands.context import Attached, Context, Services, SpaceView
from commands.errors import Ambiguous, CommandError, NotAllowed, NotFound
from commands.filters import saved_filters
from commands.registry import Match, Registry
from commands.reply import Rendered, Reply, rendered
from commands.report_templates import own_reports
from commands.words import normalise
from hub.access import Needs, may, sees_everyone
from hub.errors import SourceError
from hub.measures import COMMANDS
from hub.products import BOTH
from hub.scope import Scope
from notifications.audience import Audience, Member
from notifications.notes import Note, notes_of
from templates.catalogue import N_
from templates.texts import Texts

log = structlog.get_logger()


@dataclass(frozen=True)
class Request:
    """A command that somebody wants run."""

    id: str
    """Identity of the message or click."""
    person: Member
    space: SpaceView
    audience: Callable[[], Audience]
    """Who reads what is said in the space; asked only where it matters, since it may take a call to Webex."""
    text: str
    texts: Texts
    """The reader's language, unless the command's name asks for another."""
    chose_language: bool = False
    """The reader chose it; a Spanish command name then changes nothing."""
    region: str | None = None
    products: frozenset[str] = BOTH
    """What sections show where the command names no product."""
    today: date | None = None
    inputs: Mapping[str, str] = field(default_factory=dict)
    attached: Callable[[str | None], Sequence[Attached]] = lambda _: ()
    """Finds the files of a message of the space; of the command's own where none is named."""
    tell: Callable[[str], None] = lambda _: None
    """Says in the thread, while the command runs, how far it has come."""
    thread: str | None = None
    """Id of the message that starts the thread in which it was typed or pressed."""
    privately: bool = False
    """The answer is wanted one-to-one instead of in the space; what has effects there is not."""


@dataclass(frozen=True)
class Plan:
    """A command found, understood and allowed."""

    match: Match
    context: Context
    arguments: Mapping[str, Any]
    audience: Audience

    @property
    def needs(self) -> Needs:
        """What it takes to see the answer."""
        return self.match.command.access.see


@dataclass(frozen=True)
class Answer:
    """What to say, and the data behind it."""

    rendered: Rendered
    data: Callable[[], Mapping[str, Any]] = dict
    needs: Needs = Needs.NOTHING
    ok: bool = True


class Dispatcher:
    """Finds, authorises and runs commands. Deny by default."""

    def __init__(self, registry: Registry, services: Services, clock: Callable[[], datetime]) -> None:
        self._registry = registry
        self._services = services
        self._clock = clock

    def plan(self, request: Request) -> Plan:
        """Find what a request asks for and check that its sender, and everybody who will read it, may have it.

        Raises:
            CommandError: it is not understood or not allowed.
        """
        match = self._registry.find(request.text)
        try:
            return self._plan(request, match)
        except CommandError as error:
            error.texts = _texts(request, match)
            raise

    def _plan(self, request: Request, match: Match) -> Plan:
        needs, to_see = match.command.access.run, match.command.access.see
        if not may(request.person.roles, needs) or (request.person.outsider and needs is not Needs.NOTHING):
            raise _not_your_role(request.person, match)
        private = request.privately and not match.command.effects
        alone = private or request.space.kind == "direct" or to_see is Needs.NOTHING
        audience = Audience.of_one(request.person) if alone else request.audience()
        excluded = audience.excluded(to_see)
        if excluded:
            raise NotAllowed(
                N_("Not everybody in this space may see the answer: %(names)s."),
                hint=None if match.command.effects else N_("I can answer you one-to-one."),
                privately=None if match.command.effects else request.text,
                names=", ".join(sorted(member.name for member in excluded)),
            )
        now = self._clock()
        context = Context(
            person=request.person,
            space=replace(request.space, kind="direct") if private else request.space,
            audience=audience,
            scope=Scope(
                today=request.today or now.date(),
                assigned_to=audience.assigned_to | _bound(request.person),
                region=request.region,
                thresholds=self._services.thresholds,
            ),
            texts=_texts(request, match),
            now=now,
            services=self._services,
            line=f"{match.command.name} {match.rest}".strip(),
            request_id=request.id,
            inputs=request.inputs,
            attached=request.attached,
            tell=request.tell,
            thread=request.thread,
            products=request.products,
        )
        arguments = match.command.arguments(
            match.rest, lambda: saved_filters(context, request.space), lambda: own_reports(context, request.space)
        )
        return Plan(match, context, arguments, audience)

    def run(self, plan: Plan) -> Answer:
        """Run a planned command; what goes wrong becomes an answer."""
        started = perf_counter()
        outcome = "answered"
        try:
            reply = plan.match.run(plan.context, plan.arguments)
            notes = self._notes(plan, regional=reply.regional) if reply.bounded else ()
            words = rendered(reply, plan.context.texts, notes, self._registry.in_spanish)
            return Answer(words, reply.data, reply.needs or plan.needs)
        except CommandError as error:
            outcome = "refused"
            searched = isinstance(error, NotFound | Ambiguous)
            return self.refused(error, plan.context.texts, self._notes(plan) if searched else ())
        except SourceError as error:
            outcome = "source unavailable"
            return problem(source_problem(error.source), plan.context.texts)
        except Exception:
            # The last line between a fault and a silent bot; the detail is for the log alone.
            outcome = "failed"
            return failure(plan.context.texts)
        finally:
            COMMANDS.labels(plan.match.command.name, outcome).inc()
            log.info(
                "handled a command",
                action="command",
                command=plan.match.command.name,
                outcome=outcome,
                milliseconds=round((perf_counter() - started) * 1000, 1),
            )

    def _notes(self, plan: Plan, *, regional: bool = True) -> Sequence[Note]:
        """Say what an answer about customers leaves out, and why."""
        command, context = plan.match.command, plan.context
        if command.effects or plan.needs is Needs.NOTHING:
            return ()
        others = plan.audience.bounding(context.person)
        return notes_of(
            others,
            context.scope.region if regional else None,
            context.texts,
            privately=context.line,
            stale_since=self._services.stale_since(context.now),
        )

    def answer(self, request: Request) -> Answer:
        """Plan and run."""
        try:
            plan = self.plan(request)
        except CommandError as error:
            return self.refused(error, request.texts)
        except SourceError as error:
            return problem(source_problem(error.source), request.texts)
        return self.run(plan)

    def refused(self, error: CommandError, texts: Texts, notes: Sequence[Note] = ()) -> Answer:
        """Say what cannot be done; commands are called as the reader calls them."""
        return problem(error, texts, notes, self._registry.in_spanish)


_COMMANDS = ("command", "example", "suggestion")
"""Values of errors that are commands as they were declared."""


def problem(
    error: CommandError, texts: Texts, notes: Sequence[Note] = (), in_spanish: Callable[[str], str] = str
) -> Answer:
    """Say what cannot be done, how to mend it, and offer a way on."""
    texts = error.texts or texts
    called = in_spanish if texts.language == "es" else str
    values = {name: value(texts) if callable(value) else value for name, value in error.values.items()}
    values |= {name: called(str(values[name])) for name in _COMMANDS if name in values}
    view = {
        "text": texts(error.text, **values),
        "hint": texts(error.hint, **values) if error.hint else None,
        "buttons": [(called(command), command) for command in error.suggestions],
        "choices": list(error.choices) if isinstance(error, Ambiguous) else [],
        "privately": error.privately if isinstance(error, NotAllowed) else None,
    }
    reply = Reply("problem", view=view, needs=Needs.CUSTOMERS if view["choices"] else None)
    return Answer(
        rendered(reply, texts, notes, in_spanish),
        lambda: {"error": view["text"], "hint": view["hint"]},
        reply.needs or Needs.NOTHING,
        ok=False,
    )


def failure(texts: Texts) -> Answer:
    """Apologise with a reference that finds the detail in the log."""
    reference = uuid4().hex[:8]
    log.exception("a command failed", action="failure", reference=reference)
    return problem(
        CommandError(
            N_("Something went wrong on my side; nothing of it is your fault."),
            hint=N_("Please try again. If it stays, tell the bot's owner this reference: %(reference)s"),
            reference=reference,
        ),
        texts,
    )


def source_problem(source: str) -> CommandError:
    """Say that Webex or the feed did not do what was asked of it."""
    return CommandError(
        N_("%(source)s does not answer as it should right now, so I did not do this."),
        hint=N_("Try again in a minute; status tells how things are."),
        suggestions=["status"],
        source=source,
    )


def _not_your_role(person: Member, match: Match) -> NotAllowed:
    if not person.roles:
        return NotAllowed(
            N_("I show customer data only to people with a partner role, and I see none for you."),
            hint=N_("A partner full administrator can give you one: Users › Roles & security › Administrator roles."),
        )
    return NotAllowed(
        N_("Your partner role does not cover “%(command)s”."),
        hint=N_("Type help to see what you can use."),
        suggestions=["help"],
        command=match.command.name,
    )


def _bound(person: Member) -> frozenset[str]:
    return frozenset() if sees_everyone(person.roles) else frozenset({person.email})


def _texts(request: Request, match: Match) -> Texts:
    if match.in_spanish and not request.chose_language:
        return Texts("es", request.texts.zone)
    return request.texts


def line_of(text: str, own_name: str) -> str:
    """Return what was typed without the bot's own name, which a mention puts in front."""
    typed = normalise(text)
    if own_name and typed.casefold().startswith(own_name.casefold()):
        typed = typed[len(own_name) :].lstrip(" ,:")
    return (typed.strip("?¿! ") and typed) or "help"
