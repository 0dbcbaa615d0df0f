"""Records that no channel can have, on their way to the dead letters."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

from monitor import clock, logs, metrics
from monitor.errors import DeliveryError, MonitorError
from monitor.notify.offsets import Ticket
from monitor.notify.timer import Timer, longest_backoff
from monitor.records import Record

MOST_WAITING = 1000

DeadLetters = Callable[[Record, Exception], Awaitable[None]]  # returns once the broker has acked the letter


def reason(error: Exception) -> str:
    """What may be logged of an error: a delivery's words are our own, those of others may hold anything."""
    return str(error) if isinstance(error, DeliveryError) else type(error).__name__


class Burials:
    """Writes dead letters, each as often as it takes; also the lane of the records that cannot be read."""

    def __init__(self, deadletters: DeadLetters, timer: Timer) -> None:
        self._deadletters, self._timer = deadletters, timer
        self._stopping = asyncio.Event()
        self._wake = asyncio.Event()
        self._waiting: deque[tuple[Record, MonitorError, Ticket]] = deque()
        self._log = logs.logger("notify")

    @property
    def waiting(self) -> int:
        """How many records that cannot be read are not buried yet."""
        return len(self._waiting)

    def put(self, error: MonitorError, record: Record, ticket: Ticket) -> bool:
        """Add a record that no channel can have; False where there is no room for now."""
        if len(self._waiting) >= MOST_WAITING:
            return False
        self._waiting.append((record, error, ticket))
        self._wake.set()
        return True

    def stop(self) -> None:
        """Finish the letter in hand and begin no other."""
        self._stopping.set()
        self._wake.set()

    async def run(self) -> None:
        """Bury what is put in until `stop`."""
        while not self._stopping.is_set():
            self._wake.clear()
            if not self._waiting:
                await self._timer.wait(self._wake, None)
                continue
            record, error, ticket = self._waiting[0]
            if ticket.lost or await self.bury(record, error):
                self._waiting.popleft()
                self._finish(record, error, ticket)

    async def bury(self, record: Record, error: Exception) -> bool:
        """Write the letter, trying again until it is acked; False where `stop` came before."""
        failures = 0
        while True:
            try:
                await self._deadletters(record, error)
                return True
            except Exception as trouble:
                failures += 1
                seconds = longest_backoff(failures)
                self._log.error("dead letter not written", error=type(trouble).__name__, seconds=seconds)
            await self._timer.wait(self._stopping, seconds)
            if self._stopping.is_set():
                return False

    def _finish(self, record: Record, error: MonitorError, ticket: Ticket) -> None:
        if ticket.lost:
            return
        ticket.done = True
        metrics.deliveries.labels("none", "unreadable").inc()
        metrics.last_progress.labels("notify").set(clock.now().timestamp())
        where = {"topic": record.topic, "partition": record.partition, "offset": record.offset}
        self._log.warning("delivery", outcome="unreadable", error=reason(error), **where)
