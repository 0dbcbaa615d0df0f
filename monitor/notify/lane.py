"""One channel's alerts, one after another: paced, tried again, given up, and never in the way of another channel.

An alert that fails holds back later alerts of its own story, whose order matters, and no others. A channel that fails
is left alone for a while that grows with each failure in a row. Each step is in the ledger before the next begins.
"""

import asyncio
import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from monitor import clock, logs, metrics
from monitor.errors import BrokerRefused, DeliveryError, DeliveryRefused
from monitor.killpoints import reached
from monitor.model import Fate
from monitor.notify.burials import Burials, reason
from monitor.notify.errand import Errand
from monitor.notify.ledger import SETTLED, Ledger
from monitor.notify.notifier import Notifier
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
        self._waiting: list[Errand] = []  # in order of arrival; the one being sent stays in its place
        self._free_at = 0.0  # when the channel may be asked again
        self._failures = 0  # in a row
        self._wake = asyncio.Event()
        self._stopping = False
        self.idle = asyncio.Event()  # nothing is being sent
        self.idle.set()
        self._log = logs.logger("notify").bind(channel=channel)
        self._label = metrics.bounded("channel", channel)

    @property
    def waiting(self) -> int:
        """How many alerts are not through yet."""
        return len(self._waiting)

    @property
    def room(self) -> int:
        """How many more it can hold for now."""
        return max(0, self._most - len(self._waiting))

    def put(self, errand: Errand) -> None:
        """Add an alert, which is in the ledger, behind those that wait; also beyond the room where it must be."""
        now = self._timer.now()
        age_seconds = (clock.now() - errand.delivery.taken_at).total_seconds()
        errand.due_at, errand.deadline_at = now, now - max(age_seconds, 0.0) + DEADLINE_SECONDS
        self._waiting.append(errand)
        self._wake.set()

    def ignore(self, errand: Errand) -> None:
        """Count an alert that came before."""
        metrics.deliveries.labels(self._label, Outcome.REPEAT).inc()
        self._report(Outcome.REPEAT, errand, None)

    def stop(self) -> None:
        """Finish what is being sent, and begin nothing more."""
        self._stopping = True
        self._wake.set()

    async def run(self) -> None:
        """Deliver until `stop`."""
        while not self._stopping:
            self._wake.clear()
            errand, wait_seconds = self._next()
            if errand is None:
                await self._timer.wait(self._wake, wait_seconds)
                continue
            self.idle.clear()
            await self._handle(errand)
            self.idle.set()

    def _next(self) -> tuple[Errand | None, float | None]:
        """The alert whose turn it is, or how many seconds until there may be one (None: until one is put in)."""
        self._waiting = [errand for errand in self._waiting if not errand.tenure.lost]
        now = self._timer.now()
        if not self._waiting:
            return None, None
        if now < self._free_at:
            return None, self._free_at - now
        first_of_each_story: dict[str, Errand] = {}
        for errand in self._waiting:
            first_of_each_story.setdefault(errand.alert.judgement.story, errand)
        # Whoever has waited longest, so that neither new alerts nor those that fail keep the others from their turn.
        errand = min(first_of_each_story.values(), key=lambda one: one.due_at)
        return (errand, None) if errand.due_at <= now else (None, errand.due_at - now)

    async def _handle(self, errand: Errand) -> None:
        if self._ledger.fate(errand.partition, errand.delivery) in SETTLED:
            self._finish(errand, Outcome.REPEAT)
            return
        try:
            await self._record(errand, Fate.SENDING, attempts=errand.delivery.attempts + 1)
        except BrokerRefused as error:
            await self._bury(errand, error, Outcome.REFUSED)
            return
        reached("notify.sending")
        try:
            await self._send(errand)
        except DeliveryRefused as error:
            self._answered()
            await self._bury(errand, error, Outcome.REFUSED)
        except DeliveryError as error:
            await self._fail(errand, error)
        except Exception as error:
            self._answered()
            await self._bury(errand, error, Outcome.BROKEN)
        else:
            self._answered()
            reached("notify.accepted")
            await self._record(errand, Fate.SENT)
            reached("notify.sent")
            self._finish(errand, Outcome.SENT)

    async def _send(self, errand: Errand) -> None:
        alert = errand.alert
        if errand.delivery.doubtful:
            alert = dataclasses.replace(alert, perhaps_repeated=True)
            metrics.delivery_ambiguous.labels(self._label).inc()
        await self._notifier.send(alert)

    async def _record(self, errand: Errand, fate: Fate, **changes: object) -> None:
        """Write the errand's next row. Raises BrokerRefused."""
        row = errand.moved(fate, **changes)
        await self._ledger.record(errand.partition, row)
        errand.delivery = row

    def _answered(self) -> None:
        self._failures = 0
        self._free_at = self._timer.now() + self._notifier.interval_seconds

    async def _fail(self, errand: Errand, error: DeliveryError) -> None:
        now = self._timer.now()
        self._failures += 1
        asked = min(max(error.after_seconds or 0.0, 0.0), LONGEST_ASKED_SECONDS)
        self._free_at = now + max(asked or self._backoff(self._failures), self._notifier.interval_seconds)
        if now >= errand.deadline_at:
            await self._bury(errand, DeliveryRefused(f"given up after 24 hours; at last: {error}"), Outcome.EXPIRED)
            return
        errand.due_at = now if asked else now + self._backoff(errand.delivery.attempts)
        metrics.delivery_retries.labels(self._label).inc()
        self._report("retry", errand, error, seconds=round(max(errand.due_at, self._free_at) - now, 1))
        # It is known that this attempt did not arrive, or that it may have: a worker that takes over must know it too.
        await self._record(errand, Fate.PENDING, doubtful=errand.delivery.doubtful or error.doubtful)

    def _backoff(self, failures: int) -> float:
        """Full jitter: anything up to 1, 2, 4 … 300 seconds."""
        return self._random() * longest_backoff(failures)

    async def _bury(self, errand: Errand, error: Exception, outcome: Outcome) -> None:
        if await self._burials.bury(errand.record, error):
            await self._record(errand, Fate.DEAD, reason=reason(error))
            self._finish(errand, outcome, error)

    def _finish(self, errand: Errand, outcome: Outcome, error: Exception | None = None) -> None:
        self._waiting.remove(errand)
        metrics.deliveries.labels(self._label, outcome).inc()
        metrics.last_progress.labels("notify").set(clock.now().timestamp())
        if outcome is Outcome.SENT and errand.alert.first_seen_at is not None:
            age = (clock.now() - errand.alert.first_seen_at).total_seconds()
            metrics.alert_seconds.labels("notify").observe(max(age, 0.0))
        self._report(outcome, errand, error)

    def _report(self, outcome: str, errand: Errand, error: Exception | None, **more: object) -> None:
        if error is not None:
            more["error"] = reason(error)
        log = self._log.info if error is None else self._log.warning
        alert, attempts = errand.alert, errand.delivery.attempts
        if errand.delivery.doubtful:
            more["doubtful"] = True
        log("delivery", outcome=str(outcome), alert=alert.id, watch=alert.judgement.watch, attempts=attempts, **more)
