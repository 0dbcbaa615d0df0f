"""The commit frontier: only what was handled, in the order in which it was read; and who may read when."""

import asyncio
from collections import defaultdict, deque
from types import SimpleNamespace
from typing import Any

import pytest
from faust.transport.drivers import aiokafka as driver
from faust.types import TP

from monitor.errors import CodeBroken
from monitor.stream.transport import Consumer
from monitor.watchdog import Place

HERE = TP("news.matches", 0)


@pytest.fixture
def consumer() -> Consumer:
    """A consumer with its bookkeeping and nothing else: no broker, no app."""
    made = Consumer.__new__(Consumer)
    made._noted, made._handled, made._frontier = defaultdict(deque), defaultdict(set), {}
    made._acked, made._acked_index = defaultdict(list), defaultdict(set)
    made._active_partitions, made._paused_partitions = set(), set()
    made._nobody_reads, made._reader = asyncio.Event(), None
    made._nobody_reads.set()
    made.can_resume_flow, made.suspend_flow = asyncio.Event(), asyncio.Event()
    return made


def message(offset: int) -> Any:
    return SimpleNamespace(tp=HERE, offset=offset)


def test_nothing_is_committable_before_something_was_handled(consumer: Consumer) -> None:
    consumer._noted[HERE].extend([4, 5])
    assert consumer._new_offset(HERE) is None
    assert list(consumer._filter_tps_with_pending_acks()) == []


def test_what_faust_acks_and_nobody_handled_is_not_committed(consumer: Consumer) -> None:
    consumer._noted[HERE].extend([4, 5])
    consumer._acked[HERE].extend([4, 5])
    assert consumer._new_offset(HERE) is None


def test_the_frontier_passes_holes_in_the_log(consumer: Consumer) -> None:
    consumer._noted[HERE].extend([4, 7, 9])  # 5, 6 and 8 are markers or compacted away
    consumer.handled(message(4))
    assert consumer._new_offset(HERE) == 5
    consumer.handled(message(7))
    consumer.handled(message(9))
    assert consumer._new_offset(HERE) == 10


def test_a_record_that_was_read_and_never_came_stops_the_worker(consumer: Consumer) -> None:
    consumer._noted[HERE].extend([4, 5, 6])
    consumer.handled(message(4))
    with pytest.raises(CodeBroken, match="offset 6 was handled but 5 never came"):
        consumer.handled(message(6))
    assert consumer._new_offset(HERE) == 5, "what is safe stays safe"


async def test_what_is_assigned_is_not_read_before_the_recovery_resumes_it(consumer: Consumer) -> None:
    assert consumer._set_active_tps({HERE}) == set()
    consumer.resume_partitions({HERE})
    assert consumer._get_active_partitions() == {HERE}


async def test_a_revoke_stops_the_flow_and_a_commit_after_it_undoes_nothing(
    consumer: Consumer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def revoked(self: Any, partitions: set[TP]) -> None:
        assert not self.flow_active, "also of a worker that owned nothing"
        assert self._new_offset(HERE) == 5, "what is in hand is committed first"

    monkeypatch.setattr(driver.Consumer, "on_partitions_revoked", revoked)
    consumer._noted[HERE].append(4)
    consumer.handled(message(4))
    await consumer.on_partitions_revoked({HERE})
    assert consumer._new_offset(HERE) is None


async def test_a_seek_waits_until_nobody_reads(consumer: Consumer, monkeypatch: pytest.MonkeyPatch) -> None:
    sought: list[str] = []

    async def seek(self: Any) -> dict[TP, int]:
        sought.append("committed")
        return {HERE: 3}

    monkeypatch.setattr(driver.Consumer, "seek_to_committed", seek)
    monkeypatch.setattr(Consumer, "_sources", lambda _: {HERE})
    consumer._gap, consumer._read_offset, consumer._committed_offset = {}, {}, {}
    consumer._noted[HERE].extend([3, 4])
    consumer._nobody_reads.clear()
    seeking = asyncio.create_task(consumer.perform_seek())
    await asyncio.sleep(0.01)
    assert not sought
    consumer._nobody_reads.set()
    await seeking
    assert sought
    assert not consumer._noted
    assert consumer._committed_offset == {HERE: 3}


def test_a_place_is_where_it_reads_and_the_oldest_that_it_has_not_handled(
    consumer: Consumer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Consumer, "_sources", lambda _: {HERE})
    monkeypatch.setattr(Consumer, "_position", lambda *_: 9)
    assert consumer.places() == {HERE: Place(9)}
    consumer._noted[HERE].extend([4, 7])
    assert consumer.places() == {HERE: Place(9, oldest=4, in_hand=2)}
