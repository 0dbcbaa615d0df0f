"""Faust's Kafka transport, made to lose nothing: only what was handled is committed, and a seek finds nobody reading.

Plain Faust 0.15.3 commits past records that it dropped at a rebalance, commits an event whose agent raised, and can
leave a partition stuck. Four changes cure it:

- **Frontier.** Each offset is noted as it comes from the client; only the leading run of offsets that our own code
  declared `handled` is committable. So holes in the log (transaction markers, compacted records) need no special case,
  and an event that was skipped, cancelled or lost to an exception is never committed, whatever Faust thinks of it.
- **Barrier.** At the end of a recovery Faust seeks back to the committed offsets while a fetch may be in flight, whose
  records it then drops. `perform_seek` waits until nobody reads; it also rewinds partitions that have no commit yet. A
  seek in a changelog waits until no fetch is under way: what a table is given follows what it has.
- **Changelogs.** Records of a changelog go to their table as whole batches; only the last of each takes Faust's way,
  which then knows how far the recovery is: its way takes longer for a record than all the rest.
- **Net.** Something handled while an older record of its partition never was means that one was dropped: the worker
  stops without committing past it, and its successor reads it again.

Both libraries are pinned exactly, since this file leans on private names of theirs.
"""

import asyncio
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from typing import Any

from faust.transport.drivers import TRANSPORTS
from faust.transport.drivers import aiokafka as driver
from faust.types import TP, Message

from monitor.errors import CodeBroken
from monitor.watchdog import Place, position_of

SCHEME = "newsmonitor"


class ConsumerThread(driver.AIOKafkaConsumerThread):
    """The thread that holds the client, with two settings that Faust does not expose."""

    def _create_worker_consumer(self, transport: Any) -> Any:
        consumer = super()._create_worker_consumer(transport)
        consumer._isolation_level = "read_committed"
        # The embedded broker answers an idle fetch only when this has passed; a real one as soon as a record comes.
        consumer._fetch_max_wait_ms = 100
        return consumer


