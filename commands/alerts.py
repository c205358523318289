"""Whether a space is told anything by itself: subscribing, and ending it."""

from typing import Any

from commands.context import Context
from commands.registry import command
from commands.reply import Reply
from commands.rules import listed, rules_of
from notifications.kinds import DEFAULT_EVENTS, default_thresholds
from notifications.rules import HOURLY_CAP, record_of, release
from storage.tables import Audit, Rule, Space
from templates.catalogue import N_


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
        rules = rules_of(session, ctx)
        is_new = not rules
        if is_new:
            rule = Rule(
                room_id=ctx.here,
                events=list(DEFAULT_EVENTS),
                thresholds=dict(default_thresholds()),
                hourly_cap=HOURLY_CAP,
                created_by=ctx.person.email,
                created_at=ctx.now,
            )
            session.add(rule)
            session.flush()
            rules = [rule]
            session.add(_audit(ctx, "subscribe", after={"rules": [record_of(rule) for rule in rules]}))
    return listed(ctx, "subscribed" if is_new else "was_subscribed", rules)


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
        rules = rules_of(session, ctx)
        for rule in rules:
            session.delete(rule)
        if rules:
            release(session, ctx.here, ctx.now)
            session.add(_audit(ctx, "unsubscribe", before={"rules": [record_of(rule) for rule in rules]}))
    return listed(ctx, "unsubscribed" if rules else "was_unsubscribed", [])


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


COMMANDS = (subscribe, unsubscribe)
