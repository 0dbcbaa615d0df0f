"""One run from a fresh broker to a verdict.

::

    broker, feeds, destinations → roles → load and kills → load ends → drain → roles stop → read all → verify
"""

import asyncio
import contextlib
import logging
import random
from collections.abc import AsyncIterator, Collection, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from monitor import cluster, killpoints, topics
from monitor.app import GROUPS
from monitor.core.matching.watches import WatchSet
from monitor.errors import MonitorError
from monitor.kafka import Connection
from monitor.settings import load_watch_file
from monitor.watchset import load_watch_set
from tests.chaos.history import History, behind, read_topics
from tests.chaos.launch import NOTHING
from tests.chaos.load import Load
from tests.chaos.material import WATCHES
from tests.chaos.monkey import Monkey, Outages, Rounds, known_steps
from tests.chaos.orchestra import Orchestra, until
from tests.chaos.servers import World, world
from tests.chaos.verify import Finding, delivered, verify
from tests.integration.kafka_server import Kafka, start_kafka

PARTITIONS = 4
FEEDS = 4
ROLES = ("poll", "stream", "notify")
START_SECONDS = 90.0
KILL_SECONDS = 12.0  # that one may take on average
ROUND_SECONDS = 40.0
MAIN = """
feeds: feeds.yaml
watches: watches.yaml
http: {{port: 0}}
log: {{format: json}}
kafka: {{partitions: {partitions}}}
poll: {{allow_hosts: [127.0.0.1], per_host: 8}}
channels:
  - {{id: ticker, kind: slack, webhook_url: {{env: TICKER_URL}}}}
  - {{id: wire, kind: slack, webhook_url: {{env: WIRE_URL}}}}
  - {{id: field, kind: email, host: 127.0.0.1, port: {mail}, security: none, sender: m@x.test, to: [field@x.test]}}
  - id: night-desk
    kind: email
    host: 127.0.0.1
    port: {mail}
    security: none
    sender: m@x.test
    to: [night-desk@x.test]
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a run is to be. `kills` over all roles; `rule` names a rule that the launcher breaks."""

    kills: int
    seed: int
    rate: float = 12.0  # reports a second
    session_seconds: float = 6.0
    outages: int = 1  # freezes and deaths of the broker, so many each
    steps: Collection[str] = killpoints.POINTS  # of the code, at which processes are killed too
    rule: str = NOTHING
    patience_seconds: float = 90.0  # without any progress, before what is missing counts as lost or stuck
    roles: tuple[str, ...] = ROLES  # whose workers are ended
    rounds: int = 0  # in which a worker of `stream` joins, one is killed, and the one that joined leaves
    stream_workers: int = 2

    def workers(self, role: str) -> list[str]:
        """The names of those that are always there."""
        return [f"{role}-{number + 1}" for number in range(self.stream_workers if role == "stream" else 1)]


@dataclass(kw_only=True)
class Result:
    """How it went."""

    plan: Plan
    history: History
    findings: list[Finding]
    counted: dict[str, dict[str, int]] = field(default_factory=dict)
    rounds: int = 0
    published: int = 0
    seconds: float = 0.0
    unknown: int = 0
    drained: bool = True


async def run(plan: Plan, folder: Path) -> Result:
    """The whole of it; logs and configuration stay in the folder. Raises KafkaUnavailable."""
    started = asyncio.get_running_loop().time()
    properties = {"group.min.session.timeout.ms": "1000"}
    kafka = await asyncio.to_thread(start_kafka, folder / "kafka", None, properties)
    with kafka, _quiet_client():
        connection = Connection(bootstrap=kafka.bootstrap)
        await cluster.create_topics(connection, partitions=PARTITIONS)
        async with world(random.Random(f"{plan.seed} world"), FEEDS) as here:
            result = await _in_world(plan, folder, kafka, connection, here)
    result.seconds = asyncio.get_running_loop().time() - started
    return result


@contextmanager
def _quiet_client() -> Iterator[None]:
    """That the broker is away is our own doing: the client of this process need not say so."""
    client = logging.getLogger("aiokafka")
    level = client.level
    client.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        client.setLevel(level)


async def _in_world(plan: Plan, folder: Path, kafka: Kafka, connection: Connection, here: World) -> Result:
    watches = configure(folder, here)
    load = Load(here, connection, random.Random(f"{plan.seed} load"), plan.rate)
    load.open_feeds()
    old = frozenset(token for feed in here.feeds for token in feed.shown_at)
    orchestra = Orchestra(folder, [str(plan.session_seconds), plan.rule], secrets(here), command(folder, kafka))
    monkeys = {role: _monkey(plan, role, orchestra) for role in plan.roles if plan.kills}
    rounds = Rounds("stream", plan.workers("stream"), plan.rounds, orchestra, random.Random(f"{plan.seed} rounds"))
    orchestra.plan = lambda role: monkeys[role].plan() if role in monkeys and load.published else None
    async with playing(orchestra, {role: plan.workers(role) for role in ROLES}):
        await _until_first_sight(orchestra, here)
        outages = await _rage(plan, kafka, load, list(monkeys.values()), rounds)
        drained = await _drain(plan.patience_seconds, connection, here, load)
    history = await _history(load, old, orchestra, outages)
    return Result(
        plan=plan,
        history=history,
        findings=[
            *verify(history, watches, PARTITIONS, topics.partition_of),
            *(Finding("run", "too few ends that count", role) for role, monkey in monkeys.items() if not monkey.done),
            *([] if rounds.done == plan.rounds else [Finding("run", "too few rounds", str(rounds.done))]),
            *([] if drained else [Finding("run", "stuck", f"nothing moved for {plan.patience_seconds:.0f} s")]),
        ],
        counted={role: dict(monkey.counted) for role, monkey in monkeys.items()},
        rounds=rounds.done,
        published=load.published,
        unknown=len(load.unknown),
        drained=drained,
    )


