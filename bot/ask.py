"""One chat command at the command line: the same dispatch as in Webex, without Webex."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from bot.dispatch import Answer, Dispatcher, Request
from bot.parts import Parts
from commands.choices import products_of, region_of
from commands.context import COMMAND_LINE
from hub.access import Role
from hub.progress import Progress, silent
from notifications.audience import Audience, Member
from storage.tables import Person
from templates.plain import plain
from templates.texts import Texts

OPERATOR = Member("operator", "operator", frozenset({Role.FULL}))
"""Who runs `partnerbot ask` without `--as`: somebody at the machine, who can read the database anyway."""


def ask(
    parts: Parts,
    text: str,
    clock: Callable[[], datetime],
    *,
    email: str | None,
    today: date | None,
    language: str | None,
    progress: Progress = silent,
) -> Answer:
    """Run a chat command as a person, or as the operator; `today` sets the day it is computed for."""
    known = parts.people.read(email, clock()) if email else None
    person = parts.people.as_member(known) if known else OPERATOR
    own = known or Person(email=person.email)
    dispatcher = Dispatcher(parts.registry, replace(parts.services, progress=progress), clock)
    return dispatcher.answer(
        Request(
            id=f"ask:{uuid4()}",
            person=person,
            space=COMMAND_LINE,
            audience=lambda: Audience.of_one(person),
            text=text,
            texts=Texts(language or own.language or parts.settings.language, own.time_zone or parts.settings.time_zone),
            chose_language=(language or own.language) is not None,
            region=region_of(own, None),
            products=products_of(own, None),
            today=today,
        )
    )


def as_json(answer: Answer) -> dict[str, Any]:
    """Return the reply as `--json` prints it."""
    return {
        "text": plain(answer.rendered.markdown),
        "markdown": answer.rendered.markdown,
        "card": answer.rendered.card,
        "files": [str(file.path) for file in answer.rendered.files],
        "data": answer.data(),
    }


def json_default(value: object) -> str:
    """Write what JSON has no form for: days and times as ISO."""
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no JSON form")
