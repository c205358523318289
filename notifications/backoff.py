"""How long to wait before trying again."""

import random
from dataclasses import dataclass


@dataclass(frozen=True)
class Backoff:
    """Waits that double from one attempt to the next, up to a cap, with jitter so that not everybody comes at once."""

    first_seconds: float = 0.5
    cap_seconds: float = 30.0

    def seconds(self, attempt: int) -> float:
        """Return the wait after a failed attempt, the first being 1: between half of and all of its doubled time."""
        longest = min(self.cap_seconds, self.first_seconds * 2.0 ** min(attempt - 1, 32))
        return longest * random.uniform(0.5, 1)  # noqa: S311
