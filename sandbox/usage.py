"""Usage of Webex Calling that adds up over days and places, and can be cut into them."""

from dataclasses import astuple, dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Usage:
    """What can be added up over days and places.

    Calls are made by users, legs are made and received. What is not video is audio; what no device made is the app's.
    Calls to queues are answered unless they are abandoned, timed out or overflowed; transferred ones count as answered.
    """

    calls: int = 0
    legs: int = 0
    poor_legs: int = 0
    minutes: int = 0
    video_minutes: int = 0
    video_legs: int = 0
    desk_phone_legs: int = 0
    room_device_legs: int = 0
    other_legs: int = 0
    hunt_group: int = 0
    auto_attendant: int = 0
    queue_calls: int = 0
    timed_out: int = 0
    overflowed: int = 0
    transferred: int = 0
    abandoned: int = 0

    def __add__(self, other: Self) -> Self:
        return type(self)(*(mine + its for mine, its in zip(astuple(self), astuple(other), strict=True)))

    def __sub__(self, other: Self) -> Self:
        return type(self)(*(mine - its for mine, its in zip(astuple(self), astuple(other), strict=True)))

    def first(self, part: int, whole: int) -> Self:
        """The first `part` of a `whole`; each figure is cut in step with the one that bounds it.

        So the difference of two cuts never has more poor legs than legs, nor anything below zero.
        """
        legs = _cut(self.legs, part, whole)
        minutes = _cut(self.minutes, legs, self.legs)
        devices = self.desk_phone_legs + self.room_device_legs + self.other_legs
        own = self.desk_phone_legs + self.room_device_legs
        cut_devices = _cut(devices, legs, self.legs)
        cut_own = _cut(own, cut_devices, devices)
        desk_phone = _cut(self.desk_phone_legs, cut_own, own)
        queue = _cut(self.queue_calls, legs, self.legs)
        turned_away = self.timed_out + self.overflowed
        lost = turned_away + self.abandoned
        cut_lost = _cut(lost, queue, self.queue_calls)
        cut_turned_away = _cut(turned_away, cut_lost, lost)
        timed_out = _cut(self.timed_out, cut_turned_away, turned_away)
        return type(self)(
            calls=_cut(self.calls, legs, self.legs),
            legs=legs,
            poor_legs=_cut(self.poor_legs, legs, self.legs),
            minutes=minutes,
            video_minutes=_cut(self.video_minutes, minutes, self.minutes),
            video_legs=_cut(self.video_legs, legs, self.legs),
            desk_phone_legs=desk_phone,
            room_device_legs=cut_own - desk_phone,
            other_legs=cut_devices - cut_own,
            hunt_group=_cut(self.hunt_group, legs, self.legs),
            auto_attendant=_cut(self.auto_attendant, legs, self.legs),
            queue_calls=queue,
            timed_out=timed_out,
            overflowed=cut_turned_away - timed_out,
            transferred=_cut(self.transferred, queue - cut_lost, self.queue_calls - lost),
            abandoned=cut_lost - cut_turned_away,
        )


def _cut(value: int, part: int, whole: int) -> int:
    return value * part // whole if whole else 0
