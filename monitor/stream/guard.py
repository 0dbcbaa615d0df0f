"""The guard around each record: it is handled, or it is a dead letter, or the process stops. Nothing else happens.

Records are handled as many as are waiting, in their order: one at a time when idle, up to a batch under load::

    decide each (pure) → send all outputs, acked → send all rows, acked → the records count as handled
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from monitor import logs, metrics
from monitor.core.floods import Floods, Verdict
from monitor.deadletters import Header
from monitor.errors import CodeBroken, MonitorError, Quarantined, Stalled
from monitor.killpoints import reached
from monitor.stream.sources import source_of
from monitor.topics import Topic

LONGEST_SECONDS = 0.05  # for decisions, before their outputs are sent


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
    """A record to be sent; a value of None deletes what a compacted topic has under the key."""

    topic: Topic
    key: str
    value: bytes | None
    partition: int


@dataclass(frozen=True, slots=True)
class Decided:
    """What a stage makes of one record: outputs to send, then rows for the changelogs of its tables, then a word."""

    outputs: Sequence[Output]
    rows: Sequence[Output] = ()
    report: Callable[[], None] = lambda: None


class Stage(Protocol):
    """One stage of the stream."""

    name: str

    def decide(self, record: Record) -> Decided:
        """Decide on one record, and let the next know. What it raises makes the record a dead letter."""

    def remember(self, rows: Iterable[Output]) -> None:
        """Put rows that the changelogs have into the tables."""

    def forget(self) -> None:
        """Drop what `decide` learnt since the last rows were put into the tables, to learn it again from them."""


Send = Callable[[Output], Awaitable[None]]  # acked; waits out what can pass. Raises BrokerRefused, else nothing
Bury = Callable[[Record, Exception], Awaitable[None]]  # makes a dead letter of it, acked; likewise, never refuses
Failure = tuple[Record, Exception]


class Guard:
    """Runs a stage. A flood of dead letters from one source puts it in quarantine, from many it is CodeBroken.

    `floods` makes a counter of failures; what the stage cannot decide and what the broker refuses are counted apart.
    `now` gives seconds of a clock that only goes forward.
    """

    def __init__(
        self, stage: Stage, send: Send, bury: Bury, floods: Callable[[], Floods], now: Callable[[], float]
    ) -> None:
        self._stage, self._send, self._bury, self._now = stage, send, bury, now
        self._undecided, self._refused = floods(), floods()
        self._log = logs.logger(stage.name)

    @property
    def stage(self) -> str:
        """The name of its stage."""
        return self._stage.name

    @property
    def quarantined(self) -> tuple[str, ...]:
        """The sources whose records go to the dead letters untried."""
        return self._undecided.quarantined + self._refused.quarantined

    async def __call__(self, records: Sequence[Record]) -> None:
        """Return once each record is handled or buried. Raises CodeBroken, with the record at fault not handled."""
        rest = records
        while rest:
            decided, failed = self._decide(rest)
            await self._carry_out(decided, failed)
            rest = rest[len(decided) + len(failed) :]
        metrics.last_progress.labels(self._stage.name).set_to_current_time()
        metrics.quarantined.labels(self._stage.name).set(len(self.quarantined))

    async def _carry_out(self, decided: Sequence[tuple[Record, Decided]], failed: list[Failure]) -> None:
        reached(f"{self._stage.name}.decided")
        refused = await self._send_all([(record, output) for record, found in decided for output in found.outputs])
        reached(f"{self._stage.name}.sent")
        if not refused:
            failed += await self._remember(decided)
        else:
            self._stage.forget()
            if len(decided) == 1:
                failed += self._counted(refused)
            else:
                # Later records were decided in the belief that the refused one was told: decide again, one by one.
                for record, _ in decided:
                    await self([record])
        for record, error in failed:
            await self._give_up(record, error)

    def _decide(self, records: Sequence[Record]) -> tuple[list[tuple[Record, Decided]], list[Failure]]:
        """Decide on as many of the first as there is time for: outputs and the rest of the process must not wait."""
        decided, failed = list[tuple[Record, Decided]](), list[Failure]()
        until = self._now() + LONGEST_SECONDS
        for record in records:
            if (decided or failed) and self._now() > until:
                break
            try:
                self._refuse_quarantined(record)
                decided.append((record, self._stage.decide(record)))
            except Quarantined as error:
                failed.append((record, error))
            except Stalled:
                raise  # of the memory that all records are judged by, not of this one: a new start builds it anew
            except Exception as error:
                self._count(self._undecided, record, error)
                failed.append((record, error))
            else:
                self._fine(self._undecided, record)
        return decided, failed

    def _refuse_quarantined(self, record: Record) -> None:
        if not self.quarantined:
            return
        source, now = source_of(record), self._now()
        if self._undecided.holds(source, now) or self._refused.holds(source, now):
            raise Quarantined(f"{source} is in quarantine, since too many of its records could not be handled")

    async def _send_all(self, outputs: Sequence[tuple[Record, Output]]) -> list[Failure]:
        """The first refusal of each record whose outputs the broker will never take."""
        results = await asyncio.gather(*(self._send(output) for _, output in outputs), return_exceptions=True)
        refused: dict[tuple[int, int], Failure] = {}
        for (record, _), result in zip(outputs, results, strict=True):
            if isinstance(result, Exception):
                refused.setdefault((record.partition, record.offset), (record, result))
            elif result is not None:
                raise result
        return list(refused.values())

    async def _remember(self, decided: Sequence[tuple[Record, Decided]]) -> list[Failure]:
        """Write the rows; what is refused is not remembered after the process's end, but its outputs are sent."""
        # The last of several rows of one key: sends that go out together may arrive in any order.
        rows = {(row.topic.name, row.key): (record, row) for record, found in decided for row in found.rows}
        refused = await self._send_all(list(rows.values()))
        self._stage.remember(row for _, row in rows.values())
        reached(f"{self._stage.name}.remembered")
        lost = {(record.partition, record.offset) for record, _ in refused}
        for record, found in decided:
            if (record.partition, record.offset) not in lost:
                self._fine(self._refused, record)
            found.report()
        return self._counted(refused)

    def _counted(self, refused: list[Failure]) -> list[Failure]:
        for record, error in refused:
            self._count(self._refused, record, error)
        return refused

    def _fine(self, floods: Floods, record: Record) -> None:
        if not floods.calm:
            floods.fine(source_of(record))

    def _count(self, floods: Floods, record: Record, error: Exception) -> None:
        verdict, source = floods.failed(source_of(record), self._now())
        if verdict is Verdict.STOP:
            raise CodeBroken(
                f"too many records in a row could not be handled, and not from one source; the last error was"
                f" {reason(error)}. Nothing is lost: see `monitor deadletters list --stage {self._stage.name}`,"
                " and start again with a version that can handle them"
            ) from error
        if verdict is Verdict.QUARANTINE:
            self._log.error("source in quarantine", source=source, error=reason(error))

    async def _give_up(self, record: Record, error: Exception) -> None:
        known = isinstance(error, MonitorError)
        if not isinstance(error, Quarantined):
            where = {"topic": record.topic, "partition": record.partition, "offset": record.offset}
            self._log.error("dead letter", error=reason(error), exc_info=None if known else error, **where)
        metrics.deadletters.labels(self._stage.name, type(error).__name__ if known else "unexpected").inc()
        await self._bury(record, error)


def reason(error: Exception) -> str:
    """The error in one line."""
    return f"{type(error).__name__}: {error}"