class Consumer(driver.Consumer):
    """A consumer whose commits follow what was handled, in the order in which it was read."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._noted: dict[TP, deque[int]] = defaultdict(deque)
        self._handled: dict[TP, set[int]] = defaultdict(set)
        self._frontier: dict[TP, int] = {}
        self._nobody_reads = asyncio.Event()
        self._nobody_reads.set()
        self._nobody_fetches = asyncio.Event()
        self._nobody_fetches.set()
        self._reader: asyncio.Task[Any] | None = None
        self._recovering: set[TP] = set()  # partitions of changelogs that are read from where their tables end
        super().__init__(*args, **kwargs)

    def _new_consumer_thread(self) -> ConsumerThread:
        return ConsumerThread(self, loop=self.loop, beacon=self.beacon)

    # Frontier

    def handled(self, message: Message) -> None:
        """Declare a record handled: its outputs and its table rows are acked. Raises CodeBroken where one was lost."""
        tp, offset = message.tp, message.offset
        noted = self._noted[tp]
        self._handled[tp].add(offset)
        self._advance(tp)
        if noted and noted[0] < offset:
            raise CodeBroken(
                f"{tp.topic} partition {tp.partition}: offset {offset} was handled but {noted[0]} never came;"
                " stopping so that it is read again"
            )

    def places(self) -> dict[tuple[str, int], Place]:
        """How far it has come in each partition that it owns and commits."""
        return {(tp.topic, tp.partition): self._place(tp) for tp in self._sources()}

    def _place(self, tp: TP) -> Place:
        noted = self._noted.get(tp)
        return Place(self._position(tp), noted[0] if noted else None, len(noted or ()))

    def recovered_records(self) -> int:
        """A number that moves while tables are read from their changelogs."""
        return sum(self._position(tp) or 0 for tp in self.assignment() - self._sources())

    def _sources(self) -> set[TP]:
        return {tp for tp in self.assignment() if self.app.topics.acks_enabled_for(tp.topic)}

    def _position(self, tp: TP) -> int | None:
        return position_of(self._thread._ensure_consumer(), driver.ensure_aiokafka_TP(tp))

    async def _getmany(self, *args: Any, **kwargs: Any) -> Mapping[TP, list[Any]]:
        self._nobody_fetches.clear()
        try:
            records: Mapping[TP, list[Any]] = await super()._getmany(*args, **kwargs)
        finally:
            self._nobody_fetches.set()
        for tp, batch in records.items():
            if self.app.topics.acks_enabled_for(tp.topic):
                self._noted[tp].extend(record.offset for record in batch)
        return {tp: self._recover(tp, batch) if tp.topic in self._tables() else batch for tp, batch in records.items()}

    # Changelogs

    def _tables(self) -> Mapping[str, Any]:
        tables: Any = self.app.tables
        changelogs: Mapping[str, Any] = tables._changelogs
        return changelogs

    def _recover(self, tp: TP, batch: list[Any]) -> list[Any]:
        """Give records to their table; what is left is the last, for Faust to know of."""
        if tp not in self._recovering or not batch:
            return []
        self._tables()[tp.topic].recover(tp.partition, batch)
        return batch[-1:]

    async def highwaters(self, *partitions: TP) -> Mapping[TP, int]:
        """The ends of partitions; a table that is ahead of its changelog's end is forgotten."""
        ends: Mapping[TP, int] = await super().highwaters(*partitions)
        tables: Any = self.app.tables
        for tp in partitions:
            table = self._tables().get(tp.topic)
            if table is not None and table.rebuild_if_ahead(tp.partition, (ends.get(tp) or 0) - 1):
                tables.recovery.active_offsets[tp] = None
        return ends

    async def seek_wait(self, partitions: Mapping[TP, int]) -> None:
        """Go to these offsets, once no fetch is under way: what comes from then on follows what the tables have."""
        self.stop_flow()
        # Not until nobody reads: a reader may have to hand over what it has, and that waits for the end of this.
        await self._nobody_fetches.wait()
        await super().seek_wait(partitions)
        self._recovering.update(tp for tp in partitions if tp.topic in self._tables())

    def _advance(self, tp: TP) -> None:
        noted, handled = self._noted[tp], self._handled[tp]
        while noted and noted[0] in handled:
            self._frontier[tp] = noted[0] + 1
            handled.discard(noted.popleft())

    def _new_offset(self, tp: TP) -> int | None:
        # Faust's own list of acks is not used, and must not grow.
        self._acked[tp].clear()
        self._acked_index[tp].clear()
        return self._frontier.get(tp)

    def _filter_tps_with_pending_acks(self, topics: Any = None) -> Iterator[TP]:
        return (tp for tp in list(self._frontier) if topics is None or tp in topics or tp.topic in topics)

    async def _add_gap(self, tp: TP, offset_from: int, offset_to: int) -> None:
        """A hole in the log is nothing to wait for."""

    # Barrier

    async def on_partitions_revoked(self, revoked: set[TP]) -> None:
        """Finish what is in hand before partitions go."""
        # Faust does not stop the flow of a worker that owned nothing: what it is given next would be handled before
        # its tables are recovered.
        self.stop_flow()
        self._recovering.clear()
        await super().on_partitions_revoked(revoked)
        for tp in revoked:
            # Should the partition come back, a commit before the next seek must not undo what another did meanwhile.
            self._frontier.pop(tp, None)
            self._handled.pop(tp, None)

    def _set_active_tps(self, tps: set[TP]) -> set[TP]:
        # Faust reads from what it is assigned for some moments before it pauses it for the recovery.
        self._paused_partitions.update(tps)
        active: set[TP] = super()._set_active_tps(tps)
        return active

    async def getmany(self, timeout: float) -> AsyncIterator[tuple[TP, Message]]:  # noqa: ASYNC109 it is Faust's
        """Records as they come, while the flow is on."""
        while not self.flow_active and not self.should_stop:
            # Waited for here and not inside: a reader that waits for the flow must not look like one that reads.
            await self.wait(self.can_resume_flow)  # type: ignore[arg-type]  # Faust does the same
        self._reader = asyncio.current_task()
        self._nobody_reads.clear()
        try:
            async for item in super().getmany(timeout):
                yield item
        finally:
            self._nobody_reads.set()

    async def perform_seek(self) -> None:
        """Go back to what is committed, once nobody reads, and forget all that was read since."""
        if asyncio.current_task() is self._reader:
            return  # Faust's stray call from inside its fetch; the one that counts comes from the recovery
        self.stop_flow()
        await self._nobody_reads.wait()
        committed = await self.seek_to_committed()
        await self._rewind(tp for tp in self._sources() if not committed.get(tp))
        self._forget()
        self._committed_offset.update({tp: offset for tp, offset in committed.items() if offset})

    async def _rewind(self, uncommitted: Iterable[TP]) -> None:
        partitions = [driver.ensure_aiokafka_TP(tp) for tp in uncommitted]
        if partitions:
            await self._thread.seek_to_beginning(*partitions)

    def _forget(self) -> None:
        for memory in (self._noted, self._handled, self._frontier, self._gap, self._acked, self._acked_index):
            memory.clear()
        self._read_offset.clear()


class Transport(driver.Transport):
    """The transport behind broker addresses of our own scheme."""

    Consumer = Consumer


def register() -> None:
    """Teach Faust the scheme `newsmonitor://`."""
    TRANSPORTS.aliases[SCHEME] = f"{__name__}:Transport"
