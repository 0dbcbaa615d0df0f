from itertools import pairwise

import pytest

from monitor.errors import DeliveryError, DeliveryRefused
from tests.notify.alerts import numbered
from tests.notify.bench import Bench
from tests.notify.recording import (
    ALERTS,
    busy,
    records,
)


async def test_a_channel_that_hangs_does_not_hold_its_neighbour_on_the_same_partition() -> None:
    bench = Bench("desk", "night")
    bench.places["night"].gate.clear()
    mixed = [numbered(number, channel="night" if number == 3 else "desk") for number in range(40)]
    bench.give(records(*mixed))
    released_with: list[int] = []

    def until() -> bool:
        if len(bench.desk.accepted) == 39 and ALERTS in bench.consumer.committed and not released_with:
            released_with.append(bench.consumer.committed[ALERTS])
            bench.places["night"].gate.set()
        return len(bench.places["night"].accepted) == 1

    await bench.run(until)
    assert released_with == [40], "what hangs is in the ledger, and holds no partition"


async def test_the_wait_that_a_channel_asks_for_is_kept() -> None:
    bench = Bench()
    bench.desk.answers = [*busy(1, after_seconds=30)]
    bench.give(records(numbered(0), numbered(1)))
    await bench.run(bench.all_through())
    assert bench.desk.asked_at == [0, 30, 30]


@pytest.mark.parametrize(("asked", "kept"), [(1e9, 3600.0), (-5.0, 1.0), (0.0, 1.0)])
async def test_a_mad_wait_is_not_kept(asked: float, kept: float) -> None:
    bench = Bench()
    bench.desk.answers = [*busy(1, after_seconds=asked)]
    bench.give(records(numbered(0)))
    await bench.run(bench.all_through())
    assert bench.desk.asked_at == [0, kept]


@pytest.mark.parametrize("random", [1.0, 0.5])
async def test_waits_grow_with_jitter_up_to_five_minutes(random: float) -> None:
    bench = Bench(random=random)
    bench.desk.answers = [*busy(12)]
    bench.give(records(numbered(0)))
    await bench.run(bench.all_through())
    asked = bench.desk.asked_at
    waits = [after - before for before, after in pairwise(asked)]
    assert waits == [random * wait for wait in (1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300)]


async def test_after_a_day_of_trying_an_alert_is_buried() -> None:
    bench = Bench()
    bench.desk.fail_for = {"alert-0": DeliveryError("busy")}
    bench.give(records(numbered(0), numbered(1)))
    await bench.run(bench.all_through())
    ((record, error),) = bench.grave.letters
    assert record.offset == 0
    assert str(error) == "given up after 24 hours; at last: busy"
    assert not getattr(error, "retriable", True)
    assert 86_400 <= bench.desk.asked_at[-1] <= 86_400 + 300
    assert bench.desk.ids == ["alert-1"]
    assert bench.desk.begun[:2] == ["alert-0", "alert-1"]  # a channel's own trouble or one alert's: another one tells


async def test_what_a_channel_refuses_is_buried_at_once() -> None:
    bench = Bench()
    bench.desk.fail_for = {"alert-1": DeliveryRefused("never")}
    bench.give(records(*map(numbered, range(3))))
    await bench.run(bench.all_through())
    assert bench.grave.offsets == [1]
    assert bench.desk.begun == ["alert-0", "alert-1", "alert-2"]


async def test_code_that_breaks_on_an_alert_costs_only_that_alert() -> None:
    bench = Bench()
    bench.desk.fail_for = {"alert-1": KeyError("title")}
    bench.give(records(*map(numbered, range(3))))
    await bench.run(bench.all_through())
    assert bench.grave.offsets == [1]
    assert bench.desk.ids == ["alert-0", "alert-2"]


async def test_an_alert_that_fails_holds_back_its_own_story_only() -> None:
    bench = Bench()
    bench.desk.fail_for = {"alert-0": DeliveryError("not this one")}
    alerts = [numbered(0, story="s1"), numbered(1, story="s2"), numbered(2, story="s1"), numbered(3, story="s3")]
    bench.give(records(*alerts))
    seen: list[list[str]] = []

    def until() -> bool:
        if len(bench.desk.accepted) == 2 and bench.timer.now() > 600 and not seen:
            seen.append(bench.desk.ids)
            bench.desk.fail_for.clear()
        return len(bench.desk.accepted) == 4

    await bench.run(until)
    assert seen == [["alert-1", "alert-3"]]
    assert bench.desk.ids == ["alert-1", "alert-3", "alert-0", "alert-2"]


async def test_a_channel_that_is_away_is_not_asked_once_an_alert() -> None:
    bench = Bench()
    bench.desk.answers = [*busy(5)]
    bench.give(records(*map(numbered, range(50))))
    await bench.run(bench.all_through())
    assert bench.desk.asked_at[:6] == [0, 1, 3, 7, 15, 31]
    assert sorted(bench.desk.ids) == sorted(f"alert-{number}" for number in range(50))


async def test_messages_keep_the_distance_that_the_channel_wants() -> None:
    bench = Bench(interval_seconds=1.0)
    bench.desk.answers = [None, DeliveryRefused("never"), *busy(1)]
    bench.give(records(*map(numbered, range(5))))
    await bench.run(bench.all_through())
    asked = bench.desk.asked_at
    assert len(asked) == 6
    assert all(after - before >= 1.0 for before, after in pairwise(asked))
