"""How a space's pace is learned from what it refuses."""

from datetime import timedelta

from notifications.turns import TRY_AFTER, Paces
from tests.clock import ManualClock


class Space:
    """Takes one message in so many seconds, or several, or any number."""

    def __init__(self, clock: ManualClock, count: int = 1, seconds: float = 2.0) -> None:
        self.clock = clock
        self.count, self.seconds = count, seconds
        self.paces = Paces(clock)
        self.taken: list[float] = []
        self.refused = 0

    def run(self, messages: int) -> None:
        for _ in range(messages):
            while not self._post():
                pass

    def _post(self) -> bool:
        while self.paces.is_paused("room"):
            self.clock.advance(timedelta(seconds=0.5))
        now = self.clock().timestamp()
        recent = [moment for moment in self.taken if moment > now - self.seconds]
        if len(recent) >= self.count:
            self.refused += 1
            self.paces.refused("room", min(recent) + self.seconds - now)
            return False
        self.taken.append(now)
        self.paces.sent("room")
        return True


def test_half_of_the_requests_are_not_in_vain(clock: ManualClock) -> None:
    space = Space(clock)
    space.run(30)
    assert space.taken[-1] - space.taken[0] == 29 * 2
    assert space.refused <= 2 + 30 / TRY_AFTER


def test_a_limit_that_lets_several_through_is_used_in_full(clock: ManualClock) -> None:
    space = Space(clock, count=3, seconds=3)
    space.run(30)
    assert space.taken[-1] - space.taken[0] == 9 * 3


def test_a_limit_that_is_gone_is_forgotten(clock: ManualClock) -> None:
    space = Space(clock)
    space.run(3)
    space.count = 1000
    space.run(2 * TRY_AFTER)
    before = clock()
    space.run(100)
    assert clock() == before
