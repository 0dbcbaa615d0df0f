"""What the worker writes to its ledger, and what it makes of what it finds there."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from monitor import clock, wire
from monitor.deadletters import ATTEMPTS
from monitor.errors import BrokerError, BrokerRefused, DeliveryError, DeliveryRefused
from monitor.model import Alert, Delivery, Fate
from tests.notify.alerts import numbered
from tests.notify.bench import Bench, count
from tests.notify.recording import (
    ALERTS,
    busy,
    records,
)


def left_by(fate: Fate, number: int = 0, **fields: Any) -> Delivery:
    """A row that another worker left."""
    alert = numbered(number)
    given = {"taken_at": clock.now(), "offset": number, "carried": alert, **fields}
    return Delivery(channel="desk", alert=alert.id, fate=fate, **given)


async def started_with(*rows: Delivery, **options: Any) -> Bench:
    bench = Bench(**options)
    for row in rows:
        await bench.ledger.record(0, row)
    bench.ledger.rows.clear()
    bench.worker.gained([ALERTS])
    return bench


async def test_each_step_is_in_the_ledger_before_the_next() -> None:
    bench = Bench()
    bench.desk.answers = [*busy(1)]
    bench.give(records(numbered(0)))
    await bench.run(bench.all_through())
    assert [(row.fate, row.attempts) for row in bench.ledger.rows] == [
        (Fate.PENDING, 0),
        (Fate.SENDING, 1),
        (Fate.PENDING, 1),
        (Fate.SENDING, 2),
        (Fate.SENT, 2),
    ]
    assert [row.carried is None for row in bench.ledger.rows] == [False] * 4 + [True]
    log = bench.consumer.log
    assert log.index("pending alert-0") < log.index("commit 0:1")


async def test_what_is_pending_at_the_start_is_delivered_before_anything_comes() -> None:
    bench = await started_with(left_by(Fate.PENDING, 1), left_by(Fate.PENDING, 0), left_by(Fate.SENT, 2))
    await bench.run(lambda: len(bench.desk.accepted) == 2)
    assert bench.desk.ids == ["alert-0", "alert-1"]
    assert not any(alert.perhaps_repeated for alert in bench.desk.accepted)


async def test_what_was_being_sent_is_sent_again_marked_and_counted() -> None:
    bench = await started_with(left_by(Fate.SENDING, 0, attempts=3))
    before = count("newsmonitor_delivery_ambiguous_total", channel="desk")
    bench.desk.answers = [*busy(1)]
    await bench.run(lambda: bool(bench.desk.accepted))
    assert [alert.perhaps_repeated for alert in bench.desk.accepted] == [True]
    assert count("newsmonitor_delivery_ambiguous_total", channel="desk") == before + 2, "each attempt may be the second"
    assert [(row.fate, row.attempts, row.doubtful) for row in bench.ledger.rows[:2]] == [
        (Fate.SENDING, 4, True),
        (Fate.PENDING, 4, True),
    ]


async def test_an_answer_that_never_came_makes_the_next_attempt_doubtful_and_a_refusal_does_not() -> None:
    bench = Bench()
    bench.desk.answers = [*busy(1)]
    bench.give(records(numbered(0)))
    await bench.run(bench.all_through())
    other = Bench()
    other.desk.answers = [DeliveryError("no answer", doubtful=True)]
    other.give(records(numbered(0)))
    await other.run(other.all_through())
    assert [alert.perhaps_repeated for alert in bench.desk.accepted + other.desk.accepted] == [False, True]


async def test_what_the_ledger_calls_settled_or_under_way_is_ignored_and_committed() -> None:
    bench = await started_with(left_by(Fate.SENT, 0), left_by(Fate.DEAD, 1), left_by(Fate.PENDING, 2))
    before = count("newsmonitor_deliveries_total", channel="desk", outcome="repeat")
    bench.give(records(*map(numbered, range(4))))
    await bench.run(bench.all_through())
    assert bench.desk.ids == ["alert-2", "alert-3"]
    assert [row.alert for row in bench.ledger.rows if row.fate is Fate.PENDING] == ["alert-3"]
    assert bench.grave.letters == []
    assert count("newsmonitor_deliveries_total", channel="desk", outcome="repeat") == before + 3


async def test_an_alert_that_comes_twice_at_once_is_taken_over_once_in_its_first_place() -> None:
    bench = Bench()
    bench.give(records(numbered(0), numbered(1), numbered(0)))
    await bench.run(bench.all_through())
    pending = [(row.alert, row.offset) for row in bench.ledger.rows if row.fate is Fate.PENDING]
    assert sorted(pending) == [("alert-0", 0), ("alert-1", 1)]
    assert bench.desk.ids == ["alert-0", "alert-1"]


async def test_a_dead_letter_that_is_replayed_is_delivered_once() -> None:
    bench = await started_with(left_by(Fate.DEAD, 0))
    replayed = [replace(record, headers=[(ATTEMPTS, b"1")]) for record in records(numbered(0), numbered(0))]
    bench.give([replayed[0], *records(numbered(0), start=1), replace(replayed[1], offset=2)])
    await bench.run(bench.all_through())
    assert bench.desk.ids == ["alert-0"]


async def test_what_dies_after_a_restart_leaves_a_letter_that_names_its_place() -> None:
    bench = await started_with(left_by(Fate.PENDING, 5, replays=2))
    bench.desk.answers = [DeliveryRefused("never")]
    await bench.run(lambda: bool(bench.grave.letters) and bench.worker.waiting == 0)
    ((record, _),) = bench.grave.letters
    assert (record.topic, record.partition, record.offset, record.key) == ("news.alerts", 0, 5, b"desk")
    assert wire.decode(record.value, Alert) == numbered(5)
    assert list(record.headers) == [(ATTEMPTS, b"2")]
    assert [(row.fate, row.reason) for row in bench.ledger.rows] == [(Fate.SENDING, None), (Fate.DEAD, "never")]


async def test_the_day_of_trying_counts_from_the_first_row() -> None:
    bench = await started_with(left_by(Fate.PENDING, taken_at=clock.now() - timedelta(hours=23, minutes=59)))
    bench.desk.fail_for = {"alert-0": DeliveryError("busy")}
    await bench.run(lambda: bool(bench.grave.letters) and bench.worker.waiting == 0)
    assert 60 <= bench.desk.asked_at[-1] <= 600
    assert bench.ledger.rows[-1].fate is Fate.DEAD


async def test_alerts_of_a_channel_that_was_taken_out_of_the_configuration_die() -> None:
    bench = await started_with(left_by(Fate.PENDING), left_by(Fate.PENDING, 1))
    gone = Bench("night", ledger=bench.ledger)
    gone.worker.gained([ALERTS])
    await gone.run(lambda: len(gone.grave.letters) == 2 and gone.worker.waiting == 0)
    assert str(gone.grave.letters[0][1]) == "no channel 'desk' is configured here (there are: night)"
    assert [row.fate for row in gone.ledger.rows].count(Fate.DEAD) == 2


async def test_nothing_is_sent_before_the_ledger_is_read() -> None:
    bench = Bench()
    bench.ledger.open_errors = [BrokerError("away")] * 3
    bench.consumer.each_time = bench.timer.step
    bench.give(records(numbered(0)))
    troubles = set[str | None]()

    def until() -> bool:
        troubles.add(bench.worker.trouble)
        assert not (bench.ledger.open_errors and bench.desk.begun)
        bench.timer.step()
        return bool(bench.desk.accepted)

    running = asyncio.create_task(bench.run(until))
    while not running.done():
        bench.timer.step()
        await asyncio.sleep(0)
    await running
    assert troubles == {None, "cannot read the ledger"}


async def test_a_ledger_that_can_never_be_read_stops_the_worker() -> None:
    bench = Bench()
    bench.ledger.open_errors = [BrokerRefused("not allowed")]
    bench.give(records(numbered(0)))
    with pytest.raises(BrokerRefused, match="not allowed"):
        await bench.run(lambda: False)
    assert bench.consumer.committed == {}


async def test_an_alert_that_the_ledger_does_not_take_is_buried() -> None:
    bench = Bench()
    bench.give(records(numbered(0), numbered(1)))
    bench.ledger.errors = [BrokerRefused("too large")]
    await bench.run(bench.all_through())
    assert (bench.grave.offsets, bench.desk.ids) == ([0], ["alert-1"])
    assert bench.consumer.log.index("buried 0:0") < bench.consumer.log.index("commit 0:2")


async def test_a_partition_that_goes_finishes_what_is_being_sent() -> None:
    bench = Bench()
    bench.desk.gate.clear()
    bench.give(records(numbered(0), numbered(1)))
    running = asyncio.create_task(bench.worker.run(bench.stop))
    await bench.desk.asked.wait()
    releasing = asyncio.create_task(bench.worker.release([ALERTS]))
    await asyncio.sleep(0)
    bench.desk.gate.set()
    await releasing
    assert bench.desk.ids == ["alert-0"]
    assert [row.fate for row in bench.ledger.rows if row.alert == "alert-0"][-1] is Fate.SENT
    assert [row.fate for row in bench.ledger.rows if row.alert == "alert-1"] == [Fate.PENDING]
    bench.stop.set()
    await running


async def test_a_broker_that_takes_no_row_does_not_keep_the_worker_from_ending(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.notify.worker.INTAKE_SECONDS", 0.05)
    bench = Bench()

    async def hang(_partition: int, _delivery: Delivery) -> None:
        bench.stop.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(bench.ledger, "record", hang)
    bench.give(records(numbered(0)))
    await bench.worker.run(bench.stop)
    assert bench.consumer.committed == {}
