"""What an answer leaves out, and why: said below it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from notifications.audience import Member
from templates.catalogue import N_
from templates.texts import Texts
from templates.vocabulary import region_name


@dataclass(frozen=True)
class Note:
    """A sentence below an answer; `privately` is the command that shows the whole one-to-one."""

    text: str
    privately: str | None = None


def notes_of(
    bounding: Sequence[Member],
    region: str | None,
    texts: Texts,
    *,
    privately: str | None = None,
    stale_since: datetime | None = None,
) -> list[Note]:
    """Say how old data are that should be newer, and name the members and the region to which an answer was cut."""
    notes = []
    if stale_since:
        text = texts(N_("Some data are as of %(moment)s; status tells which."), moment=texts.moment(stale_since))
        notes.append(Note(text))
    if bounding:
        names = ", ".join(sorted(member.name for member in bounding))
        text = texts(
            N_(
                "Only customers that %(names)s may see, too: everybody in this space reads this. "
                "One-to-one I show you whatever you may see."
            ),
            names=names,
        )
        notes.append(Note(text, privately))
    if region:
        text = texts(
            N_("Only customers whose data are in this region: %(region)s. All again with: region all"),
            region=region_name(region, texts),
        )
        notes.append(Note(text))
    return notes
