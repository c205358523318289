"""Who reads what is said in a space, and what may therefore be said there."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from hub.access import Needs, Role, may, sees_everyone


@dataclass(frozen=True)
class Member:
    """A human member of a space."""

    email: str
    name: str
    roles: frozenset[str]
    outsider: bool = False
    """Belongs to another organization than the partner's."""
    colleague: bool = False
    """Surely belongs to the partner's; where no organization can be told, neither holds."""


@dataclass(frozen=True)
class Audience:
    """The human members of a space. What is said there may hold only what every one of them may see."""

    members: tuple[Member, ...]
    open_to_colleagues: bool = False
    """A partner full administrator lets colleagues without a partner role read along."""

    def excluded(self, needs: Needs) -> tuple[Member, ...]:
        """Members who may not see what this need guards: outsiders always, others by role."""
        if needs is Needs.NOTHING:
            return ()
        return tuple(member for member in self.members if not self._may_see(member, needs))

    def _may_see(self, member: Member, needs: Needs) -> bool:
        if member.outsider:
            return False
        return may(member.roles, needs) or (self.open_to_colleagues and member.colleague and not member.roles)

    @property
    def assigned_to(self) -> frozenset[str]:
        """Partner administrators among the members, whose assigned customers bound what may be shown."""
        return frozenset(
            member.email for member in self.members if Role.ADMIN in member.roles and not sees_everyone(member.roles)
        )

    def bounding(self, asker: Member | None = None) -> tuple[Member, ...]:
        """Members, besides who asked, whose assigned customers bound what may be shown."""
        others = self.assigned_to - ({asker.email} if asker else frozenset())
        return tuple(member for member in self.members if member.email in others)

    def for_record(self, needs: Needs) -> dict[str, Any]:
        """Return what the outbox keeps to check again at delivery."""
        return {"needs": needs.value, "assigned_to": sorted(self.assigned_to)}

    def covers(self, record: Mapping[str, Any]) -> bool:
        """Whether what was chosen for the recorded audience may still be shown to this one."""
        return not self.excluded(Needs(record["needs"])) and self.assigned_to <= set(record["assigned_to"])

    @classmethod
    def of_one(cls, member: Member) -> Self:
        """A one-to-one space."""
        return cls((member,))
