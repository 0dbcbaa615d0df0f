"""Time for the lanes, handed in so that tests need not wait for it."""

import asyncio
from typing import Protocol

FIRST_WAIT_SECONDS = 1.0
LONGEST_WAIT_SECONDS = 300.0


class Timer(Protocol):
    """A clock that can also wait."""

    def now(self) -> float:
        """Seconds since any fixed instant."""

    async def wait(self, event: asyncio.Event, seconds: float | None) -> None:
        """Return when the event is set or the seconds are over, whichever is first."""


class RealTimer:
    """The event loop's time."""

    def now(self) -> float:
        """Seconds since the loop's own zero."""
        return asyncio.get_running_loop().time()

    async def wait(self, event: asyncio.Event, seconds: float | None) -> None:
        """Return when the event is set or the seconds are over, whichever is first."""
        try:
            async with asyncio.timeout(seconds):
                await event.wait()
        except TimeoutError:
            pass


def longest_backoff(failures: int) -> float:
    """Seconds to wait at most after so many failures (from 1): 1, 2, 4 … 300."""
    return min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2.0 ** min(failures - 1, 20))
