"""Real workers on a real Kafka: they start, join, leave and die, and every article is decided on."""

import asyncio
import itertools
import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from monitor import cluster, kafka, topics, wire
from monitor.cluster import create_topics
from monitor.kafka import Connection
from monitor.model import Suppressed
from tests.integration.conftest import or_skip
from tests.integration.kafka_server import Kafka, start_kafka
from tests.pipeline.commands import Running
from tests.stream.cluster import Workshop, article, articles, at_work, put, state, until

pytestmark = pytest.mark.kafka


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kafka]:
    """A Kafka that these tests share; each looks for its own articles."""
    with or_skip_kafka(tmp_path_factory.mktemp("kafka")) as kafka:
        yield kafka


def or_skip_kafka(folder: Path) -> Kafka:
    """A Kafka, where this machine can run one."""
    started: list[Kafka] = []

    def start() -> str:
        started.append(start_kafka(folder))
        return started[0].bootstrap

    or_skip(start)
    return started[0]


@pytest.fixture(scope="module")
def workshop(broker: Kafka, tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    """What is needed to run workers there."""
    asyncio.run(create_topics(Connection(bootstrap=broker.bootstrap)))
    return Workshop(broker.bootstrap, tmp_path_factory.mktemp("project"))


def all_committed(workshop: Workshop) -> None:
    until(lambda: workshop.left_behind() == 0, 10, lambda: f"{workshop.left_behind()} records behind the commit")


def test_records_that_wait_at_the_start_are_all_handled_and_a_copy_of_an_old_one_is_known_after_a_stop(
    workshop: Workshop,
) -> None:
    waiting = articles("waiting", 300)
    workshop.publish(waiting)
    with workshop.worker() as worker:
        workshop.until_decided([one.id for one in waiting], worker)
        assert worker.stop() == 0
    all_committed(workshop)
    with workshop.worker() as worker:
        until(lambda: at_work(worker), 20, lambda: "not at work", worker)
        workshop.publish([replace(waiting[7], id="copy-after-stop")])
        workshop.until_decided(["copy-after-stop"], worker)
        assert worker.stop() == 0
    assert decisions(workshop, "copy-after-stop") == ["copy"]


def test_a_worker_that_was_killed_comes_back_with_its_memory(workshop: Workshop) -> None:
    many = articles("killed", 800)
    with workshop.worker() as worker:
        workshop.publish(many[:300])
        workshop.until_decided([many[0].id], worker)
        workshop.publish(many[300:])
        worker.process.send_signal(signal.SIGKILL)
        worker.process.wait(5)
    with workshop.worker() as worker:
        workshop.publish([replace(many[3], id="copy-after-kill")])
        workshop.until_decided([*(one.id for one in many), "copy-after-kill"], worker)
        assert worker.stop() == 0
    all_committed(workshop)
    assert decisions(workshop, "copy-after-kill") == ["copy"]


def test_a_worker_that_cannot_recover_ends_with_the_reason_and_its_successor_does_the_work(workshop: Workshop) -> None:
    before = articles("before-recovery", 20)
    with workshop.worker() as worker:
        workshop.publish(before)
        workshop.until_decided([one.id for one in before], worker)
        assert worker.stop() == 0
    with workshop.worker("--broken-recovery") as worker:
        assert worker.process.wait(60) != 0
        assert "no space left for partition" in worker.text
    asyncio.run(write_garbage_rows(workshop))
    with workshop.worker() as worker:
        workshop.publish([replace(before[7], id="copy-after-recovery")])
        workshop.until_decided(["copy-after-recovery"], worker)
        assert worker.stop() == 0
    assert decisions(workshop, "copy-after-recovery") == ["copy"]


def test_a_worker_can_be_stopped_while_it_is_still_starting(workshop: Workshop) -> None:
    with workshop.worker("--endless-recovery") as worker:
        until(lambda: "recovering" in worker.text, 30, lambda: "not recovering", worker)
        assert worker.stop() == 0, worker.text


async def write_garbage_rows(workshop: Workshop) -> None:
    """What nobody of ours wrote, in the changelogs of every partition."""
    async with kafka.started(kafka.producer(workshop.connection), workshop.connection) as producer:
        for changelog, partition in itertools.product(topics.CHANGELOGS, range(4)):
            for key in (b"\xff", f"{partition}|bad".encode()):
                await producer.send_and_wait(changelog.name, b"\x00 garbage", key, partition)


def test_workers_join_and_leave_under_load_and_nothing_is_lost_or_stuck(workshop: Workshop) -> None:
    many = articles("joined", 1200)
    load = threading.Thread(target=workshop.publish, args=(many, 0.2))
    with workshop.worker() as first, workshop.worker() as second:
        load.start()
        until(lambda: at_work(second), 20, lambda: "not at work", first, second)
        time.sleep(1)
        assert first.stop() == 0, first.text
        with workshop.worker() as third:
            until(lambda: at_work(third), 20, lambda: "not at work", second, third)
            load.join()
            workshop.until_decided([one.id for one in many], second, third)
            all_committed(workshop)
            assert (second.stop(), third.stop()) == (0, 0)


def test_of_transactions_the_committed_are_handled_and_the_aborted_are_not(workshop: Workshop) -> None:
    numbers = itertools.count()
    kept, dropped = list[str](), list[str]()

    async def publish() -> None:
        connection = workshop.connection
        producers = [kafka.producer(connection, transactional_id=f"t{n}", linger_ms=0) for n in range(2)]
        async with kafka.started(producers[0], connection), kafka.started(producers[1], connection):
            for turn in range(12):
                await asyncio.gather(*(producer.begin_transaction() for producer in producers))
                for producer, number in zip(producers * 5, numbers, strict=False):
                    abort = (turn % 3 == 2 and producer is producers[1]) or turn == 11
                    (dropped if abort else kept).append(f"transaction-{number}")
                    await put(producer, article(f"transaction-{number}"))
                for producer in producers:
                    abort = (turn % 3 == 2 and producer is producers[1]) or turn == 11
                    await (producer.abort_transaction() if abort else producer.commit_transaction())

    with workshop.worker() as worker:
        until(lambda: at_work(worker), 20, lambda: "not at work", worker)
        asyncio.run(publish())
        workshop.until_decided(kept, worker)
        until(lambda: workshop.lag(worker) == 0, 15, lambda: f"{workshop.lag(worker)} records waiting", worker)
        assert worker.stop() == 0
    decided = workshop.decided()
    assert not set(dropped) & decided.keys()


def test_a_broker_that_goes_away_is_waited_for(workshop: Workshop, broker: Kafka) -> None:
    many = articles("absent", 600)
    with workshop.worker() as worker:
        until(lambda: at_work(worker), 20, lambda: "not at work", worker)
        workshop.publish(many)
        workshop.until_decided([many[0].id], worker)
        broker.kill()
        time.sleep(3)
        assert worker.process.poll() is None, worker.text
        broker.restart()
        workshop.publish(articles("returned", 20))
        workshop.until_decided([one.id for one in (*many, *articles("returned", 20))], worker)
        all_committed(workshop)
        assert worker.stop() == 0


def test_a_worker_that_stands_still_ends_with_a_message_and_its_successor_goes_on(workshop: Workshop) -> None:
    with workshop.worker("--stuck-on", "stuck-3") as worker:
        until(lambda: at_work(worker), 20, lambda: "not at work", worker)
        workshop.publish(articles("stuck", 10))
        assert worker.process.wait(30) == 1
        worker.close()
    assert "stream stands still: news.articles:" in worker.text
    with workshop.worker() as worker:
        workshop.until_decided([one.id for one in articles("stuck", 10)], worker)
        assert worker.stop() == 0


def test_of_three_workers_on_one_partition_two_stand_by_in_health_and_one_of_them_takes_over(
    tmp_path: Path,
) -> None:
    with or_skip_kafka(tmp_path / "kafka") as broker:
        asyncio.run(create_topics(Connection(bootstrap=broker.bootstrap), partitions=1))
        workshop = Workshop(broker.bootstrap, tmp_path, partitions=1)
        with workshop.worker() as one, workshop.worker() as two, workshop.worker() as three:
            workers = [one, two, three]
            for worker in workers:
                until(partial(at_work, worker), 30, lambda: "not at work", *workers)
            until(lambda: standing_by(workers) == 2, 20, lambda: f"{standing_by(workers)} standing by", *workers)
            workshop.publish(articles("first", 50))
            workshop.until_decided([one.id for one in articles("first", 50)], *workers)
            owner = next(worker for worker in workers if state(worker) == "ok")
            owner.process.kill()
            workers.remove(owner)
            workshop.publish(articles("second", 50))
            workshop.until_decided([one.id for one in articles("second", 50)], *workers)
            assert [worker.stop() for worker in workers] == [0, 0]


def standing_by(workers: list[Running]) -> int:
    return sum(state(worker).startswith("standing by") for worker in workers)


def decisions(workshop: Workshop, name: str) -> list[str]:
    """What was decided on an article by watches that did not tell of it."""

    async def read() -> list[str]:
        found = [
            wire.decode(record.value, Suppressed).judgement
            async for record in cluster.read_all(workshop.connection, topics.SUPPRESSED.name)
        ]
        return [str(judgement.decision) for judgement in found if judgement.article == name]

    return asyncio.run(read())
