"""Alerts by the thousand into the sandbox: as fast as its limits allow, and none lost whatever breaks."""

import pytest

from bench.delivery import WANTED_RATIO, measure_chaos, measure_speed
from tests.contract import recorder

pytestmark = pytest.mark.proof


@pytest.fixture(autouse=True)
def no_contract(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that is killed leaves requests half sent, of which no description speaks."""
    monkeypatch.delenv(recorder.MIDDLEWARE, raising=False)


def test_a_burst_takes_hardly_longer_than_the_limits_allow() -> None:
    """The full size, 6,000 alerts to 200 spaces, is `python -m bench delivery`."""
    speed = measure_speed(alerts=2000, spaces=100)
    assert speed.ratio <= WANTED_RATIO, speed


def test_nothing_is_lost_and_only_what_was_cut_off_is_repeated() -> None:
    chaos = measure_chaos()
    assert (chaos.lost, chaos.out_of_order, chaos.unmarked, chaos.unexplained) == (0, 0, 0, 0), chaos
