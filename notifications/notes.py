"""What an answer leaves out, and why: said below it."""

from collections.abc import Sequence
from dataclasses import dataclass

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
    bounding: Sequence[Member], region: str | None, texts: Texts, *, privately: str | None = None
) -> list[Note]:
    """Name the members whose customers, and the region, to which an answer was cut."""
    notes = []
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
