"""A handler for tests: remembers what arrived, and does for each text what it is told."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.arrival import Arrival, Prepared
from notifications.outbox import Message, Outgoing
from tests.bot.echo_service import answer


@dataclass
class Recorder:
    """`begin` is called for an arrival before it is answered with `echo …`, or with a card where one is given."""

    begin: Callable[[Arrival], None] = lambda _arrival: None
    effects: Callable[[], object] | None = None
    """What commands do that change something; None: they change nothing."""
    card: Mapping[str, Any] | None = None
    arrivals: list[Arrival] = field(default_factory=list)
    _guard: threading.Lock = field(default_factory=threading.Lock)

    def prepare(self, arrival: Arrival) -> Prepared:
        with self._guard:
            self.arrivals.append(arrival)
        self.begin(arrival)
        return Prepared(effects=self.effects is not None, run=lambda: self._run(arrival))

    def interrupted(self, arrival: Arrival) -> Sequence[Outgoing]:
        return [Outgoing(f"asked:{arrival.id}", arrival.room_id, Message(f"stopped in {arrival.text}"))]

    def texts(self) -> list[str]:
        with self._guard:
            return [arrival.text for arrival in self.arrivals]

    def _run(self, arrival: Arrival) -> Sequence[Outgoing]:
        if self.effects:
            self.effects()
        if self.card:
            return [
                Outgoing(
                    f"answer:{arrival.id}", arrival.room_id, Message("a card", self.card), parent_id=arrival.root_id
                )
            ]
        return [answer(arrival, f"echo {arrival.text}")]
