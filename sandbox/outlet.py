"""The way from the sandbox into one socket, on which frames can be lost, doubled, held up and swapped."""

import asyncio
from collections.abc import Callable

from sandbox.activities import Frame
from sandbox.faults import Fault, FrameFault

LONGEST_HOLD_SECONDS = 1.0


class Outlet:
    """Frames on their way to one socket."""

    def __init__(self) -> None:
        self.queue: asyncio.Queue[Frame] = asyncio.Queue()
        self._held: list[Frame] = []

    def send(self, frame: Frame, fault: Fault | None) -> None:
        """Send a frame as the fault has it; a frame that was held back follows the next one that is sent."""
        match fault.frames if fault else None:
            case FrameFault.DROP:
                return
            case FrameFault.DELAY if fault:
                _later(fault.delay_ms / 1000, self.queue.put_nowait, frame)
                return
            case FrameFault.REORDER:
                self._held.append(frame)
                _later(LONGEST_HOLD_SECONDS, self._release)
                return
            case FrameFault.DUPLICATE:
                self.queue.put_nowait(frame)
        self.queue.put_nowait(frame)
        self._release()

    def _release(self) -> None:
        for frame in self._held:
            self.queue.put_nowait(frame)
        self._held.clear()


def _later(seconds: float, call: Callable[..., None], *arguments: Frame) -> None:
    asyncio.get_running_loop().call_later(seconds, call, *arguments)
