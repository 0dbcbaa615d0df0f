import asyncio
import io
import logging
from dataclasses import replace
from datetime import timedelta

import pytest
from aiokafka.errors import KafkaConnectionError
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor import clock, logs, wire
from monitor.errors import BrokerError, DeliveryError, DeliveryRefused, UnknownVersion, WireError
from monitor.model import Alert
from monitor.notify.timer import RealTimer
from tests.notify.alerts import make_alert, numbered
from tests.notify.bench import Bench, count
from tests.notify.recording import (
    ALERTS,
    OTHER,
    busy,
    records,
)


async def test_alerts_reach_their_channel_in_order_and_are_committed() -> None:
    bench = Bench()
    bench.give(records(*map(numbered, range(1200)), start=7))
    await bench.run(bench.all_through())
    assert bench.desk.ids == [f"alert-{number}" for number in range(1200)]
    assert bench.consumer.committed == {ALERTS: 1207}
    assert bench.handled[-1] == ("news.alerts", 0, 1206)
    assert bench.worker.waiting == 0


async def test_what_cannot_be_read_is_buried_before_it_is_committed_and_its_neighbours_arrive() -> None:
    bench = Bench()
    poison = [b"garbage", None, b"", b"[]", b'{"v": 99}', b'{"v": 1, "kind": "alert"}', b"[" * 100_000]
    stranger = numbered(50, channel="nobody")
    bench.give(records(numbered(0), *poison, stranger, numbered(1)))
    await bench.run(bench.all_through())
    assert bench.desk.ids == ["alert-0", "alert-1"]
    assert bench.grave.offsets == list(range(1, 9))
    assert [record.value for record, _ in bench.grave.letters[:7]] == poison
    errors = [error for _, error in bench.grave.letters]
    assert all(isinstance(error, WireError) for error in errors[:7])
    assert isinstance(errors[4], UnknownVersion)
    assert str(errors[7]) == "no channel 'nobody' is configured here (there are: desk)"
    for offset in range(1, 9):
        commits = [
            line for line in bench.consumer.log[: bench.consumer.log.index(f"buried 0:{offset}")] if "commit" in line
        ]
        assert all(int(line.split(":")[1]) <= offset for line in commits)


