"""A file taken in where nobody in a chat sees what came of it: the service's owner is told of its rejected rows."""

from datetime import datetime
from hashlib import sha256
from pathlib import Path

from hub.calling import CallingSummary
from hub.importing import Summary
from notifications.outbox import Message, Outgoing, Priority, enqueue
from storage import Database
from storage.tables import Person
from templates import render
from templates.catalogue import N_
from templates.texts import Texts

NAMED = 5
"""Lines of the file that are named."""


def tell_rejected(
    database: Database, owner: str, file: Path, summary: Summary | CallingSummary, defaults: Texts, now: datetime
) -> bool:
    """Put word of rows that could not be read into the outbox; returns whether there is any.

    A file with the same content is told once, however often it is taken in.
    """
    if not summary.errors:
        return False
    identity = sha256(file.read_bytes()).hexdigest()
    with database.write() as session:
        person = session.get(Person, owner)
        texts = Texts((person and person.language) or defaults.language, (person and person.time_zone) or defaults.zone)
        view = {
            "title": texts(N_("An import was partly rejected")),
            "lines": _lines(file, summary, texts),
            "buttons": [],
        }
        said = Message(render.markdown("notice", texts, **view), render.card("notice", texts, **view))
        return bool(enqueue(session, [Outgoing(f"import:{identity}", owner, said, Priority.ALERT)], now))


def _lines(file: Path, summary: Summary | CallingSummary, texts: Texts) -> list[str]:
    rows = texts.count("%(n)s row", "%(n)s rows", summary.rows)
    found = N_("%(file)s: of %(rows)s, %(rejected)s could not be read; the others went in.")
    if not summary.applied:
        found = N_("%(file)s: of %(rows)s, %(rejected)s could not be read; nothing went in.")
    numbers = sorted({error.line for error in summary.errors})
    named = ", ".join(map(str, numbers[:NAMED])) + (" …" if len(numbers) > NAMED else "")
    return [
        texts(found, file=file.name, rows=rows, rejected=texts.number(summary.rejected)),
        texts(N_("Lines %(lines)s. The answer on the command line names columns and reasons."), lines=named),
    ]