async def _history(load: Load, old: frozenset[str], orchestra: Orchestra, outages: Outages) -> History:
    here, connection = load.world, load.connection
    return History(
        wanted=frozenset().union(*(feed.dealt_with for feed in here.feeds)) | load.acked,
        aborted=frozenset(load.aborted),
        old=old,
        shown_at={token: at for feed in here.feeds for token, at in feed.shown_at.items()},
        accepted=here.accepted,
        behind=await behind(connection, GROUPS),
        deaths=orchestra.deaths,
        outages=outages.seen,
        **await read_topics(connection),
    )


def configure(folder: Path, here: World) -> WatchSet:
    """Write the configuration of a run; the watches of it, compiled."""
    feeds = "".join(
        f"  - {{id: outlet-{n}, source: Outlet {n}, url: 'http://127.0.0.1:{here.web_port}/feed/{n}',"
        " interval_seconds: 1}\n"
        for n in range(len(here.feeds))
    )
    (folder / "feeds.yaml").write_text(f"feeds:\n{feeds}")
    (folder / "watches.yaml").write_text(WATCHES)
    (folder / "monitor.yaml").write_text(MAIN.format(partitions=PARTITIONS, mail=here.mail_port))
    return load_watch_set(load_watch_file(folder / "watches.yaml"))


def secrets(here: World) -> dict[str, str]:
    """The environment that the configuration speaks of."""
    return {f"{name.upper()}_URL": f"http://127.0.0.1:{here.web_port}/services/{name}" for name in ("ticker", "wire")}


def command(folder: Path, kafka: Kafka) -> list[str]:
    """The options of every role."""
    return ["--config", str(folder / "monitor.yaml"), "--bootstrap", kafka.bootstrap]


@asynccontextmanager
async def playing(orchestra: Orchestra, workers: Mapping[str, Sequence[str]]) -> AsyncIterator[None]:
    """All roles at work; at the end each is asked to stop, and does."""
    async with AsyncExitStack() as stack:
        group = await stack.enter_async_context(asyncio.TaskGroup())
        for role, names in workers.items():
            for name in names:
                group.create_task(orchestra.keep(role, name))
        try:
            yield
        finally:
            await orchestra.stop()


def _monkey(plan: Plan, role: str, orchestra: Orchestra) -> Monkey:
    share = -(-plan.kills // len(plan.roles))
    rng = random.Random(f"{plan.seed} {role}")
    steps = [name for name in known_steps(role) if name in plan.steps]
    return Monkey(role, plan.workers(role), share, orchestra, rng, steps, joins=role != "poll")


async def _until_first_sight(orchestra: Orchestra, here: World) -> None:
    """Wait until every feed was read and is remembered, so that what comes now is news."""
    ready = await until(lambda: all(feed.settled for feed in here.feeds), START_SECONDS)
    words = "\n".join(f"{name}: {worker.last_words}" for name, worker in orchestra.workers.items())
    assert ready, f"the feeds were not read within {START_SECONDS:.0f} s\n{words}"


async def _rage(plan: Plan, kafka: Kafka, load: Load, monkeys: list[Monkey], rounds: Rounds) -> Outages:
    def progress() -> float:
        shares = [sum(monkey.counted.values()) / monkey.kills for monkey in monkeys]
        return min([*shares, rounds.done / plan.rounds] if plan.rounds else shares, default=1.0)

    outages = Outages(kafka, random.Random(f"{plan.seed} broker"), plan.outages, progress)
    loading = asyncio.create_task(load.run())
    with contextlib.suppress(TimeoutError):  # what was not reached is a finding
        most_seconds = START_SECONDS + plan.kills * KILL_SECONDS + plan.rounds * ROUND_SECONDS
        async with asyncio.timeout(most_seconds), asyncio.TaskGroup() as group:
            for rage in (*(monkey.rage for monkey in monkeys), rounds.rage, outages.rage):
                group.create_task(rage())
    await asyncio.sleep(2)
    load.stopping = True
    await loading
    return outages


async def _drain(patience_seconds: float, connection: Connection, here: World, load: Load) -> bool:
    """Wait until all is through, or until nothing has moved for long; whether all is."""
    clock = asyncio.get_running_loop().time
    last, moved_at = None, clock()
    while clock() - moved_at < patience_seconds:
        state = await _state(connection, here, load)
        if state == (0, 0, 0):
            return True
        if state != last:
            last, moved_at = state, clock()
        await asyncio.sleep(1)
    return False


async def _state(connection: Connection, here: World, load: Load) -> tuple[Any, ...]:
    """Feeds that are not settled, records behind a commit, alerts not accepted; all 0 = done."""
    unsettled = sum(not feed.settled for feed in here.feeds)
    with contextlib.suppress(MonitorError):
        waiting = await behind(connection, GROUPS)
        if unsettled or waiting:
            return unsettled, tuple(waiting.items()), -1
        history = History(wanted=frozenset(), aborted=frozenset(), **await read_topics(connection))
        told = History(wanted=history.wanted, aborted=history.aborted, alerts=history.alerts, accepted=here.accepted)
        return 0, 0, sum(finding.kind == "lost" for finding in delivered(told))
    return unsettled, -1, load.published
