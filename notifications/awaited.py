"""Trials that are started in Partner Hub: told where they were asked for when they appear, or have not in time."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlmodel import Session

from hub.access import Needs
from hub.errors import SourceError
from hub.scope import Scope
from hub.tables import customer
from hub.trials import Await, Awaited, settle
from notifications.audience import Audience
from notifications.channel import ChannelError, Refused
from notifications.outbox import Message, Outgoing, Priority, enqueue
from notifications.pipeline import Audiences
from notifications.render import Style
from storage import Database
from storage.tables import Person, Space
from templates import render
from templates.texts import Texts


def tell_awaited(database: Database, audiences: Audiences, style: Style, now: datetime) -> int:
    """Look which awaited trials have appeared, or have lapsed, and put that into the outbox; returns how many.

    A space hears of a customer that every member may see; otherwise who asked hears of it one-to-one.
    """
    readers: dict[str, Audience] = {}

    def told(session: Session, awaited: Awaited) -> None:
        audience = readers.get(awaited.room_id)
        in_space = audience is not None and _may_see(session, audience, awaited, now)
        asker = session.get(Person, awaited.who)
        space = session.get(Space, awaited.room_id)
        language = (space.language if space else None) or (asker.language if asker else None) or style.language
        texts = Texts(language, (space.time_zone if space else None) or style.zone)
        view = {
            "appeared": awaited.state is Await.APPEARED,
            "company": awaited.company,
            "org_id": awaited.org_id,
            "who": asker.display_name if asker and asker.display_name else awaited.who,
            "days": (now - awaited.asked_at) // timedelta(days=1),
        }
        message = Outgoing(
            cause=f"awaited:{awaited.key}:{awaited.state}",
            target=awaited.room_id if in_space else awaited.who,
            message=Message(render.markdown("awaited", texts, **view), render.card("awaited", texts, **view)),
            priority=Priority.ALERT,
            audience=audience.for_record(Needs.CUSTOMERS) if audience and in_space else None,
        )
        enqueue(session, [message], now)

    def look_up(awaited: Awaited) -> bool:
        try:
            readers[awaited.room_id] = audiences(awaited.room_id)
        except Refused:
            # The space is lost.
            readers.pop(awaited.room_id, None)
        except (ChannelError, SourceError):
            # The others are not to wait for this one.
            return False
        return True

    return settle(database, now, look_up, told)


def _may_see(session: Session, audience: Audience, awaited: Awaited, now: datetime) -> bool:
    if audience.excluded(Needs.CUSTOMERS):
        return False
    if awaited.org_id is None:
        return True
    seen = Scope(now.date(), assigned_to=audience.assigned_to).customers()
    found = select(customer.c.org_id).where(customer.c.org_id == awaited.org_id, seen)
    return session.connection().execute(found).first() is not None
