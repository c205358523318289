"""A chat service in memory: posts what it gets, and fails as it is told."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from notifications.channel import Absent, ChannelError, Posted, Refused
from notifications.outbox import Message


@dataclass
class FakeChannel:
    """`faults` go off one after the other; `lost_answers` posts succeed, but nobody hears of it."""

    posts: list[tuple[str, Message, str | None]] = field(default_factory=list)
    faults: list[ChannelError] = field(default_factory=list)
    lost_answers: list[ChannelError] = field(default_factory=list)
    lets_look: bool = False
    ids: dict[str, str | None] = field(default_factory=dict)
    """Where a target is found now; others are where they were."""
    before: Callable[[str], None] = lambda _target: None

    def post(self, target: str, message: Message, parent_id: str | None) -> str:
        self.before(target)
        if target in self.ids:
            raise Absent("404 no such room")
        if self.faults:
            raise self.faults.pop(0)
        self.posts.append((target, message, parent_id))
        if self.lost_answers:
            raise self.lost_answers.pop(0)
        return f"message-{len(self.posts)}"

    def find(self, target: str) -> str | None:
        return self.ids.get(target, target)

    def posted(self, target: str, parent_id: str | None, since: datetime) -> Iterable[Posted]:
        if not self.lets_look:
            raise Refused("403")
        return [
            Posted(f"message-{number}", message.markdown)
            for number, (where, message, parent) in enumerate(self.posts, start=1)
            if (where, parent) == (target, parent_id)
        ]

    @property
    def texts(self) -> list[str]:
        return [message.markdown for _, message, _ in self.posts]
