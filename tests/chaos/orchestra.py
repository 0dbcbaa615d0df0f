"""The roles as processes of their own, each started again when it ends, as an orchestrator would."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from monitor import clock
from tests.chaos import launch
from tests.chaos.history import Death

ROOT = Path(__file__).parents[2]
RESTART_SECONDS, LONGEST_RESTART_SECONDS = 0.3, 3.0
GRACE_SECONDS = 60.0
MOST_IDLE = 12
LINE_BYTES = 1 << 20
# What a role logs when it has handled something.
WORK = {
    "poll": (b'"outcome": "ok"',),
    "stream": (b'"event": "told"', b'"event": "suppressed"'),
    "notify": (b'"outcome": "sent"',),
}


@dataclass(eq=False)
class Worker:
    """One process of a role."""

    role: str
    name: str
    process: asyncio.subprocess.Process
    kill_at: str | None  # the step at which it is to kill itself
    doom: str | None = None  # how we ended it
    worked_at: float | None = None
    last_words: str = ""
    reader: asyncio.Task[None] | None = None

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self.process.returncode is None

    def worked_within(self, seconds: float) -> bool:
        """Whether it handled something lately."""
        return self.worked_at is not None and clock.now().timestamp() - self.worked_at < seconds

    def end(self, kind: str) -> None:
        """Kill it, or ask it to end."""
        self.doom = kind
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGKILL if kind == "kill" else signal.SIGTERM)


@dataclass
class Orchestra:
    """Starts, watches and restarts workers; every end is on record. `plan` gives a step at which a role is to die."""

    folder: Path
    arguments: Sequence[str]  # session and rule for the launcher
    environment: Mapping[str, str]
    command: Sequence[str]  # after the role's name
    plan: Callable[[str], str | None] = lambda _: None
    workers: dict[str, Worker] = field(default_factory=dict)
    deaths: list[Death] = field(default_factory=list)
    stopping: bool = False

    async def keep(self, role: str, name: str) -> None:
        """Run a worker and its successors until all are to stop. Raises RuntimeError where none comes to work."""
        idle = 0
        while not self.stopping:
            death = await self.wait(await self.start(role, name, self.plan(role)))
            idle = idle + 1 if death.kind == "itself" and not death.worked else 0
            if idle == MOST_IDLE:
                raise RuntimeError(f"{name} ended {idle} times in a row before it handled anything: {death.last_words}")
            await asyncio.sleep(min(RESTART_SECONDS * 2**idle, LONGEST_RESTART_SECONDS))

    async def start(self, role: str, name: str, kill_at: str | None = None) -> Worker:
        """Start one worker."""
        environment = {**os.environ, **self.environment}  # noqa: TID251 what a child inherits
        environment.pop("KAFKA_BOOTSTRAP", None)
        if kill_at:
            environment["MONITOR_KILL_AT"] = kill_at
        launched = [sys.executable, "-m", launch.__name__, *self.arguments, role, *self.command]
        process = await asyncio.create_subprocess_exec(
            *launched, cwd=ROOT, env=environment, stderr=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.DEVNULL,
            limit=LINE_BYTES,
        )  # fmt: skip
        worker = Worker(role, name, process, kill_at)
        worker.reader = asyncio.create_task(self._read(worker))
        self.workers[name] = worker
        return worker

    async def wait(self, worker: Worker) -> Death:
        """Its end, once that is on record."""
        code = await worker.process.wait()
        at = clock.now().timestamp()
        assert worker.reader is not None
        await worker.reader
        # One that was asked to end may come to its step before it has.
        at_step = worker.kill_at and code == -signal.SIGKILL and worker.doom != "kill"
        kind = f"step {worker.kill_at}" if at_step else worker.doom or "itself"
        worked = worker.worked_at is not None
        death = Death(worker.role, worker.name, kind, code, at, worked, worker.last_words)
        self.deaths.append(death)
        if self.workers.get(worker.name) is worker:
            del self.workers[worker.name]
        return death

    async def stop(self) -> None:
        """Ask all that run to end; whoever does not is killed, on record as hanging."""
        self.stopping = True
        for worker in self.workers.values():
            if worker.doom is None:
                worker.end("term")
        await self._until_ended()

    async def _until_ended(self) -> None:
        for worker in list(self.workers.values()):
            try:
                await asyncio.wait_for(worker.process.wait(), GRACE_SECONDS)
            except TimeoutError:
                worker.last_words = f"did not end within {GRACE_SECONDS:.0f} s of SIGTERM; {worker.last_words}"
                worker.kill_at = None
                worker.process.kill()

    async def _read(self, worker: Worker) -> None:
        assert worker.process.stderr is not None
        signs = WORK[worker.role]
        with (self.folder / f"{worker.name}.log").open("ab") as log:
            log.write(b"--- started %d, to die at %s\n" % (worker.process.pid, str(worker.kill_at).encode()))
            async for line in worker.process.stderr:
                log.write(line)
                log.flush()
                if any(sign in line for sign in signs):
                    worker.worked_at = clock.now().timestamp()
                worker.last_words = line.decode(errors="replace").strip()[-400:]


async def until(met: Callable[[], bool], seconds: float) -> bool:
    """Wait until this holds, so long at most; whether it does."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while not met():  # noqa: ASYNC110 it is other processes that change it
                await asyncio.sleep(0.05)
    return met()
