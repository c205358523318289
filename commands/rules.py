"""The rules of a space, or of a person one-to-one: made, listed, changed and tried out."""

from typing import Annotated, Any

from sqlmodel import Session, col, select

from commands.context import Context
from commands.errors import NotFound, NotUnderstood
from commands.parameters import NumberParameter
from commands.registry import command
from commands.reply import Reply
from commands.rule_forms import Filled, empty, form, read_form
from commands.rule_views import view_of
from commands.rule_words import EXAMPLE, RuleWords, Typed, default_days
from hub.access import Needs
from hub.filters import Filter, parse
from hub.tables import customer
from notifications.kinds import DEFAULT_DAYS, Nearing
from notifications.replay import replay
from notifications.rules import HOURLY_CAP, changed, record_of
from storage.tables import Audit, Deed, Rule, Space
from templates.catalogue import N_

Number = Annotated[int, NumberParameter()]

NAMED = 5
"""Customers that a preview names."""


@command(
    "rules",
    aliases=["reglas"],
    summary=N_("What this space is told"),
    examples=["rules"],
)
def rules(ctx: Context) -> Reply:
    """List the rules of the space."""
    with ctx.read() as session:
        return listed(ctx, "rules", rules_of(session, ctx))


@command(
    "rule new",
    aliases=["regla nueva"],
    summary=N_("A new rule: which events, of which customers, told at once or in a digest"),
    examples=[
        EXAMPLE,
        "rule new trials calling daily at 09:00",
        "rule new suspended overage quiet 22:00-07:00 max 10 region:EU",
    ],
    effects=True,
)
def rule_new(ctx: Context, typed: Typed = None) -> Reply:
    """Make a rule; where nothing is typed, show a form for it."""
    form_id = ctx.inputs.get("form_id", "")
    if typed is None and not form_id:
        return form(ctx, None, ctx.request_id, empty(None), {})
    filled = Filled(typed) if typed else read_form(ctx)
    if filled.problems:
        return form(ctx, None, form_id, ctx.inputs, filled.problems)
    rule = Rule(
        room_id=ctx.here,
        events=[],
        hourly_cap=HOURLY_CAP,
        created_by=ctx.person.email,
        created_at=ctx.now,
    )
    _apply(rule, filled.words)
    rule.where = str(filled.words.where)
    with ctx.write() as session:
        key = f"rule new:{form_id}"
        deed = session.get(Deed, key) if form_id else None
        if deed:
            return listed(ctx, "made", [_rule(session, ctx, deed.outcome["rule"])])
        session.get_one(Space, ctx.here).owner_email = _owner(session, ctx)
        session.add(rule)
        session.flush()
        if form_id:
            session.add(Deed(key=key, at=ctx.now, who=ctx.person.email, outcome={"rule": rule.id}))
        session.add(_audit(ctx, "rule new", rule, after=record_of(rule)))
    return listed(ctx, "made", [rule])


@command(
    "rule edit",
    aliases=["regla editar"],
    summary=N_("Change a rule; what is not named stays"),
    examples=["rule edit 3 expiring at 60,30", "rule edit 3 weekly monday at 09:00"],
    effects=True,
)
def rule_edit(ctx: Context, number: Number, typed: Typed = None) -> Reply:
    """Change what was typed of a rule, or show it as a form."""
    with ctx.read() as session:
        known = _rule(session, ctx, number)
    if typed is None and "form_id" not in ctx.inputs:
        return form(ctx, known.id, ctx.request_id, empty(known), {})
    filled = Filled(typed) if typed else read_form(ctx)
    if filled.problems:
        return form(ctx, known.id, ctx.inputs["form_id"], ctx.inputs, filled.problems)
    wanted = filled.words
    with ctx.write() as session:
        rule = _rule(session, ctx, number)
        before = record_of(rule)
        _apply(rule, wanted)
        if typed is None or wanted.where != Filter.everything:
            rule.where = str(wanted.where)
        after = record_of(rule)
        if after != before:
            changed(session, rule, ctx.now)
            session.add(_audit(ctx, "rule edit", rule, before, after))
    return listed(ctx, "changed", [rule])


@command(
    "rule pause",
    aliases=["regla pausar"],
    summary=N_("Let a rule tell nothing for a while"),
    examples=["rule pause 3"],
    effects=True,
)
def rule_pause(ctx: Context, number: Number) -> Reply:
    """Pause a rule: what happens meanwhile it does not tell."""
    return _pause(ctx, number, paused=True)


@command(
    "rule resume",
    aliases=["regla reanudar"],
    summary=N_("Go on with a paused rule"),
    examples=["rule resume 3"],
    effects=True,
)
def rule_resume(ctx: Context, number: Number) -> Reply:
    """Resume a rule: it tells what happens from now on."""
    return _pause(ctx, number, paused=False)


