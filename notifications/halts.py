"""Spaces that nothing reaches for now: gone, closed to the bot, or failing again and again.

What is for them stays in the outbox. They are tried again ever more seldom, and at once where somebody there wrote to
the bot; the first message that arrives lets everything out.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import (
    Column,
    Connection,
    PrimaryKeyConstraint,
    UniqueConstraint,
    delete,
    exists,
    insert,
    select,
    update,
)
from sqlmodel import Session, SQLModel, col

from storage.tables import Halt, Outbox, OutboxState

FIRST_TRY = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=6)


def halt(session: Session, target: str, reason: str, now: datetime) -> Halt:
    """Send nothing to a space for a while, twice as long at each time that it still does not answer."""
    known = session.get(Halt, target) or Halt(target=target, reason=reason, since=now, again_at=now)
    known.again_at = now + min(LONGEST_PAUSE, FIRST_TRY * 2 ** min(known.tries, 16))
    known.tries += 1
    known.reason = reason
    session.add(known)
    session.flush()
    return known


def resume(session: Session, target: str) -> bool:
    """A space answers again; False when it was not halted."""
    return session.connection().execute(delete(Halt).where(col(Halt.target) == target)).rowcount > 0


def resend(session: Session, targets: Collection[str], now: datetime) -> int:
    """Try halted spaces now, and make due what was parked in them; returns how many messages wait there.

    What stands against a message still does: who may not see it, or a file that is gone, parks it again.
    """
    session.execute(
        update(Outbox)
        .where(col(Outbox.target).in_(targets), col(Outbox.state) == OutboxState.PARKED)
        .values(state=OutboxState.DUE, not_before=now)
    )
    session.execute(update(Halt).where(col(Halt.target).in_(targets)).values(again_at=now))
    waiting = select(col(Outbox.id)).where(col(Outbox.target).in_(targets), col(Outbox.state) == OutboxState.DUE)
    return len(session.scalars(waiting).all())


def move(session: Session, old: str, new: str) -> None:
    """A room has another id now: whatever is known of it, and waits for it, is that of the new one.

    Webex: webhook event `migrated`, "the roomId has changed" (messaging API reference). What was written down of
    changes stays as it was.
    """
    connection = session.connection()
    tables = SQLModel.metadata.tables
    space = tables["space"]
    known = connection.execute(select(space).where(space.c.room_id == old)).mappings().first()
    if known:
        # The bot may have been spoken to under the new id; what was chosen under the old one counts.
        chosen = {**known, "room_id": new}
        is_there = connection.execute(select(space.c.room_id).where(space.c.room_id == new)).first()
        connection.execute(
            update(space).where(space.c.room_id == new).values(chosen) if is_there else insert(space).values(chosen)
        )
    for table in tables.values():
        if "room_id" in table.c and table.name not in ("space", "audit"):
            _rename(connection, table.c.room_id, old, new)
    _rename(connection, tables["saved_filter"].c.owner, f"space:{old}", f"space:{new}")
    connection.execute(delete(space).where(space.c.room_id == old))
    outbox = tables["outbox"]
    connection.execute(update(outbox).where(outbox.c.target == old).values(target=new))
    resume(session, old)


def _rename(connection: Connection, column: Column[str], old: str, new: str) -> None:
    """Where a row is there under the new name too, that one stays."""
    table = column.table
    for unique in table.constraints:
        if not isinstance(unique, PrimaryKeyConstraint | UniqueConstraint) or column.name not in unique.columns:
            continue
        twin = table.alias()
        others = (twin.c[each.name] == each for each in unique.columns if each is not column)
        is_there = exists().where(twin.c[column.name] == new, *others)
        connection.execute(delete(table).where(column == old, is_there))
    connection.execute(update(table).where(column == old).values({column.name: new}))
