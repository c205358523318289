"""What could not be posted into a space is told to its owner, one-to-one; nothing of what it said goes along."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlmodel import col, func, select

from bot.rooms import Rooms
from bot.webex import is_email
from notifications.outbox import Message, Outgoing, Priority, enqueue
from storage import Database
from storage.tables import Halt, Outbox, OutboxState, Person, Space
from templates import render
from templates.texts import Texts


class Owners:
    """Tells the owner of a space (who last had the bot send something there by itself) and the service's owner."""

    def __init__(
        self,
        database: Database,
        rooms: Rooms,
        defaults: Texts,
        clock: Callable[[], datetime],
        service_owner: str | None = None,
    ) -> None:
        self._database = database
        self._rooms = rooms
        self._defaults = defaults
        self._clock = clock
        self._service_owner = service_owner

    def parked(self, row: Outbox) -> None:
        """Say that a message was refused for good, and why; of several with one reason a day the first is told."""
        reason = row.error or ""
        self._tell(
            row.target,
            f"parked:{row.target}:{reason}:{row.created_at.date()}",
            "parked",
            reason=reason,
            created=row.created_at,
        )

    def halted(self, halt: Halt) -> None:
        """Say that nothing reaches a space any more, and what becomes of what is for it."""
        with self._database.read() as session:
            due = select(func.count()).where(col(Outbox.target) == halt.target, col(Outbox.state) == OutboxState.DUE)
            waiting = session.scalars(due).one()
        self._tell(
            halt.target,
            f"halted:{halt.target}:{halt.since.isoformat()}",
            "halted",
            reason=halt.reason,
            waiting=waiting,
        )

    def resumed(self, target: str) -> None:
        """Say that a space answers again."""
        self._tell(target, f"resumed:{target}:{self._clock().isoformat()}", "resumed")

    def _tell(self, target: str, cause: str, template: str, **view: Any) -> None:
        with self._database.read() as session:
            space = session.get(Space, target)
            emails = {space.owner_email if space else None, self._service_owner} - {None, target}
            people = {email: session.get(Person, email) for email in sorted(filter(None, emails))}
        title = target if is_email(target) else self._rooms.title(target)
        messages = []
        for email, person in people.items():
            language, zone = (person.language, person.time_zone) if person else (None, None)
            texts = Texts(language or self._defaults.language, zone or self._defaults.zone)
            said = Message(render.markdown(template, texts, space=title, **view))
            messages.append(Outgoing(f"{cause}:{email}", email, said, Priority.ALERT))
        with self._database.write() as session:
            enqueue(session, messages, self._clock())
