"""Silences of a space: begun with an end and a reason, listed, and ended before their time."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Annotated, Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from commands.choose import the_customer
from commands.chosen_alerts import chosen, named
from commands.context import Context
from commands.errors import CommandError, NotFound, NotUnderstood
from commands.parameters import (
    NumberParameter,
    Page,
    Parameter,
    TextParameter,
    filter_not_understood,
    read_filter,
)
from commands.registry import command
from commands.reply import Reply
from commands.tables import Paging, without_page
from commands.until import Tail, until
from commands.words import Words, unquote
from hub.audit import CUSTOMER
from hub.filters import Filter, FilterError
from hub.tables import customer
from notifications import dealing
from notifications import silences as kept
from notifications.outbox import enqueue
from storage.tables import Audit, Deed, OpenAlert, Silence
from templates.catalogue import N_

EXAMPLE = "silence Acme until monday because they know"
PAGE_SIZE = 5
_WEEK = timedelta(days=8)
OFFERED = 20
"""Customers that the form offers."""


@dataclass(frozen=True)
class Wanted:
    """Whom to silence, as typed: a filter, or words that may name a customer; until when and why."""

    where: Filter | None
    name: str
    tail: Tail


class WantedParameter(Parameter):
    """`CUSTOMER|FILTER until WHEN [because REASON]`."""

    usage = N_("CUSTOMER|FILTER until WHEN [because REASON]")
    greedy = True

    def take(self, words: Words) -> Wanted | None:
        """Take everything.

        Raises:
            NotUnderstood: the filter is none.
        """
        typed = words.take_all()
        if not typed:
            return None
        tail = Tail.of(typed)
        terms = " ".join(tail.before)
        if not any(mark in terms for mark in (":", "@", "<", ">", "=")):
            return Wanted(None, unquote(terms), tail)
        try:
            return Wanted(read_filter(terms, words.saved), "", tail)
        except FilterError as error:
            raise filter_not_understood(error) from error


Silenced = Annotated[Wanted | None, WantedParameter()]
Number = Annotated[int, NumberParameter()]
Customer = Annotated[str, TextParameter(N_("[CUSTOMER]"))]


@command(
    "silence",
    aliases=["silenciar"],
    summary=N_("Say nothing of a customer, or of those a filter chooses, until a time"),
    examples=[EXAMPLE, "silence tag:demo until 30/11 because of the fair"],
    effects=True,
)
def silence(ctx: Context, typed: Silenced = None) -> Reply:
    """Begin a silence in the space; one of the same customers ends for it."""
    form_id = ctx.inputs.get("form_id", "")
    if typed is None and not form_id:
        raise NotUnderstood(N_("Silence whom, and until when?"), hint=N_("For example: %(example)s"), example=EXAMPLE)
    org_id, where, end_typed, reason = _typed(ctx, typed) if typed else _filled(ctx)
    end = until(end_typed, ctx.now, ctx.texts, ctx.services.longest_silence)
    key = f"silence:{form_id}"
    with ctx.write() as session:
        deed = session.get(Deed, key) if form_id else None
        if deed:
            return _listed(ctx, session, "silenced", session.get_one(Silence, deed.outcome["silence"]))
        wanted = Silence(
            room_id=_room(ctx, session),
            org_id=org_id,
            where=where,
            begins_at=ctx.now,
            until=end,
            reason=reason,
            created_by=ctx.person.email,
            created_at=ctx.now,
        )
        known = {each.id: kept.record_of(each) for each in kept.holding(session, wanted.room_id, ctx.now)}
        begun, ended = kept.begin(session, wanted)
        if begun is wanted:
            before = known[ended[-1].id] if ended else {}
            _note(ctx, session, "silence", begun, before, kept.record_of(begun))
        if form_id:
            session.add(Deed(key=key, at=ctx.now, who=ctx.person.email, outcome={"silence": begun.id}))
        return _listed(ctx, session, "silenced" if begun is wanted else "was_silenced", begun)


@command(
    "silence form",
    aliases=["silenciar formulario"],
    summary=N_("The form of a silence"),
    examples=["silence form Acme"],
    shown=False,
)
def silence_form(ctx: Context, name: Customer = "") -> Reply:
    """Ask for end and reason of a silence: of a customer, or of one that the thread is about."""
    number = ""
    if name:
        row = the_customer(ctx, name, lambda found: f"silence form {found.org_id}")
        choices = {row.org_id: row.customer}
    else:
        with ctx.read() as session:
            found = chosen(ctx, session, [])
        choices = {alert.org_id or "": shown for alert, shown in found[:OFFERED]}
        number = str(found[0][0].id)
    return Reply(
        "silence_form",
        view={
            "form_id": ctx.request_id,
            "alert": number,
            "customers": list(choices.items()),
            "until": until("7 days", ctx.now, ctx.texts, max(ctx.services.longest_silence, _WEEK)).date().isoformat(),
        },
        data=lambda: {"customers": list(choices)},
        bounded=False,
    )


@command(
    "silences",
    aliases=["silencios"],
    summary=N_("What is silenced in this space, until when, by whom and why"),
    examples=["silences"],
)
def silences(ctx: Context, page: Page = 1) -> Reply:
    """List the silences that hold now."""
    with ctx.read() as session:
        return _listed(ctx, session, "silences", page=page)


@command(
    "unsilence",
    aliases=["quitar silencio"],
    summary=N_("End a silence; what it held back is told, if it still holds"),
    examples=["unsilence 3"],
    effects=True,
)
def unsilence(ctx: Context, number: Number) -> Reply:
    """End a silence now; one that is over stays over."""
    with ctx.write() as session:
        found = session.get(Silence, number)
        if found is None or found.room_id not in (ctx.here, *_own_rooms(ctx, session)):
            raise NotFound(
                N_("This space has no silence %(number)s."),
                hint=N_("silences lists them."),
                suggestions=["silences"],
                number=number,
            )
        before = kept.record_of(found)
        ended = kept.end(session, found, ctx.person.email, ctx.now)
        if ended:
            _note(ctx, session, "unsilence", found, before, kept.record_of(found))
        return _listed(ctx, session, "unsilenced" if ended else "was_unsilenced", found)


def _filled(ctx: Context) -> tuple[str | None, str, str, str | None]:
    """Read the fields of the form: customer, filter, end and reason."""
    row = the_customer(ctx, ctx.inputs.get("customer", ""), lambda found: f"silence form {found.org_id}")
    return row.org_id, "", ctx.inputs.get("until", ""), ctx.inputs.get("reason", "").strip() or None


def _typed(ctx: Context, typed: Wanted) -> tuple[str | None, str, str, str | None]:
    """Read what was typed: customer, filter, end and reason."""
    return *_whom(ctx, typed), typed.tail.when or "", typed.tail.reason


def _whom(ctx: Context, typed: Wanted) -> tuple[str | None, str]:
    """Return the customer or the filter that is meant.

    Raises:
        CommandError: nobody is named, or everybody.
    """
    if typed.where is None:
        if not typed.name:
            raise NotUnderstood(
                N_("That would silence everything."),
                hint=N_("Name a customer or a filter: %(example)s"),
                example=EXAMPLE,
            )
        tail = ctx.line.partition(typed.name)[2]
        return the_customer(ctx, typed.name, lambda row: f"silence {row.org_id}{tail}").org_id, ""
    scope = replace(ctx.scope, region=None)
    with ctx.read() as session:
        everybody = session.scalar(select(func.count()).select_from(customer).where(scope.customers())) or 0
        condition = typed.where.condition(ctx.scope.today)
        chosen_ones = select(func.count()).select_from(customer).where(scope.customers(), condition)
        fitting = session.scalar(chosen_ones) or 0
    if everybody > 1 and fitting == everybody:
        raise CommandError(
            N_("“%(filter)s” fits every customer, so it would silence everything."),
            hint=N_("Name a customer or a narrower filter: %(example)s"),
            filter=str(typed.where)[:80],
            example=EXAMPLE,
        )
    return None, str(typed.where)


def _room(ctx: Context, session: Session) -> str:
    """Return where it is silent: here, or where the alert comes from that the form was opened at."""
    number = ctx.inputs.get("alert", "")
    if not number.isdecimal():
        return ctx.here
    return chosen(ctx, session, [int(number)])[0][0].room_id


def _own_rooms(ctx: Context, session: Session) -> list[str]:
    return dealing.rooms_of(session, ctx.person.email) if ctx.space.kind == "direct" else []


def _note(
    ctx: Context, session: Session, what: str, found: Silence, before: dict[str, Any], after: dict[str, Any]
) -> None:
    """Write down who did it, and tell the threads of what is open about the customer."""
    session.add(
        Audit(
            at=ctx.now,
            who=ctx.person.email,
            what=what,
            target=f"{CUSTOMER}{found.org_id}" if found.org_id else f"silence:{found.id}",
            before=before,
            after=after,
            room_id=found.room_id,
        )
    )
    if found.org_id is None:
        return
    about = (col(OpenAlert.room_id) == found.room_id, col(OpenAlert.org_id) == found.org_id)
    alerts = [alert for alert, _ in named(ctx, session, *about)]
    texts = ctx.texts
    said = texts(N_("%(who)s ended the silence of this customer."), who=ctx.person.name)
    if what == "silence":
        form = N_("%(who)s silenced this customer until %(moment)s.")
        said = texts(form, who=ctx.person.name, moment=texts.moment(found.until))
        said += f" {texts(N_('Reason: %(reason)s'), reason=found.reason)}" if found.reason else ""
    enqueue(session, dealing.notes(session, alerts, said, ctx.request_id, ctx.thread), ctx.now)


def _listed(ctx: Context, session: Session, outcome: str, about: Silence | None = None, page: int = 1) -> Reply:
    room_id = about.room_id if about else ctx.here
    found = kept.holding(session, room_id, ctx.now)
    shown = found if about is None else [about] if outcome in ("silenced", "was_silenced") else []
    names = _names(ctx, session, [each.org_id for each in found if each.org_id])
    paging = Paging(page, len(shown), without_page(ctx.line), PAGE_SIZE)
    records = [kept.record_of(each) | {"customer": names.get(each.org_id or "")} for each in found]
    return Reply(
        "silences",
        view={
            "outcome": outcome,
            "rows": [
                {
                    "id": each.id,
                    "about": names.get(each.org_id or "", "")
                    or each.where
                    or ctx.texts(N_("a customer not shown here")),
                    "until": each.until,
                    "by": each.created_by,
                    "reason": each.reason,
                }
                for each in paging.of(shown)
            ],
            "paging": paging.view(),
        },
        data=lambda: {"total_rows": len(records), "rows": records},
        bounded=False,
    )


def _names(ctx: Context, session: Session, org_ids: list[str]) -> dict[str, str]:
    scope = replace(ctx.scope, region=None)
    wanted = select(customer.c.org_id, customer.c.name).where(customer.c.org_id.in_(org_ids), scope.customers())
    return {row.org_id: row.name for row in session.connection().execute(wanted)}


COMMANDS = (silence, silence_form, silences, unsilence)
