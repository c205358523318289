"""Rows of the tables: a customer's week, by subject."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Self

from hub.calling.figures import Endpoint, Feature
from hub.sections.section import percentage

Figures = Mapping[str, Any]


def change(now: int | None, before: int | None) -> int | None:
    """Return how much more it is than in the week before; unknown where either is."""
    return None if now is None or before is None else now - before


def change_pct(now: int | None, before: int | None) -> float | None:
    """Return by how many per cent it is more; unknown where either is, or where it was nothing."""
    return None if now is None or not before else round(100 * (now - before) / before, 1)


def points(now: float | None, before: float | None) -> float | None:
    """Return by how many points a percentage is more."""
    return None if now is None or before is None else round(now - before, 1)


def mean(part: int | None, whole: int | None) -> float | None:
    """Return part ÷ whole with one decimal."""
    return round(part / whole, 1) if part is not None and whole else None


@dataclass(frozen=True)
class UsageRow:
    """Calls of a customer; changes are to the week before."""

    customer: str
    org_id: str
    week: date
    calls: int | None
    minutes: int | None
    active_users: int | None
    calls_change: int | None
    calls_change_pct: float | None

    @classmethod
    def of(cls, now: Figures, before: Figures) -> Self:
        """Make the row."""
        return cls(
            **_identity(now),
            calls=now["calls"],
            minutes=now["minutes"],
            active_users=now["active_users"],
            calls_change=change(now["calls"], before.get("calls")),
            calls_change_pct=change_pct(now["calls"], before.get("calls")),
        )


@dataclass(frozen=True)
class QualityRow:
    """Call legs of a customer; changes are to the week before, that of the percentage in points."""

    customer: str
    org_id: str
    week: date
    legs: int | None
    poor_legs: int | None
    poor_pct: float | None
    poor_legs_change: int | None
    poor_pct_change: float | None

    @classmethod
    def of(cls, now: Figures, before: Figures) -> Self:
        """Make the row."""
        poor_pct = percentage(now["poor_legs"], now["legs"])
        return cls(
            **_identity(now),
            legs=now["legs"],
            poor_legs=now["poor_legs"],
            poor_pct=poor_pct,
            poor_legs_change=change(now["poor_legs"], before.get("poor_legs")),
            poor_pct_change=points(poor_pct, percentage(before.get("poor_legs"), before.get("legs"))),
        )


@dataclass(frozen=True)
class EndpointRow:
    """Poor legs of a customer by kind of endpoint."""

    customer: str
    org_id: str
    week: date
    app_legs: int | None
    app_poor_legs: int | None
    app_poor_pct: float | None
    desk_phone_legs: int | None
    desk_phone_poor_legs: int | None
    desk_phone_poor_pct: float | None
    room_device_legs: int | None
    room_device_poor_legs: int | None
    room_device_poor_pct: float | None
    other_legs: int | None
    other_poor_legs: int | None
    other_poor_pct: float | None

    @classmethod
    def of(cls, now: Figures, _before: Figures) -> Self:
        """Make the row."""
        told: dict[str, Any] = {}
        for kind in Endpoint:
            legs, poor = now[f"endpoints_{kind}_legs"], now[f"endpoints_{kind}_poor_legs"]
            told |= {
                f"{kind}_legs": legs,
                f"{kind}_poor_legs": poor,
                f"{kind}_poor_pct": percentage(poor, legs),
            }
        return cls(**_identity(now), **told)


@dataclass(frozen=True)
class FeatureRow:
    """Calls of a customer by feature."""

    customer: str
    org_id: str
    week: date
    hunt_group: int | None
    auto_attendant: int | None
    call_queue: int | None
    call_queue_change: int | None

    @classmethod
    def of(cls, now: Figures, before: Figures) -> Self:
        """Make the row."""
        return cls(
            **_identity(now),
            **{kind.value: now[f"features_{kind}"] for kind in Feature},
            call_queue_change=change(now["features_call_queue"], before.get("features_call_queue")),
        )


@dataclass(frozen=True)
class QueueRow:
    """Calls to a customer's queues; times are averages in seconds."""

    customer: str
    org_id: str
    week: date
    calls: int | None
    time_to_answer: float | None
    wait_before_abandoning: float | None
    abandoned: int | None
    abandoned_pct: float | None
    timed_out: int | None
    overflowed: int | None
    transferred: int | None

    @classmethod
    def of(cls, now: Figures, _before: Figures) -> Self:
        """Make the row."""
        return cls(
            **_identity(now),
            calls=now["queue_calls"],
            time_to_answer=mean(now["queue_answer_seconds"], now["queue_answered"]),
            wait_before_abandoning=mean(now["queue_abandon_wait_seconds"], now["queue_abandoned"]),
            abandoned=now["queue_abandoned"],
            abandoned_pct=percentage(now["queue_abandoned"], now["queue_calls"]),
            timed_out=now["queue_timed_out"],
            overflowed=now["queue_overflowed"],
            transferred=now["queue_transferred"],
        )


def _identity(now: Figures) -> dict[str, Any]:
    return {"customer": now["customer"], "org_id": now["org_id"], "week": now["week"]}
