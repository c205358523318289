"""What is open, and dealing with it: acknowledge, put off, assign; the alert's thread hears who did it, and when."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated, Any

from sqlmodel import Session, col

from commands.chosen_alerts import AlertsOnly, AlertsUntil, Found, chosen, named, numbers_of, only_numbers, within_reach
from commands.context import Context
from commands.errors import CommandError, NotUnderstood
from commands.parameters import Page, Parameter
from commands.phrases import en, es
from commands.registry import command
from commands.reply import Reply
from commands.tables import Paging, without_page
from commands.until import until
from commands.words import Words
from hub.access import Needs
from hub.audit import CUSTOMER
from hub.names import fold
from notifications import dealing
from notifications.audience import Audience
from notifications.open_alerts import data_of, row_of
from notifications.outbox import Outgoing, enqueue
from notifications.reminders import texts_of, to_person
from notifications.route import visible
from notifications.snoozes import levels
from storage.tables import Audit, OpenAlert
from templates.catalogue import N_

PAGE_SIZE = 5
"""Alerts on a page: each has buttons of its own."""
SHOWN = 5
"""Alerts that an answer to dealing with them names."""


class MineParameter(Parameter):
    """`mine`: only what is assigned to the person."""

    usage = "[mine]"

    def take(self, words: Words) -> bool | None:
        """Take the word."""
        found = next((word for word in words if fold(word) in ("mine", "mias", "mios")), None)
        return bool(words.take(found)) if found else None


class AlertsAndPersonParameter(Parameter):
    """`ID… to EMAIL`, where the person may be `me`."""

    usage = N_("[ID…] to EMAIL|me")
    greedy = True

    def take(self, words: Words) -> tuple[list[int], str]:
        """Take everything.

        Raises:
            NotUnderstood: nobody is named.
        """
        typed = [word for word in words.take_all() if fold(word) not in ("to", "a", "al")]
        numbers, rest = numbers_of(typed)
        person = rest[0].strip("<>,").lower() if len(rest) == 1 else ""
        if fold(person) in ("me", "mi", "yo"):
            return numbers, "me"
        if "@" not in person:
            raise NotUnderstood(
                N_("Assign it to whom?"),
                hint=N_("For example: %(example)s"),
                example="assign 12 to ana@partner.example",
            )
        return numbers, person


Mine = Annotated[bool, MineParameter()]
AlertsAndPerson = Annotated[tuple[list[int], str], AlertsAndPersonParameter()]


@command(
    "alerts",
    aliases=["alertas"],
    summary=N_("What is open in this space, with buttons to deal with it"),
    examples=["alerts", "alerts mine"],
    phrases=[en("(what|which alerts) is open"), en("open alerts"), es("(que|que alertas) hay [abiertas]")],
)
def alerts(ctx: Context, mine: Mine = False, page: Page = 1) -> Reply:
    """List open alerts: what nobody acknowledged first, then the newest."""
    ctx.here  # noqa: B018  (asks for a space)
    conditions = [within_reach(ctx), *([col(OpenAlert.assigned_to) == ctx.person.email] if mine else [])]
    with ctx.read() as session:
        found = named(ctx, session, *conditions, regional=True)
    paging = Paging(page, len(found), without_page(ctx.line), PAGE_SIZE)
    return Reply(
        "alerts",
        view={
            "rows": [row_of(alert, name, ctx.now, ctx.texts) for alert, name in paging.of(found)],
            "paging": paging.view(),
            "mine": mine,
        },
        data=lambda: {"total_rows": len(found), "rows": [data_of(alert, name) for alert, name in found]},
    )


@command(
    "ack",
    aliases=["reconocer", "visto"],
    summary=N_("Say that an alert is seen: it is not repeated or escalated any more"),
    examples=["ack 12", "ack 12 13 because the customer pays on Friday"],
    effects=True,
)
def ack(ctx: Context, typed: AlertsOnly) -> Reply:
    """Acknowledge alerts, or those of the thread."""
    numbers = only_numbers([*typed.before, *(typed.when or "").split()], "ack 12")
    change = dealing.acknowledge(ctx.person.email, ctx.now, typed.reason)
    return _deal(ctx, "ack", numbers, lambda *_: change, N_("%(who)s acknowledged %(alerts)s."), typed.reason)


@command(
    "snooze",
    aliases=["posponer"],
    summary=N_("Put an alert off until a time; it comes back sooner if it becomes worse"),
    examples=["snooze 12 until monday", "snooze 12 for 3 days because we wait for the order"],
    effects=True,
)
def snooze(ctx: Context, typed: AlertsUntil) -> Reply:
    """Put alerts off; there is always an end."""
    numbers, rest = numbers_of(typed.before)
    end = until(typed.when or " ".join(rest), ctx.now, ctx.texts, ctx.services.longest_silence)
    if typed.when:
        only_numbers(typed.before, "snooze 12 until monday")

    def change(session: Session, found: Found) -> dealing.Change:
        now = levels(session, [alert for alert, _ in found], ctx.now, ctx.services.thresholds)
        return dealing.snooze(ctx.person.email, end, typed.reason, now)

    said = N_("%(who)s put off %(alerts)s until %(until)s.")
    return _deal(ctx, "snooze", numbers, change, said, typed.reason, until=end)


@command(
    "unsnooze",
    aliases=["no posponer", "reactivar alerta"],
    summary=N_("End the snooze of an alert"),
    examples=["unsnooze 12"],
    effects=True,
)
def unsnooze(ctx: Context, typed: AlertsOnly) -> Reply:
    """End snoozes before their time."""
    numbers = only_numbers(typed.before, "unsnooze 12")
    change = dealing.unsnooze(ctx.now)
    return _deal(ctx, "unsnooze", numbers, lambda *_: change, N_("%(who)s ended the snooze of %(alerts)s."), None)


@command(
    "assign",
    aliases=["asignar"],
    summary=N_("Give an alert to somebody, who is told one-to-one"),
    examples=["assign 12 to ana@partner.example", "assign 12 to me"],
    effects=True,
)
def assign(ctx: Context, typed: AlertsAndPerson) -> Reply:
    """Assign alerts to somebody who may see the customers they are about."""
    numbers, person = typed
    to = ctx.person.email if person == "me" else person
    audience = ctx.services.audiences(to) if person != "me" else ctx.audience
    with ctx.read() as session:
        found = chosen(ctx, session, numbers)
        org_ids = {alert.org_id for alert, _ in found if alert.org_id}
        bounding = audience.assigned_to
        seen = visible(session, bounding, org_ids, ctx.scope.today) if bounding else org_ids
    if person != "me" and (audience.excluded(Needs.READ) or seen != org_ids):
        raise CommandError(
            N_("%(person)s may not see the customer, so I cannot assign it to them."),
            hint=N_("Who may see whom is decided by partner roles: admins CUSTOMER shows them."),
            person=to,
        )
    change = dealing.assign(ctx.person.email, to)
    said = N_("%(who)s assigned %(alerts)s to %(person)s.")
    tell = None if to == ctx.person.email else audience
    return _deal(ctx, "assign", numbers, lambda *_: change, said, None, tell=tell, person=to)


def _deal(
    ctx: Context,
    what: str,
    numbers: list[int],
    change_of: Callable[[Session, Found], dealing.Change],
    said: str,
    reason: str | None,
    tell: Audience | None = None,
    **values: Any,
) -> Reply:
    """Change alerts, write down who did it, and tell their threads and, one-to-one, whom it concerns."""
    texts = ctx.texts
    shown = {name: texts.moment(value) if isinstance(value, datetime) else value for name, value in values.items()}
    with ctx.write() as session:
        found = chosen(ctx, session, numbers)
        change = change_of(session, found)
        before = {str(alert.id): dealing.record_of(alert) for alert, _ in found}
        changed = [(alert, name) for alert, name in found if change(alert)]
        if changed:
            session.add(_audit(ctx, what, changed, before, {"reason": reason, **values}))
            text = texts(said, who=ctx.person.name, alerts=_numbers(ctx, changed), **shown)
            text += f" {texts(N_('Reason: %(reason)s'), reason=reason)}" if reason else ""
            own = [alert for alert, _ in changed]
            enqueue(session, dealing.notes(session, own, text, ctx.request_id, ctx.thread), ctx.now)
            if tell and tell.members:
                enqueue(session, [_to_assignee(ctx, session, changed, tell)], ctx.now)
        rows = [row_of(alert, name, ctx.now, texts) for alert, name in found]
        data = [data_of(alert, name) for alert, name in found]
        session.flush()
    if changed:
        ctx.services.wake()
    title = texts(said, who=ctx.person.name, alerts=_numbers(ctx, changed), **shown) if changed else None
    return Reply(
        "dealt",
        view={
            "title": title or texts(N_("Nothing changed: it was so already.")),
            "reason": reason if changed else None,
            "when": texts.moment(ctx.now),
            "rows": rows[:SHOWN],
            "more": max(0, len(rows) - SHOWN),
            "changed": bool(changed),
        },
        data=lambda: {"changed": len(changed), "rows": data},
        bounded=False,
    )


def _to_assignee(ctx: Context, session: Session, found: Found, audience: Audience) -> Outgoing:
    email = audience.members[0].email
    texts = texts_of(session, email, ctx.texts)
    title = texts(N_("%(who)s assigned this to you"), who=ctx.person.name)
    return to_person(email, title, found, audience, f"assigned:{ctx.request_id}:{email}", ctx.now, texts)


def _numbers(ctx: Context, found: Found) -> str:
    if len(found) > SHOWN:
        return ctx.texts.count("%(n)s alert", "%(n)s alerts", len(found))
    return ", ".join(f"#{alert.id}" for alert, _ in found)


def _audit(ctx: Context, what: str, found: Found, before: Mapping[str, Any], facts: Mapping[str, Any]) -> Audit:
    (first, _), *others = found
    after = {str(alert.id): dealing.record_of(alert) for alert, _ in found}
    plain = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in facts.items()}
    return Audit(
        at=ctx.now,
        who=ctx.person.email,
        what=what,
        target=f"alert:{first.id}" if others else f"{CUSTOMER}{first.org_id}",
        before={"records": {number: before[number] for number in after}},
        after={"alerts": [int(number) for number in after], **plain, "records": after},
        room_id=first.room_id,
    )


COMMANDS = (alerts, ack, snooze, unsnooze, assign)
