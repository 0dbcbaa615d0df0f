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
    made._active_partitions, made._paused_partitions, made._recovering = set(), set(), set()
    made._nobody_reads, made._nobody_fetches, made._reader = asyncio.Event(), asyncio.Event(), None
    made._nobody_reads.set()
    made._nobody_fetches.set()
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


CHANGELOG = TP("app-rows-changelog", 0)


class Table:
    """A table that says what it was given."""

    def __init__(self) -> None:
        self.given: list[int] = []
        self.ahead = False

    def recover(self, partition: int, records: list[Any]) -> None:
        assert partition == CHANGELOG.partition
        self.given += [record.offset for record in records]

    def rebuild_if_ahead(self, partition: int, last: int) -> bool:
        return self.ahead and (partition, last) == (0, 8)


@pytest.fixture
def table(consumer: Consumer, monkeypatch: pytest.MonkeyPatch) -> Table:
    """The one table of the consumer's app; what the broker gives are offsets 4, 5 and 9 of each partition."""
    made = Table()
    tables = SimpleNamespace(_changelogs={CHANGELOG.topic: made}, recovery=SimpleNamespace(active_offsets={}))
    topics = SimpleNamespace(acks_enabled_for=lambda topic: topic == HERE.topic)
    vars(consumer)["app"] = SimpleNamespace(tables=tables, topics=topics)

    async def getmany(*_: Any) -> dict[TP, list[Any]]:
        return {tp: [SimpleNamespace(offset=at) for at in (4, 5, 9)] for tp in (HERE, CHANGELOG)}

    async def seek(*_: Any) -> None:
        assert consumer._nobody_fetches.is_set()

    async def highwaters(*_: Any) -> dict[TP, int]:
        return {CHANGELOG: 9}

    for name, fake in (("_getmany", getmany), ("seek_wait", seek), ("highwaters", highwaters)):
        monkeypatch.setattr(driver.Consumer, name, fake)
    return made


async def passed_on(consumer: Consumer) -> dict[TP, list[int]]:
    return {tp: [record.offset for record in batch] for tp, batch in (await consumer._getmany()).items()}


async def test_a_table_gets_whole_batches_of_its_changelog_and_faust_the_last_record(
    consumer: Consumer, table: Table
) -> None:
    await consumer.seek_wait({CHANGELOG: 4})
    assert await passed_on(consumer) == {HERE: [4, 5, 9], CHANGELOG: [9]}
    assert table.given == [4, 5, 9]


async def test_what_was_read_before_the_seek_or_after_a_revoke_does_not_follow_what_the_table_has(
    consumer: Consumer, table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def revoked(self: Any, partitions: set[TP]) -> None:
        pass

    monkeypatch.setattr(driver.Consumer, "on_partitions_revoked", revoked)
    assert (await passed_on(consumer))[CHANGELOG] == []
    await consumer.seek_wait({CHANGELOG: 4})
    await consumer.on_partitions_revoked({CHANGELOG})
    assert (await passed_on(consumer))[CHANGELOG] == []
    assert table.given == []


async def test_a_seek_in_a_changelog_waits_for_a_fetch_and_not_for_a_reader_who_waits_for_it(
    consumer: Consumer, table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = asyncio.Event()

    async def getmany(*_: Any) -> dict[TP, list[Any]]:
        await answer.wait()
        return {CHANGELOG: [SimpleNamespace(offset=7)]}

    monkeypatch.setattr(driver.Consumer, "_getmany", getmany)
    consumer._nobody_reads.clear()
    fetching = asyncio.create_task(consumer._getmany())
    seeking = asyncio.create_task(consumer.seek_wait({CHANGELOG: 4}))
    await asyncio.sleep(0.01)
    assert not seeking.done()
    answer.set()
    await asyncio.wait_for(seeking, 1)
    assert not table.given
    assert await fetching == {CHANGELOG: []}
    assert consumer._recovering == {CHANGELOG}


async def test_a_table_ahead_of_its_changelog_is_read_from_the_first_record(consumer: Consumer, table: Table) -> None:
    tables: Any = consumer.app.tables
    offsets = tables.recovery.active_offsets
    assert await consumer.highwaters(CHANGELOG) == {CHANGELOG: 9}
    assert offsets == {}
    table.ahead = True
    await consumer.highwaters(CHANGELOG)
    assert offsets == {CHANGELOG: None}
