"""Which open alerts are meant: by number, or those that the thread is about."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any

from sqlmodel import Session, col, or_, select

from commands.context import Context
from commands.errors import NotFound, NotUnderstood
from commands.parameters import Parameter
from commands.until import Tail, is_span
from commands.words import Words
from hub.scope import Scope
from hub.tables import customer
from notifications import dealing
from storage.tables import OpenAlert, Space
from templates.catalogue import N_

Found = Sequence[tuple[OpenAlert, str]]
"""Alerts, each with the name of its customer."""

MOST = 50
"""Alerts that one command may name."""


class AlertsParameter(Parameter):
    """Numbers of alerts, then `until WHEN` and `because REASON`."""

    greedy = True

    def __init__(self, usage: str) -> None:
        self.usage = usage

    def take(self, words: Words) -> Tail:
        """Take everything."""
        return Tail.of(words.take_all())


AlertsOnly = Annotated[Tail, AlertsParameter(N_("[ID…] [because REASON]"))]
AlertsUntil = Annotated[Tail, AlertsParameter(N_("[ID…] until WHEN [because REASON]"))]


def numbers_of(words: Sequence[str]) -> tuple[list[int], list[str]]:
    """Return the numbers of alerts at the beginning, and the words behind them; `3 days` is no alert."""
    found: list[int] = []
    for place, word in enumerate(words):
        bare = word.strip(",").removeprefix("#")
        if not (bare.isdecimal() and len(bare) < 10) or is_span(words[place:]):
            return found, list(words[place:])
        found.append(int(bare))
    return found, []


def only_numbers(words: Sequence[str], example: str) -> list[int]:
    """Return the numbers of alerts.

    Raises:
        NotUnderstood: a word is none.
    """
    found, rest = numbers_of(words)
    if rest:
        raise NotUnderstood(
            N_("“%(word)s” is no number of an alert."),
            hint=N_("alerts lists them. For example: %(example)s"),
            suggestions=["alerts"],
            word=rest[0][:80],
            example=example,
        )
    return found


def within_reach(ctx: Context) -> Any:
    """The condition on alerts: those of this space; one-to-one also those of one's own spaces, and one's own."""
    if ctx.space.kind != "direct":
        return col(OpenAlert.room_id) == ctx.here
    me = ctx.person.email
    own = select(Space.room_id).where(Space.owner_email == me)
    return or_(
        col(OpenAlert.room_id) == ctx.here,
        col(OpenAlert.room_id).in_(own),
        col(OpenAlert.assigned_to) == me,
        col(OpenAlert.escalate_to) == me,
    )


def chosen(ctx: Context, session: Session, numbers: Sequence[int]) -> Found:
    """Return the open alerts of these numbers, or, without any, those that the thread is about.

    Raises:
        NotFound: one is not open here, or is about a customer that not everybody here may see.
        NotUnderstood: no number is given, and the thread is about no alert.
    """
    condition = within_reach(ctx)
    if not numbers:
        alerts = dealing.of_thread(session, ctx.thread) if ctx.thread else []
        wanted = [alert.id or 0 for alert in alerts]
        if not wanted:
            raise NotUnderstood(
                N_("Which alert? In the thread of an open alert its number may be left out."),
                hint=N_("alerts lists what is open, with numbers."),
                suggestions=["alerts"],
            )
    else:
        wanted = list(dict.fromkeys(numbers))[:MOST]
    found = named(ctx, session, col(OpenAlert.id).in_(wanted), condition)
    missing = [number for number in wanted if number not in {alert.id for alert, _ in found}]
    if missing and (numbers or not found):
        raise NotFound(
            N_("No alert %(number)s is open here."),
            hint=N_("alerts lists what is open, with numbers."),
            suggestions=["alerts"],
            number=missing[0],
        )
    return found


def named(ctx: Context, session: Session, *conditions: Any, regional: bool = False) -> Found:
    """Return the open alerts that meet conditions, about customers that everybody here may see."""
    scope = ctx.scope if regional else replace(ctx.scope, region=None)
    wanted = (
        select(OpenAlert, customer.c.name)
        .join(customer, customer.c.org_id == col(OpenAlert.org_id))
        .where(col(OpenAlert.closed_at).is_(None), _visible(scope), *conditions)
        .order_by(col(OpenAlert.acknowledged_at).is_not(None), col(OpenAlert.opened_at).desc(), col(OpenAlert.id))
    )
    return [(alert, name) for alert, name in session.execute(wanted).all()]


def _visible(scope: Scope) -> Any:
    return scope.customers()