async def test_a_record_that_breaks_the_reader_is_buried(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench()
    decode = wire.decode

    def breaking(raw: bytes | None, expected: type[Alert]) -> Alert:
        if raw == b"deep":
            raise RecursionError
        return decode(raw, expected)

    monkeypatch.setattr("monitor.wire.decode", breaking)
    bench.give(records(b"deep", numbered(0)))
    await bench.run(bench.all_through())
    ((_, error),) = bench.grave.letters
    assert str(error) == "RecursionError while reading the record"
    assert bench.desk.ids == ["alert-0"]


async def test_a_flood_of_garbage_waits_its_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.notify.burials.MOST_WAITING", 2)
    bench = Bench()
    bench.give(records(*[b"garbage"] * 30, numbered(0)))
    await bench.run(bench.all_through())
    assert bench.grave.offsets == list(range(30))
    assert bench.desk.ids == ["alert-0"]
    assert bench.consumer.ever_paused == {ALERTS}


async def test_a_dead_letter_that_the_broker_does_not_take_is_written_later_and_not_committed_before() -> None:
    bench = Bench("desk")
    bench.grave.errors = [BrokerError("away"), BrokerError("away"), RuntimeError("odd")]
    bench.desk.answers = [DeliveryRefused("never")]
    bench.give(records(numbered(0), numbered(1), b"garbage"))
    await bench.run(bench.all_through())
    assert sorted(bench.grave.offsets) == [0, 2]
    assert bench.desk.ids == ["alert-1"]
    log = bench.consumer.log
    assert log.index("buried 0:0") < log.index("dead alert-0")
    assert log.index("buried 0:2") < log.index("commit 0:3")


async def test_an_alert_seen_before_is_ignored_and_counted() -> None:
    bench = Bench()
    before = count("newsmonitor_deliveries_total", channel="desk", outcome="repeat")
    bench.give(records(numbered(0), numbered(1), numbered(0), numbered(0)))
    await bench.run(bench.all_through())
    assert bench.desk.ids == ["alert-0", "alert-1"]
    assert count("newsmonitor_deliveries_total", channel="desk", outcome="repeat") == before + 2


async def test_one_alert_goes_to_each_of_its_channels() -> None:
    bench = Bench("desk", "night")
    bench.give(records(numbered(0), numbered(0, channel="night")))
    await bench.run(bench.all_through())
    assert bench.desk.ids == bench.places["night"].ids == ["alert-0"]


async def test_a_full_channel_pauses_its_partition_while_others_pass_and_order_is_kept() -> None:
    bench = Bench("desk", "night", most=3)
    bench.places["night"].gate.clear()
    mixed = [numbered(number, channel="desk" if number % 10 == 9 else "night") for number in range(900)]
    bench.give(records(*mixed))
    bench.give(records(numbered(1000), partition=1), OTHER)
    most_waiting = 0

    def until() -> bool:
        nonlocal most_waiting
        most_waiting = max(most_waiting, bench.worker.waiting)
        if ALERTS in bench.consumer.paused and len(bench.desk.accepted) >= 51 and bench.consumer.steps > 100:
            bench.places["night"].gate.set()
        return bench.consumer.committed.get(ALERTS) == 900

    await bench.run(until)
    assert ALERTS in bench.consumer.ever_paused
    assert bench.consumer.paused == set()
    assert most_waiting <= 510
    assert bench.places["night"].ids == [f"alert-{number}" for number in range(900) if number % 10 != 9]
    assert "alert-1000" in bench.desk.ids


async def test_a_broker_that_is_away_for_a_while_costs_nothing() -> None:
    bench = Bench()
    bench.consumer.read_errors = [KafkaConnectionError(), KafkaConnectionError()]
    bench.consumer.commit_errors = [KafkaConnectionError()]
    bench.consumer.each_time = bench.timer.step
    bench.give(records(numbered(0)))
    end = bench.all_through()
    running = asyncio.create_task(bench.run(end))
    while not running.done():
        bench.timer.step()
        await asyncio.sleep(0)
    await running
    assert bench.desk.ids == ["alert-0"]
    assert bench.handled == [("news.alerts", 0, 0)]


async def test_a_lane_that_fails_ends_the_worker_with_its_error(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench()
    monkeypatch.setattr("monitor.notify.lane.Lane._next", lambda _self: 1 / 0)
    bench.give(records(numbered(0)))
    with pytest.raises(ZeroDivisionError):
        await bench.run(lambda: False)
    assert bench.consumer.committed == {}


async def test_each_outcome_is_one_event_without_the_alert_or_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    root, written = logging.getLogger(), io.StringIO()
    monkeypatch.setattr(root, "handlers", [])
    monkeypatch.setattr(root, "level", root.level)
    logs.configure("debug", json=True)
    handler = logging.StreamHandler(written)
    handler.setFormatter(root.handlers[0].formatter)
    monkeypatch.setattr(root, "handlers", [handler])
    bench = Bench()
    bench.desk.fail_for = {"alert-1": DeliveryRefused("never"), "alert-2": KeyError("https://hooks.example/s3cret")}
    bench.desk.answers = [*busy(1)]
    garbage = b'{"v": 1, "kind": "alert", "id": ["Headline of the garbage"]}'
    bench.give(records(*map(numbered, range(3)), garbage, numbered(0)))
    await bench.run(bench.all_through())
    text = written.getvalue()
    for outcome in ("sent", "retry", "refused", "broken", "unreadable", "repeat"):
        assert text.count(f'"outcome": "{outcome}"') == 1
    for hidden in ("Headline", "s3cret", "valve", "post.example.org"):
        assert hidden not in text


async def test_metrics_tell_how_deliveries_end_and_how_late_they_are() -> None:
    bench = Bench("metered")
    bench.places["metered"].answers = [*busy(2)]
    alert = replace(numbered(0, channel="metered"), first_seen_at=clock.now() - timedelta(seconds=50))
    bench.give(records(alert))
    before = count("newsmonitor_alert_latency_seconds_sum", stage="notify")
    await bench.run(bench.all_through())
    assert count("newsmonitor_deliveries_total", channel="metered", outcome="sent") == 1
    assert count("newsmonitor_delivery_retries_total", channel="metered") == 2
    assert count("newsmonitor_alert_latency_seconds_sum", stage="notify") >= before + 50
    assert count("newsmonitor_last_progress_timestamp_seconds", stage="notify") > 1.7e9


ANSWERS = st.sampled_from(
    [None, DeliveryError("busy"), DeliveryError("busy", 5), DeliveryRefused("never"), KeyError("x")]
)


@settings(max_examples=40, deadline=None)
@given(st.lists(ANSWERS, max_size=40), st.lists(st.sampled_from(["desk", "night", "nobody", "garbage"]), max_size=30))
def test_every_record_ends_once_and_is_committed_after_that(answers: list[Exception | None], kinds: list[str]) -> None:
    async def story() -> None:
        bench = Bench("desk", "night", most=4)
        for place in bench.places.values():
            place.answers = list(answers)
        contents = [b"garbage" if kind == "garbage" else numbered(n, channel=kind) for n, kind in enumerate(kinds)]
        bench.give(records(*contents, numbered(999)))
        await bench.run(bench.all_through())
        told = [int(one.removeprefix("alert-")) for place in bench.places.values() for one in place.ids]
        ended = sorted([n for n in told if n != 999] + [n for n in bench.grave.offsets if n != len(kinds)])
        assert ended == list(range(len(kinds)))

    asyncio.run(story())


def test_an_alert_keeps_its_first_sight_on_the_wire() -> None:
    alert = replace(make_alert(), first_seen_at=clock.now())
    (record,) = records(alert)
    assert record.value is not None
    assert b"first_seen_at" in record.value


async def test_real_time_passes_or_is_cut_short() -> None:
    timer, event = RealTimer(), asyncio.Event()
    before = timer.now()
    await timer.wait(event, 0.01)
    assert timer.now() >= before + 0.01
    event.set()
    await timer.wait(event, None)