@command(
    "rule delete",
    aliases=["regla borrar"],
    summary=N_("Delete a rule"),
    examples=["rule delete 3"],
    effects=True,
)
def rule_delete(ctx: Context, number: Number) -> Reply:
    """Delete a rule; undo brings it back."""
    with ctx.write() as session:
        rule = _rule(session, ctx, number)
        changed(session, rule, ctx.now)
        session.add(_audit(ctx, "rule delete", rule, before=record_of(rule)))
        session.delete(rule)
    return listed(ctx, "deleted", [rule])


@command(
    "rule preview",
    aliases=["regla probar"],
    summary=N_("Try a rule out: whom it covers, where it posts, how many messages a week"),
    examples=["rule preview 3"],
)
def rule_preview(ctx: Context, number: Number) -> Reply:
    """Say whom a rule covers today, where it posts, and what it would have sent over the recorded history."""
    with ctx.read() as session:
        rule = _rule(session, ctx, number)
        covered = session.connection().execute(
            select(customer.c.org_id, customer.c.name)
            .where(parse(rule.where).condition(ctx.scope.today), ctx.scope.customers())
            .order_by(customer.c.name, customer.c.org_id)
        )
        rows = [{"customer": row.name, "org_id": row.org_id} for row in covered]
        space = session.get_one(Space, ctx.here)
        sent = replay(session, rule, ctx.audience, space.time_zone or ctx.texts.zone, ctx.services.pacing, ctx.now)
    moved = bool(ctx.audience.excluded(Needs.READ))
    return Reply(
        "rule_preview",
        view={
            "rule": view_of(rule, ctx.texts),
            "customers": len(rows),
            "named": [row["customer"] for row in rows[:NAMED]],
            "group": ctx.space.kind == "group",
            "owner": space.owner_email if moved else None,
            "sent": sent,
        },
        data=lambda: {
            "id": rule.id,
            "customers": len(rows),
            "posts_to": (space.owner_email if moved else ctx.here),
            "messages": sent.messages,
            "days": sent.days,
            "messages_a_week": sent.a_week,
            "rows": rows,
        },
    )


def rules_of(session: Session, ctx: Context) -> list[Rule]:
    """Return the rules of the space."""
    return list(session.scalars(select(Rule).where(Rule.room_id == ctx.here).order_by(col(Rule.id))))


def listed(ctx: Context, outcome: str, found: list[Rule]) -> Reply:
    """Answer with rules, below what was done."""
    return Reply(
        "rules",
        view={"outcome": outcome, "rules": [view_of(rule, ctx.texts) for rule in found]},
        data=lambda: {"rows": [record_of(rule) for rule in found]},
        bounded=False,
    )


def _rule(session: Session, ctx: Context, number: int) -> Rule:
    rule = session.get(Rule, number)
    if rule is None or rule.room_id != ctx.here:
        raise NotFound(
            N_("This space has no rule %(number)s."),
            hint=N_("rules lists them."),
            suggestions=["rules"],
            number=number,
        )
    return rule


def _apply(rule: Rule, wanted: RuleWords) -> None:
    """Give a rule what was typed.

    Raises:
        NotUnderstood: it would have no events.
    """
    fields = wanted.fields
    events = fields.get("events", rule.events)
    if not events:
        raise NotUnderstood(
            N_("Which events should it tell? A rule without any would say nothing."),
            hint=N_("For example: %(example)s"),
            suggestions=["rule new"],
            example=EXAMPLE,
        )
    for name, value in fields.items():
        setattr(rule, name, value)
    kept = {**default_days(events), **rule.thresholds} if "thresholds" not in fields else {}
    given = fields.get("thresholds", {})
    rule.thresholds = {
        kind: given.get(kind) or kept.get(kind) or list(DEFAULT_DAYS) for kind in map(str, Nearing) if kind in events
    }


def _pause(ctx: Context, number: int, *, paused: bool) -> Reply:
    what = "rule pause" if paused else "rule resume"
    with ctx.write() as session:
        rule = _rule(session, ctx, number)
        if rule.paused != paused:
            before = record_of(rule)
            rule.paused = paused
            changed(session, rule, ctx.now)
            session.add(_audit(ctx, what, rule, before, record_of(rule)))
    return listed(ctx, "paused" if paused else "resumed", [rule])


def _owner(session: Session, ctx: Context) -> str:
    """Return whom a space belongs to: who makes its first rule, where nobody has subscribed it."""
    return session.get_one(Space, ctx.here).owner_email or ctx.person.email


def _audit(
    ctx: Context,
    what: str,
    rule: Rule,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> Audit:
    return Audit(
        at=ctx.now,
        who=ctx.person.email,
        what=what,
        target=f"rule:{rule.id}",
        before=before or {},
        after=after or {},
        room_id=ctx.here,
    )


COMMANDS = (rules, rule_new, rule_edit, rule_pause, rule_resume, rule_delete, rule_preview)
