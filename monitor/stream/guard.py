"""The guard around each record: it is handled, or it is a dead letter, or the process stops. Nothing else happens.

Records are handled as many as are waiting, in their order: one at a time when idle, up to a batch under load::

    decide each (pure) → send all outputs, acked → write all rows, acked → the records count as handled
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from aiokafka.errors import KafkaError

from monitor import logs, metrics
from monitor.deadletters import Header
from monitor.errors import CodeBroken, MonitorError
from monitor.topics import Topic

FIRST_WAIT_SECONDS = 0.1
LONGEST_WAIT_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Record:
    """A record as it lies in its topic."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[Header] = ()


@dataclass(frozen=True, slots=True)
class Output:
    """A record to be sent."""

    topic: Topic
    key: str
    value: bytes
    partition: int


@dataclass(frozen=True, slots=True)
class Decided:
    """What a stage makes of one record: outputs to send, then rows to write (None = delete), then a word about it."""

    outputs: Sequence[Output]
    rows: Sequence[tuple[str, str, bytes | None]] = ()  # table, key, row
    report: Callable[[], None] = lambda: None


class Stage(Protocol):
    """One stage of the stream."""

    name: str

    def decide(self, record: Record) -> Decided:
        """Decide on one record, and let the next know. What it raises makes the record a dead letter."""

    async def remember(self, decided: Sequence[Decided]) -> None:
        """Write the rows; return once the broker has acked them."""

    def forget(self) -> None:
        """Drop what `decide` learnt since the last rows were written, to learn it again from the rows."""


Send = Callable[[Output], Awaitable[None]]  # acked; waits out what can pass. Raises BrokerRefused, else nothing
Bury = Callable[[Record, Exception], Awaitable[None]]  # makes a dead letter of it, acked; likewise, never refuses


class Guard:
    """Runs a stage. More than `limit` dead letters in a row mean that the code is broken, not the data: CodeBroken."""

    def __init__(self, stage: Stage, send: Send, bury: Bury, limit: int) -> None:
        self._stage, self._send, self._bury, self._limit = stage, send, bury, limit
        self._in_a_row = 0
        self._log = logs.logger(stage.name)

    async def __call__(self, records: Sequence[Record]) -> None:
        """Return once each record is handled or buried. Raises CodeBroken."""
        decided = [(record, found) for record in records if (found := await self._decide(record)) is not None]
        refused = await self._send_all(decided)
        if refused is None:
            await self._remember([found for _, found in decided])
        elif len(decided) == 1:
            self._stage.forget()
            await self._give_up(records[-1], refused)
        else:
            # Later records were decided in the belief that the refused one was told: decide again, one by one.
            self._stage.forget()
            for record, _ in decided:
                await self([record])
        metrics.last_progress.labels(self._stage.name).set_to_current_time()

    async def _decide(self, record: Record) -> Decided | None:
        try:
            decided = self._stage.decide(record)
        except Exception as error:
            await self._give_up(record, error)
            return None
        self._in_a_row = 0
        return decided

    async def _send_all(self, decided: Sequence[tuple[Record, Decided]]) -> Exception | None:
        sends = (self._send(output) for _, found in decided for output in found.outputs)
        for result in await asyncio.gather(*sends, return_exceptions=True):
            if isinstance(result, Exception):
                return result
            if result is not None:
                raise result
        return None

    async def _remember(self, decided: Sequence[Decided]) -> None:
        wait = FIRST_WAIT_SECONDS
        while True:
            try:
                await self._stage.remember(decided)
                break
            except (KafkaError, MonitorError) as error:
                self._log.warning("waiting for the table", error=reason(error), seconds=wait)
                await asyncio.sleep(wait)
                wait = min(wait * 2, LONGEST_WAIT_SECONDS)
        for found in decided:
            found.report()

    async def _give_up(self, record: Record, error: Exception) -> None:
        self._in_a_row += 1
        if self._in_a_row > self._limit:
            raise CodeBroken(
                f"{self._in_a_row} records in a row could not be handled; the last error was {reason(error)}."
                f" Nothing is lost: see `monitor deadletters list --stage {self._stage.name}`"
            ) from error
        known = isinstance(error, MonitorError)
        where = {"topic": record.topic, "partition": record.partition, "offset": record.offset}
        self._log.error("dead letter", error=reason(error), exc_info=None if known else error, **where)
        metrics.deadletters.labels(self._stage.name, type(error).__name__ if known else "unexpected").inc()
        await self._bury(record, error)


def reason(error: Exception) -> str:
    """The error in one line."""
    return f"{type(error).__name__}: {error}"
