"""The notify role: news.alerts → channels, nothing lost and nothing committed before it is in the ledger.

::

    a partition comes ──► read its ledger ──► what is not settled ─┐
                                                                   ▼
    getmany ──► decode ──► ledger: pending ──► commit ──► lane of its channel ──► notifier, each step in the ledger
                  └──► dead letters ──► commit

A channel that is slow or away fills its own lane. When that is full, its alerts wait in the backlog of their partition,
which is paused while they do; alerts for other channels pass them.
"""

import asyncio
from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from aiokafka import ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import ConsumerStoppedError, KafkaError

from monitor import clock, logs
from monitor.errors import BrokerError, BrokerRefused
from monitor.killpoints import reached
from monitor.model import Alert
from monitor.notify.burials import Burials, DeadLetters
from monitor.notify.errand import Errand, found, taken
from monitor.notify.lane import MOST_WAITING, Desk, Lane
from monitor.notify.ledger import Ledger, MemoryLedger
from monitor.notify.notifier import Notifier
from monitor.notify.partition import Consumer, Parcel, Partition, waves
from monitor.notify.reading import Nowhere, read_alert
from monitor.notify.timer import RealTimer, Timer, longest_backoff
from monitor.records import Record

POLL_MS = 200
MOST_AT_ONCE = 500  # records of one fetch, and so of the backlog of one partition
GRACE_SECONDS = 30.0  # for what is being sent when the worker stops
INTAKE_SECONDS = 5.0  # for what is being taken over then
RELEASE_SECONDS = 10.0  # for what is being sent when a partition goes to another worker

