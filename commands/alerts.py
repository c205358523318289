"""What a space is told by itself: subscribing to alerts, and the rules it has."""

from typing import Any

from sqlmodel import Session, col, select

from commands.context import Context
from commands.registry import command
from commands.reply import Reply
from notifications.kinds import DEFAULT_EVENTS, Nearing, default_thresholds
from storage.tables import Audit, Rule, Space
from templates.catalogue import N_
from templates.vocabulary import label


@command(
    "subscribe",
    aliases=["suscribir"],
    summary=N_("Tell this space when customers change: suspended, over the limit, about to end and more"),
    examples=["subscribe"],
    effects=True,
)
def subscribe(ctx: Context) -> Reply:
    """Give the space the default rule, if it has none; who asks becomes its owner."""
    with ctx.write() as session:
        space = session.get_one(Space, ctx.here)
        space.owner_email = ctx.person.email
        rules = _rules(session, ctx)
        is_new = not rules
        if is_new:
            rule = Rule(
                room_id=ctx.here,
                events=list(DEFAULT_EVENTS),
                thresholds=dict(default_thresholds()),
                created_by=ctx.person.email,
                created_at=ctx.now,
            )
            session.add(rule)
            session.flush()
            rules = [rule]
            session.add(_audit(ctx, "subscribe", after={"rules": [_data(rule) for rule in rules]}))
    return _reply(ctx, "subscribed" if is_new else "was_subscribed", rules)


@command(
    "unsubscribe",
    aliases=["desuscribir", "cancelar suscripción"],
    summary=N_("Tell this space nothing any more"),
    examples=["unsubscribe"],
    effects=True,
)
def unsubscribe(ctx: Context) -> Reply:
    """Take every rule from the space."""
    with ctx.write() as session:
        rules = _rules(session, ctx)
        for rule in rules:
            session.delete(rule)
        if rules:
            session.add(_audit(ctx, "unsubscribe", before={"rules": [_data(rule) for rule in rules]}))
    return _reply(ctx, "unsubscribed" if rules else "was_unsubscribed", [])


@command(
    "rules",
    aliases=["reglas"],
    summary=N_("What this space is told"),
    examples=["rules"],
)
def rules(ctx: Context) -> Reply:
    """List the rules of the space."""
    with ctx.read() as session:
        return _reply(ctx, "rules", _rules(session, ctx))


def _rules(session: Session, ctx: Context) -> list[Rule]:
    return list(session.scalars(select(Rule).where(Rule.room_id == ctx.here).order_by(col(Rule.id))))


def _reply(ctx: Context, outcome: str, found: list[Rule]) -> Reply:
    return Reply(
        "rules",
        view={
            "outcome": outcome,
            "rules": [
                {
                    "id": rule.id,
                    "events": ", ".join(label(event, ctx.texts) for event in rule.events),
                    "thresholds": ", ".join(str(days) for days in rule.thresholds.get(Nearing.EXPIRY, ())),
                    "where": rule.where,
                }
                for rule in found
            ],
        },
        data=lambda: {"rows": [_data(rule) for rule in found]},
        bounded=False,
    )


def _data(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "events": rule.events,
        "thresholds": rule.thresholds,
        "filter": rule.where,
        "created_by": rule.created_by,
        "paused": rule.paused,
    }


def _audit(ctx: Context, what: str, before: dict[str, Any] | None = None, after: dict[str, Any] | None = None) -> Audit:
    return Audit(
        at=ctx.now,
        who=ctx.person.email,
        what=what,
        target=f"space:{ctx.here}",
        before=before or {},
        after=after or {},
        room_id=ctx.here,
    )


COMMANDS = (subscribe, unsubscribe, rules)
