"""Who is killed when, and how: at moments that a seed gives, and at named steps of the code."""

import asyncio
import random
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from monitor import clock, killpoints
from tests.chaos.history import Outage
from tests.chaos.orchestra import Orchestra, Worker, until
from tests.integration.kafka_server import Kafka

READY_SECONDS = 60.0
LATELY_SECONDS = 10.0
STEP_SECONDS = 20.0  # for a worker to come to the step at which it is to die
DEEPEST = 12  # the most times that a step is passed before the one that kills
FROZEN_SECONDS = (2.0, 5.0)


@dataclass
class Monkey:
    """Ends workers of one role until `kills` ends count; those that had nothing in hand do not."""

    role: str
    names: Sequence[str]  # of the workers that may be ended
    kills: int
    orchestra: Orchestra
    rng: random.Random
    steps: Sequence[str] = ()
    joins: bool = False  # whether others of this role may join and leave
    counted: Counter[str] = field(default_factory=Counter)
    deepest: int = DEEPEST
    _due: deque[str] = field(default_factory=deque)

    @property
    def done(self) -> bool:
        """Whether enough were ended."""
        return sum(self.counted.values()) >= self.kills

    def plan(self) -> str | None:
        """The step at which the next worker of this role is to kill itself."""
        if not self.steps or self.done or self.rng.random() < 0.5:
            return None
        if not self._due:  # each step comes once before one comes again
            self._due.extend(self.rng.sample(self.steps, len(self.steps)))
        return f"{self._due.popleft()}:{self.rng.randint(1, self.deepest)}"

    async def rage(self) -> None:
        """End one after another."""
        while not self.done:
            await asyncio.sleep(self.rng.uniform(0.2, 3.0))
            worker = await self._victim()
            if worker is None:
                continue
            if worker.kill_at and await until(lambda w=worker: not w.alive, STEP_SECONDS):  # type: ignore[misc]
                self.counted["step"] += 1
            elif self.joins and self.rng.random() < 0.2:
                await self._join_and_leave()
            elif worker.alive and worker.worked_within(LATELY_SECONDS):
                kind = "kill" if self.rng.random() < 0.7 else "term"
                worker.end(kind)
                self.counted[kind] += 1
                await until(lambda w=worker: not w.alive, READY_SECONDS)  # type: ignore[misc]

    async def _victim(self) -> Worker | None:
        name = self.rng.choice(self.names)

        def ready() -> bool:
            worker = self.orchestra.workers.get(name)
            return worker is not None and (worker.worked_within(LATELY_SECONDS) or worker.kill_at is not None)

        return self.orchestra.workers.get(name) if await until(ready, READY_SECONDS) else None

    async def _join_and_leave(self) -> None:
        async with _joined(self.orchestra, self.role) as worker:
            await until(lambda: worker.worked_at is not None, 15.0)
            await asyncio.sleep(self.rng.uniform(0.2, 2.0))
            worker.end("leave" if self.rng.random() < 0.7 else "kill")
        self.counted["join"] += 1


@dataclass
class Rounds:
    """So often: one worker joins, one of those at work is killed, and the one that joined leaves."""

    role: str
    names: Sequence[str]
    count: int
    orchestra: Orchestra
    rng: random.Random
    done: int = 0

    async def rage(self) -> None:
        """One round after another; one counts if whoever was killed or left had been at work."""
        while self.done < self.count:
            async with _joined(self.orchestra, self.role) as worker:
                joined = await until(lambda w=worker: w.worked_at is not None, READY_SECONDS)  # type: ignore[misc]
                victim = self.orchestra.workers.get(self.rng.choice(self.names))
                killed = victim is not None and victim.worked_within(LATELY_SECONDS)
                if victim is not None and killed:
                    victim.end("kill")
                await asyncio.sleep(self.rng.uniform(0.2, 3.0))
                worker.end("leave")
            self.done += joined and killed


@asynccontextmanager
async def _joined(orchestra: Orchestra, role: str) -> AsyncIterator[Worker]:
    """One worker more of this role; at the end it is waited for."""
    number = sum(death.worker.startswith(f"{role}-joined") for death in orchestra.deaths)
    worker = await orchestra.start(role, f"{role}-joined-{number + 1}")
    end = asyncio.create_task(orchestra.wait(worker))
    yield worker
    await end


@dataclass
class Outages:
    """Kills and freezes the broker, `count` times each, spread over the run."""

    kafka: Kafka
    rng: random.Random
    count: int
    progress: Callable[[], float]  # from 0 to 1
    seen: list[Outage] = field(default_factory=list)

    async def rage(self) -> None:
        """One kind after the other, each at its share of the run."""
        total = 2 * self.count
        for number in range(total):
            at = (number + self.rng.uniform(0.3, 0.9)) / total
            await until(lambda at=at: self.progress() >= at, float("inf"))  # type: ignore[misc]
            await (self._kill() if number % 2 else self._freeze())

    async def _freeze(self) -> None:
        begun = clock.now().timestamp()
        self.kafka.pause()
        try:
            await asyncio.sleep(self.rng.uniform(*FROZEN_SECONDS))
        finally:
            self.kafka.resume()
        self.seen.append(Outage("frozen", begun, clock.now().timestamp()))

    async def _kill(self) -> None:
        begun = clock.now().timestamp()
        await asyncio.to_thread(self.kafka.kill)
        await asyncio.sleep(self.rng.uniform(0.0, 3.0))
        await asyncio.to_thread(self.kafka.restart)
        self.seen.append(Outage("killed", begun, clock.now().timestamp()))


def known_steps(role: str) -> Sequence[str]:
    """The named steps of this role at which a process can be told to kill itself."""
    stages = ("match", "story") if role == "stream" else (role,)
    return [name for name in killpoints.POINTS if name.partition(".")[0] in stages]
