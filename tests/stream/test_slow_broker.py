"""A broker that takes 20 ms longer for each request, and a worker that is killed there: nothing is lost."""

import asyncio
import signal
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from monitor import kafka
from monitor.cluster import create_topics
from monitor.kafka import Connection
from tests.integration.conftest import or_skip
from tests.integration.kafka_server import Kafka, start_kafka
from tests.stream.cluster import Workshop, articles, at_work, until
from tests.stream.proxy import Proxy, listener, slowed

pytestmark = pytest.mark.kafka
LATE_SECONDS = 0.02


@pytest.fixture(scope="module")
def slow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Proxy]]:
    """The only address that clients learn of, and what stands there before the broker."""
    started: list[Kafka] = []
    taken = listener()
    address = f"127.0.0.1:{taken.getsockname()[1]}"

    def start() -> str:
        advertised = {"advertised.listeners": f"CLIENTS://{address}"}
        started.append(start_kafka(tmp_path_factory.mktemp("kafka"), properties=advertised))
        return started[0].bootstrap

    with taken:
        behind = or_skip(start)
        with started[0], slowed(taken, int(behind.rpartition(":")[2]), LATE_SECONDS) as proxy:
            yield address, proxy


def test_each_request_takes_longer(slow: tuple[str, Proxy]) -> None:
    async def ask() -> float:
        connection = Connection(bootstrap=slow[0])
        async with kafka.started(kafka.admin(connection), connection) as admin:
            before = time.monotonic()
            for _ in range(5):
                await admin.describe_cluster()
            return (time.monotonic() - before) / 5

    assert asyncio.run(ask()) >= LATE_SECONDS


def test_nothing_is_lost_on_a_slow_broker_though_a_worker_is_killed(slow: tuple[str, Proxy], tmp_path: Path) -> None:
    address, proxy = slow
    asyncio.run(create_topics(Connection(bootstrap=address)))
    workshop, many = Workshop(address, tmp_path), articles("slow", 600)
    with workshop.worker() as worker:
        until(lambda: at_work(worker), 20, lambda: "not at work", worker)
        before = proxy.delayed
        workshop.publish(many[:300])
        workshop.until_decided([many[0].id], worker)
        worker.process.send_signal(signal.SIGKILL)
        worker.process.wait(5)
    with workshop.worker() as worker:
        workshop.publish([*many[300:], replace(many[5], id="slow-copy")])
        found = workshop.until_decided([*(one.id for one in many), "slow-copy"], worker)
        until(lambda: workshop.left_behind() == 0, 10, lambda: f"{workshop.left_behind()} behind the commit", worker)
        assert worker.stop() == 0
    assert found.keys() == {*(one.id for one in many), "slow-copy"}
    assert workshop.letters() == 0
    assert proxy.delayed > before + 100, "all of it went by the slow way"
