import asyncio

import pytest
from aiokafka import TopicPartition
from aiokafka.errors import CommitFailedError, IllegalStateError

from monitor.errors import BrokerError
from monitor.notify.worker import Rebalances
from tests.notify.alerts import numbered
from tests.notify.bench import Bench
from tests.notify.recording import (
    ALERTS,
    busy,
    records,
)


async def test_stop_finishes_what_is_being_sent_and_leaves_the_rest() -> None:
    bench = Bench()
    bench.desk.gate.clear()
    bench.give(records(*map(numbered, range(3))))
    running = asyncio.create_task(bench.worker.run(bench.stop))
    await bench.desk.asked.wait()
    bench.stop.set()
    for _ in range(200):
        await asyncio.sleep(0)
    assert not running.done()
    bench.desk.gate.set()
    await running
    assert bench.desk.ids == ["alert-0"]
    assert bench.consumer.committed == {ALERTS: 3}
    later = Bench(ledger=bench.ledger)
    later.worker.gained([ALERTS])
    await later.run(lambda: len(later.desk.accepted) == 2)
    assert later.desk.ids == ["alert-1", "alert-2"]
    assert not any(alert.perhaps_repeated for alert in later.desk.accepted)


async def test_stop_does_not_wait_for_a_channel_that_asked_for_patience() -> None:
    bench = Bench()
    bench.desk.answers = [*busy(1, after_seconds=3000)]
    bench.grave.errors = [BrokerError("away")] * 1000
    bench.give(records(numbered(0), b"garbage"))
    await bench.run(lambda: bool(bench.desk.begun))
    assert bench.consumer.committed == {ALERTS: 1}


async def test_a_partition_that_goes_elsewhere_begins_nothing_more_and_comes_back_without_repeats() -> None:
    bench = Bench()
    bench.desk.gate.clear()
    given = records(*map(numbered, range(4)))
    bench.give(given)
    listener = Rebalances(bench.worker)
    running = asyncio.create_task(bench.worker.run(bench.stop))
    await bench.desk.asked.wait()
    await listener.on_partitions_revoked([ALERTS])
    assert bench.timer.now() == 10, "what is being sent gets so long to end"
    bench.desk.gate.set()
    for _ in range(500):
        await asyncio.sleep(0)
    assert bench.desk.ids == ["alert-0"]
    await listener.on_partitions_assigned([ALERTS])
    bench.give(given)
    end = bench.all_through()
    bench.consumer.each_time = lambda: bench.stop.set() if end() else None
    await running
    assert bench.desk.ids == [f"alert-{number}" for number in range(4)]


async def test_garbage_of_a_partition_that_goes_elsewhere_is_the_others_to_bury() -> None:
    bench = Bench()
    bench.grave.errors = [BrokerError("away")] * 3
    bench.give(records(b"garbage", b"garbage"))

    def until() -> bool:
        if bench.timer.now() >= 1:
            bench.worker.lost([ALERTS])
        bench.timer.step()
        return not bench.grave.errors and bench.worker.waiting == 0

    await bench.run(until)
    assert bench.grave.offsets == [0], "only the letter that was in hand"
    assert bench.consumer.committed == {}


async def test_a_partition_that_goes_while_it_is_paused_stops_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench("desk", most=1)
    monkeypatch.setattr(bench.consumer, "pause", _gone)
    monkeypatch.setattr(bench.consumer, "resume", _gone)
    bench.give(records(*map(numbered, range(5))))
    await bench.run(bench.all_through())
    assert len(bench.desk.ids) == 5


def _gone(*_partitions: TopicPartition) -> None:
    raise IllegalStateError


async def test_a_rebalance_commits_what_is_finished() -> None:
    bench = Bench()
    bench.give(records(numbered(0)))
    bench.consumer.commit_errors = [CommitFailedError()] * 100
    await bench.run(lambda: bool(bench.desk.accepted))
    assert bench.consumer.committed == {}
    bench.consumer.commit_errors.clear()
    await Rebalances(bench.worker).on_partitions_revoked([ALERTS])
    assert bench.consumer.committed == {ALERTS: 1}
