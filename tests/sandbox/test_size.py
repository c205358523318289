"""A partner of 100,000 customers is served."""

import pytest

from bench.size import measure

READY_SECONDS = 15.0
MEMORY_BYTES = 1.5e9
LIST_SECONDS = 2.0


@pytest.mark.proof
def test_a_hundred_thousand_customers_are_soon_ready_and_soon_listed() -> None:
    size = measure()
    assert size.ready < READY_SECONDS
    assert max(size.memory, size.memory_after) < MEMORY_BYTES
    assert max(size.answers.values()) < LIST_SECONDS