Handled = Callable[[str, int, int], None]  # topic, partition, offset: this record and all before it are through


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a worker is set up; `random` gives numbers from 0 up to 1."""

    random: Callable[[], float]
    ledger: Ledger = field(default_factory=MemoryLedger)
    timer: Timer = field(default_factory=RealTimer)
    most_waiting: int = MOST_WAITING  # alerts of one channel


class NotifyWorker:
    """Delivers the alerts that a consumer hands out."""

    def __init__(
        self,
        consumer: Consumer,
        notifiers: Mapping[str, Notifier],
        deadletters: DeadLetters,
        handled: Handled,
        options: Options,
    ) -> None:
        """`handled` hears of each step forward, before it is committed."""
        self._consumer, self._handled, self._timer = consumer, handled, options.timer
        self._burials = Burials(deadletters, options.timer)
        desk = Desk(ledger=options.ledger, burials=self._burials, timer=options.timer, random=options.random)
        self._lanes = {name: Lane(name, notifier, desk, options.most_waiting) for name, notifier in notifiers.items()}
        self._nowhere = Lane("none", Nowhere(notifiers), desk)
        self._ledger = options.ledger
        self._partitions: dict[TopicPartition, Partition] = {}
        self._taken_over = asyncio.Event()  # no row is on its way to the ledger
        self._taken_over.set()
        self._troubles = Counter[str]()  # what the broker does not do, and how often in a row
        self._log = logs.logger("notify")

    @property
    def waiting(self) -> int:
        """Alerts that were taken and are not through yet."""
        backlogs = sum(len(partition.backlog) for partition in self._partitions.values())
        lanes = (self._nowhere, *self._lanes.values())
        return backlogs + self._burials.waiting + sum(lane.waiting for lane in lanes)

    @property
    def trouble(self) -> str | None:
        """What keeps alerts from being taken over, in words."""
        return next(iter(self._troubles), None)

    async def run(self, stop: asyncio.Event) -> None:
        """Deliver until `stop`; then finish what is being sent, commit, return. The consumer stays open.

        What waits in the ledger then is delivered by whoever gets the partition next.
        """
        lanes: list[Lane | Burials] = [self._burials, self._nowhere, *self._lanes.values()]
        tasks = [asyncio.create_task(lane.run()) for lane in lanes]
        try:
            await self._intake(stop, tasks)
        finally:
            for lane in lanes:
                lane.stop()
            failure = await _end(tasks, GRACE_SECONDS)
            await self.commit()
        if failure is not None:
            raise failure

    def gained(self, partitions: Iterable[TopicPartition]) -> None:
        """These are ours from now on: their ledger is read first."""
        for key in partitions:
            self._partitions.setdefault(key, Partition())

    async def release(self, partitions: Iterable[TopicPartition]) -> None:
        """These go to another worker: begin nothing more of them, finish what is being sent, commit, forget them."""
        going = {key: self._partitions[key] for key in partitions if key in self._partitions}
        for partition in going.values():
            partition.offsets.tenure.lost = True
        under_way = [self._taken_over, *(lane.idle for lane in self._lanes.values())]
        await asyncio.gather(*(self._timer.wait(event, RELEASE_SECONDS) for event in under_way if not event.is_set()))
        await self.commit()
        self.lost(going)

    def lost(self, partitions: Iterable[TopicPartition]) -> None:
        """These belong to another worker now: begin nothing more of them, forget how far they were."""
        for key in partitions:
            partition = self._partitions.pop(key, None)
            if partition is not None:
                partition.offsets.tenure.lost = True

    async def commit(self) -> None:
        """Commit what is finished."""
        moved = {}
        for key, partition in self._partitions.items():
            finished = partition.offsets.finished()
            if finished is not None and finished != partition.through:
                partition.through = finished
                self._handled(key.topic, key.partition, finished)
            if partition.through is not None and partition.through != partition.committed:
                moved[key] = partition.through
        if moved and await self._accepted({key: offset + 1 for key, offset in moved.items()}):
            for key in self._partitions.keys() & moved.keys():
                self._partitions[key].committed = moved[key]

    async def _intake(self, stop: asyncio.Event, tasks: Sequence[asyncio.Task[None]]) -> None:
        """Take alerts until `stop`; a broker that is away just then does not keep the process from ending."""
        pump, stopping = asyncio.create_task(self._pump(stop, tasks)), asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({pump, stopping}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopping.cancel()
            failure = await _end([pump], INTAKE_SECONDS)
        if failure is not None:
            raise failure

    async def _pump(self, stop: asyncio.Event, tasks: Sequence[asyncio.Task[None]]) -> None:
        while not stop.is_set() and not any(task.done() for task in tasks):
            for key, records in (await self._fetch(stop)).items():
                self._take(key, records)
            for key, partition in list(self._partitions.items()):
                if not partition.offsets.tenure.lost and await self._opened(key, partition, stop):
                    await self._drain(key, partition)
            await self.commit()

    async def _opened(self, key: TopicPartition, partition: Partition, stop: asyncio.Event) -> bool:
        """Read the partition's ledger where that is not done, and put to work what is not settled there."""
        if partition.opened:
            return True
        try:
            unsettled = await self._ledger.open(key.partition)
        except BrokerError as error:
            if not error.retriable:
                raise
            await self._broken_off("cannot read the ledger", error, stop)
            return False
        self._troubles.pop("cannot read the ledger", None)
        tenure = partition.offsets.tenure
        if tenure.lost:
            return False
        for delivery in unsettled:
            assert delivery.carried is not None  # a row without it is no row
            lane = self._lanes.get(delivery.channel, self._nowhere)
            lane.put(found(delivery, delivery.carried, key.partition, tenure))
        partition.opened = True
        self._log.info("partition opened", partition=key.partition, unsettled=len(unsettled))
        return True

    async def _fetch(self, stop: asyncio.Event) -> Mapping[TopicPartition, Sequence[Record]]:
        try:
            records = await self._consumer.getmany(timeout_ms=POLL_MS, max_records=MOST_AT_ONCE)
        except KafkaError as error:
            await self._broken_off("cannot read alerts", error, stop)
            return {}
        self._troubles.pop("cannot read alerts", None)
        return records

    async def _broken_off(self, what: str, error: Exception, stop: asyncio.Event) -> None:
        """Say what the broker did not do, and wait before it is asked again."""
        self._troubles[what] += 1
        seconds = min(longest_backoff(self._troubles[what]), 30.0)
        self._log.warning(what, error=str(error) or type(error).__name__, seconds=seconds)
        await self._timer.wait(stop, seconds)

    def _take(self, key: TopicPartition, records: Sequence[Record]) -> None:
        partition = self._partitions.setdefault(key, Partition())
        for record in records:
            ticket = partition.offsets.take(record.offset)
            if ticket is not None:
                partition.backlog.append(Parcel(record, read_alert(record, self._lanes), ticket))

    async def _drain(self, key: TopicPartition, partition: Partition) -> None:
        """Take over what there is room for; the rest stays, in order, and pauses the partition."""
        ready = self._ready(partition)
        self._taken_over.clear()
        try:
            errands = [e for some in waves(ready) for e in await asyncio.gather(*(self._take_over(*it) for it in some))]
        finally:
            self._taken_over.set()
        for errand in errands:
            if errand is not None:
                self._lanes[errand.delivery.channel].put(errand)
        self._pause(key, partition)

    def _ready(self, partition: Partition) -> Sequence[tuple[Alert, Parcel]]:
        """Take from the backlog the alerts whose lanes have room; what no channel can have goes to be buried."""
        # A lane that is full for one alert is still full for the next, so none overtakes.
        ready, rest = [], deque[Parcel]()
        room = {name: lane.room for name, lane in self._lanes.items()}
        for parcel in partition.backlog:
            if not isinstance(parcel.content, Alert):
                if not self._burials.put(parcel.content, parcel.record, parcel.ticket):
                    rest.append(parcel)
            elif room[parcel.content.channel]:
                room[parcel.content.channel] -= 1
                ready.append((parcel.content, parcel))
            else:
                rest.append(parcel)
        partition.backlog = rest
        return ready

    async def _take_over(self, alert: Alert, parcel: Parcel) -> Errand | None:
        """Put the alert into the ledger, after which its record may be committed; None where nothing is to be done."""
        record, ticket = parcel.record, parcel.ticket
        errand = taken(alert, record, ticket.tenure, clock.now())
        if self._ledger.fate(record.partition, errand.delivery) is not None:
            self._lanes[alert.channel].ignore(errand)
            ticket.done = True
            return None
        try:
            await self._ledger.record(record.partition, errand.delivery)
        except BrokerRefused as error:
            ticket.done = await self._burials.bury(record, error)
            return None
        reached("notify.pending")
        ticket.done = True
        return errand

    def _pause(self, key: TopicPartition, partition: Partition) -> None:
        pause = bool(partition.backlog)
        if pause == partition.paused:
            return
        try:
            (self._consumer.pause if pause else self._consumer.resume)(key)
        except KafkaError as error:  # taken from us a moment ago: what it holds is another worker's
            self._log.info("partition gone", partition=key.partition, error=type(error).__name__)
        partition.paused = pause

    async def _accepted(self, offsets: Mapping[TopicPartition, int]) -> bool:
        try:
            await self._consumer.commit(offsets)
        except (KafkaError, ConsumerStoppedError) as error:
            self._log.warning("cannot commit, will try again", error=type(error).__name__)
            return False
        reached("notify.committed")
        return True


class Rebalances(ConsumerRebalanceListener):  # type: ignore[misc]
    """Tells the worker which partitions go: hand it to the consumer's `subscribe`."""

    def __init__(self, worker: NotifyWorker) -> None:
        self._worker = worker

    async def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        """Finish and commit what is under way, forget the rest."""
        await self._worker.release(revoked)

    async def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        """Their ledger is read before anything of them is sent."""
        self._worker.gained(assigned)


async def _end(tasks: Sequence[asyncio.Task[None]], seconds: float) -> Exception | None:
    """Wait so long, cancel what hangs; what one of them failed with."""
    _, hanging = await asyncio.wait(tasks, timeout=seconds)
    for task in hanging:
        task.cancel()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    return next((result for result in results if isinstance(result, Exception)), None)
