"""The watch: what it makes of a reader and of what the broker says."""

import asyncio
from collections.abc import Collection, Mapping

import pytest
from prometheus_client import REGISTRY

from monitor import watchdog
from monitor.core.watchdog import Limits
from monitor.errors import BrokerError, Stalled
from monitor.watchdog import Name, Place, Probe, Ward, Watch

HERE = ("news.matches", 0)
LIMITS = Limits(stalled_seconds=0.05, joining_seconds=0.05, nobody_seconds=0.05)


class FakeReader:
    ready = True
    life = 0
    waits_for: str | None = None

    def __init__(self, places: Mapping[Name, Place]) -> None:
        self._places = places

    def places(self) -> Mapping[Name, Place]:
        return self._places


class FakeProbe(Probe):
    def __init__(self, end: int | None, nobody: bool = False) -> None:
        self.end, self.nobody = end, nobody

    async def spans(self, names: Collection[Name]) -> dict[Name, tuple[int, int]]:
        if self.end is None:
            raise BrokerError("no Kafka answers")
        return dict.fromkeys(names, (0, self.end))

    async def nobody_owns(self, group: str) -> bool:
        return self.nobody


async def watched(reader: FakeReader, probe: Probe, monkeypatch: pytest.MonkeyPatch) -> tuple[Watch, list[Stalled]]:
    """The watch after a quarter of a second, and what it told."""
    monkeypatch.setattr(watchdog, "EVERY_SECONDS", 0.01)
    told: list[Stalled] = []
    watch = Watch(Ward("stream", "g", reader, LIMITS, told.append), probe)
    stop = asyncio.Event()
    asyncio.get_running_loop().call_later(0.25, stop.set)
    await watch.run(stop)
    return watch, told


def lag() -> float | None:
    return REGISTRY.get_sample_value("newsmonitor_consumer_lag_messages", {"topic": HERE[0], "partition": "0"})


async def test_a_reader_that_stands_still_is_told_of_once(monkeypatch: pytest.MonkeyPatch) -> None:
    watch, told = await watched(FakeReader({HERE: Place(7, oldest=4, in_hand=2)}), FakeProbe(10), monkeypatch)
    assert [str(error).split(" for ")[0] for error in told] == [
        "stream stands still: news.matches:0: 5 records waiting and none handled after offset 3"
    ]
    assert watch.complaint is not None
    assert lag() == 5


async def test_a_reader_that_has_read_everything_is_well(monkeypatch: pytest.MonkeyPatch) -> None:
    watch, told = await watched(FakeReader({HERE: Place(10)}), FakeProbe(10), monkeypatch)
    assert (told, watch.complaint, watch.note, lag()) == ([], None, None, 0)


async def test_a_reader_that_does_not_know_where_to_begin_has_everything_before_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _, told = await watched(FakeReader({HERE: Place(None)}), FakeProbe(10), monkeypatch)
    assert len(told) == 1
    assert lag() == 10


async def test_an_absent_broker_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    watch, told = await watched(FakeReader({HERE: Place(7)}), FakeProbe(None), monkeypatch)
    assert (told, watch.note) == ([], "waiting: no Kafka answers")


async def test_a_reader_whose_outputs_wait_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    reader = FakeReader({HERE: Place(7)})
    reader.waits_for = "the topic is not there"
    watch, told = await watched(reader, FakeProbe(10), monkeypatch)
    assert (told, watch.note) == ([], "waiting: the topic is not there")


async def test_a_standby_is_well_and_one_in_a_group_without_owners_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    watch, told = await watched(FakeReader({}), FakeProbe(10), monkeypatch)
    assert (told, watch.note) == ([], "standing by: others own all partitions")
    _, told = await watched(FakeReader({}), FakeProbe(10, nobody=True), monkeypatch)
    assert "nobody in the group owns a partition" in str(told[0])


async def test_what_another_owns_is_another_s_to_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    class Leaving(FakeReader):
        looked = 0

        def places(self) -> Mapping[Name, Place]:
            self.looked += 1
            return {HERE: Place(7)} if self.looked == 1 else {}

    await watched(Leaving({}), FakeProbe(10), monkeypatch)
    assert lag() is None


async def test_a_recovery_that_does_not_move_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    reader = FakeReader({})
    reader.ready = False
    _, told = await watched(reader, FakeProbe(10), monkeypatch)
    assert "neither joined nor recovered" in str(told[0])
