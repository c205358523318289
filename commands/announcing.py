"""Telling a space what somebody did there: in a message of its own, not only in the thread of the command."""

from collections.abc import Callable
from typing import Any

from sqlmodel import Session

from commands.context import Context
from hub.access import Needs
from notifications.outbox import Message, Outgoing, Priority, enqueue
from templates import render


def announcement(ctx: Context, key: str, template: str, **view: Any) -> Callable[[Session], None]:
    """Return what puts the message into the outbox, in the transaction of the change.

    One-to-one nobody else listens, so nothing is said.
    """

    def tell(session: Session) -> None:
        if ctx.space.kind != "group":
            return
        message = Outgoing(
            cause=f"told:{key}",
            target=ctx.space.room_id,
            message=Message(render.markdown(template, ctx.texts, who=ctx.person.name, **view)),
            priority=Priority.ALERT,
            audience=ctx.audience.for_record(Needs.CUSTOMERS),
        )
        enqueue(session, [message], ctx.now)

    return tell
