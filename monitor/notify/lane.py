"""One channel's alerts, one after another: paced, tried again, given up, and never in the way of another channel.

An alert that fails holds back later alerts of its own story, whose order matters, and no others. A channel that fails
is left alone for a while that grows with each failure in a row.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from monitor import clock, logs, metrics
from monitor.errors import DeliveryError, DeliveryRefused
from monitor.model import Alert
from monitor.notify.burials import Burials, reason
from monitor.notify.ledger import Ledger
from monitor.notify.notifier import Notifier
from monitor.notify.offsets import Record, Ticket
from monitor.notify.timer import Timer, longest_backoff

LONGEST_ASKED_SECONDS = 3600.0  # a channel that asks for more is tried earlier all the same
DEADLINE_SECONDS = 24 * 3600.0
MOST_WAITING = 1000


class Outcome(StrEnum):
    """How a delivery ended."""

    SENT = "sent"
    REPEAT = "repeat"  # the channel had it already
    REFUSED = "refused"  # dead: the channel will never take it
    EXPIRED = "expired"  # dead: a day of trying was not enough
    BROKEN = "broken"  # dead: our own code failed on it


@dataclass(slots=True, eq=False)
class Delivery:
    """An alert on its way to a channel, and the record that it came in."""

    alert: Alert
    record: Record
    ticket: Ticket
    taken_at: float
    due_at: float
    attempts: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What all lanes of a worker share; `random` gives numbers from 0 up to 1."""

    ledger: Ledger
    burials: Burials
    timer: Timer
    random: Callable[[], float]


class Lane:
    """Delivers the alerts of one channel until it is stopped."""

    def __init__(self, channel: str, notifier: Notifier, desk: Desk, most: int = MOST_WAITING) -> None:
        self._channel, self._notifier, self._most = channel, notifier, most
        self._ledger, self._burials, self._timer, self._random = desk.ledger, desk.burials, desk.timer, desk.random
        self._waiting: list[Delivery] = []  # in order of arrival; the one being sent stays in its place
        self._free_at = 0.0  # when the channel may be asked again
        self._failures = 0  # in a row
        self._wake = asyncio.Event()
        self._stopping = False
        self._log = logs.logger("notify").bind(channel=channel)
        self._label = metrics.bounded("channel", channel)

    @property
    def waiting(self) -> int:
        """How many alerts are not through yet."""
        return len(self._waiting)

    def put(self, alert: Alert, record: Record, ticket: Ticket) -> bool:
        """Add an alert behind those that wait; False where there is no room for now."""
        if len(self._waiting) >= self._most:
            return False
        now = self._timer.now()
        self._waiting.append(Delivery(alert, record, ticket, taken_at=now, due_at=now))
        self._wake.set()
        return True

    def stop(self) -> None:
        """Finish what is being sent, and begin nothing more."""
        self._stopping = True
        self._wake.set()

    async def run(self) -> None:
        """Deliver until `stop`."""
        while not self._stopping:
            self._wake.clear()
            delivery, wait_seconds = self._next()
            if delivery is None:
                await self._timer.wait(self._wake, wait_seconds)
            else:
                await self._handle(delivery)

    def _next(self) -> tuple[Delivery | None, float | None]:
        """The alert whose turn it is, or how many seconds until there may be one (None: until one is put in)."""
        self._waiting = [delivery for delivery in self._waiting if not delivery.ticket.lost]
        now = self._timer.now()
        if not self._waiting:
            return None, None
        if now < self._free_at:
            return None, self._free_at - now
        first_of_each_story: dict[str, Delivery] = {}
        for delivery in self._waiting:
            first_of_each_story.setdefault(delivery.alert.judgement.story, delivery)
        # Whoever has waited longest, so that neither new alerts nor those that fail keep the others from their turn.
        delivery = min(first_of_each_story.values(), key=lambda one: one.due_at)
        return (delivery, None) if delivery.due_at <= now else (None, delivery.due_at - now)

    async def _handle(self, delivery: Delivery) -> None:
        if await self._ledger.sent(self._channel, delivery.alert.id):
            self._finish(delivery, Outcome.REPEAT)
            return
        delivery.attempts += 1
        try:
            await self._notifier.send(delivery.alert)
        except DeliveryRefused as error:
            self._answered()
            await self._bury(delivery, error, Outcome.REFUSED)
        except DeliveryError as error:
            await self._fail(delivery, error)
        except Exception as error:
            self._answered()
            await self._bury(delivery, error, Outcome.BROKEN)
        else:
            await self._ledger.record(self._channel, delivery.alert.id)
            self._answered()
            self._finish(delivery, Outcome.SENT)

    def _answered(self) -> None:
        self._failures = 0
        self._free_at = self._timer.now() + self._notifier.interval_seconds

    async def _fail(self, delivery: Delivery, error: DeliveryError) -> None:
        now = self._timer.now()
        self._failures += 1
        asked = min(max(error.after_seconds or 0.0, 0.0), LONGEST_ASKED_SECONDS)
        self._free_at = now + max(asked or self._backoff(self._failures), self._notifier.interval_seconds)
        if now - delivery.taken_at >= DEADLINE_SECONDS:
            await self._bury(delivery, DeliveryRefused(f"given up after 24 hours; at last: {error}"), Outcome.EXPIRED)
            return
        delivery.due_at = now if asked else now + self._backoff(delivery.attempts)
        metrics.delivery_retries.labels(self._label).inc()
        self._report("retry", delivery, error, seconds=round(max(delivery.due_at, self._free_at) - now, 1))

    def _backoff(self, failures: int) -> float:
        """Full jitter: anything up to 1, 2, 4 … 300 seconds."""
        return self._random() * longest_backoff(failures)

    async def _bury(self, delivery: Delivery, error: Exception, outcome: Outcome) -> None:
        if await self._burials.bury(delivery.record, error):
            self._finish(delivery, outcome, error)

    def _finish(self, delivery: Delivery, outcome: Outcome, error: Exception | None = None) -> None:
        self._waiting.remove(delivery)
        delivery.ticket.done = True
        metrics.deliveries.labels(self._label, outcome).inc()
        metrics.last_progress.labels("notify").set(clock.now().timestamp())
        if outcome is Outcome.SENT and delivery.alert.first_seen_at is not None:
            age = (clock.now() - delivery.alert.first_seen_at).total_seconds()
            metrics.alert_seconds.labels("notify").observe(max(age, 0.0))
        self._report(outcome, delivery, error)

    def _report(self, outcome: str, delivery: Delivery, error: Exception | None, **more: object) -> None:
        if error is not None:
            more["error"] = reason(error)
        log = self._log.info if error is None else self._log.warning
        alert, attempts = delivery.alert, delivery.attempts
        log("delivery", outcome=str(outcome), alert=alert.id, watch=alert.judgement.watch, attempts=attempts, **more)
