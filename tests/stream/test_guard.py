"""The guard: each record is handled or buried, its neighbours never notice, and broken code stops the process."""

from collections.abc import Iterable
from functools import partial

import orjson
import pytest

from monitor.core.floods import Floods
from monitor.errors import BrokerRefused, CodeBroken, Quarantined, Stalled, WireError
from monitor.stream.guard import Decided, Guard, Output, Record
from monitor.topics import ALERTS, CHANGELOGS, MATCHES

ROWS = CHANGELOGS[0]


class ListStage:
    """Remembers what it is given; `state` holds what was decided, `rows` what is in the table."""

    name = "match"

    def __init__(self) -> None:
        self.state: list[bytes] = []
        self.rows: list[bytes | None] = []
        self.reported: list[bytes] = []

    def decide(self, record: Record) -> Decided:
        value = record.value or b""
        if value.startswith(b"poison"):
            raise WireError("the record is empty")
        if value.startswith(b"bug") or b'"bug"' in value:
            raise ZeroDivisionError("division by zero")
        self.state.append(value)
        rows = [Output(ROWS, f"0|{value!r}", value, 0)]
        return Decided([Output(ALERTS, "k", value, 0)], rows, lambda: self.reported.append(value))

    def remember(self, rows: Iterable[Output]) -> None:
        self.rows += [row.value for row in rows]

    def forget(self) -> None:
        self.state = [row for row in self.rows if row is not None]


class Recorder:
    """What was sent and buried, in order; the broker refuses alerts that end in `!` and rows that end in `?`."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.logged: list[bytes] = []
        self.buried: list[tuple[bytes | None, Exception]] = []

    async def send(self, output: Output) -> None:
        value = output.value or b""
        if value.endswith(b"!" if output.topic is ALERTS else b"?"):
            raise BrokerRefused("the record is too large")
        (self.sent if output.topic is ALERTS else self.logged).append(value)

    async def bury(self, record: Record, error: Exception) -> None:
        self.buried.append((record.value, error))

    @property
    def reasons(self) -> list[tuple[bytes | None, str]]:
        return [(value, str(error)) for value, error in self.buried]


class Clock:
    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def records(*values: bytes | None, key: bytes | None = b"key") -> list[Record]:
    return [Record(MATCHES.name, 0, offset, key, value) for offset, value in enumerate(values)]


def from_feed(feed: str, value: str) -> bytes:
    return orjson.dumps({"v": 1, "kind": "article", "feed": feed, "title": value})


@pytest.fixture
def stage() -> ListStage:
    return ListStage()


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def guard(stage: ListStage, recorder: Recorder, clock: Clock) -> Guard:
    return Guard(stage, recorder.send, recorder.bury, partial(Floods, 3, 600), clock)


async def test_outputs_are_sent_then_rows_then_the_table_is_written(
    guard: Guard, stage: ListStage, recorder: Recorder
) -> None:
    await guard(records(b"a", b"b", b"c"))
    assert recorder.sent == recorder.logged == stage.rows == stage.reported == [b"a", b"b", b"c"]
    assert recorder.buried == []


async def test_poison_is_buried_whole_and_its_neighbours_never_notice(guard: Guard, recorder: Recorder) -> None:
    await guard(records(b"a", b"poison", b"bug", None, b"c"))
    assert recorder.sent == [b"a", b"", b"c"]
    assert recorder.reasons == [(b"poison", "the record is empty"), (b"bug", "division by zero")]


async def test_a_record_whose_output_is_refused_is_buried_alone(
    guard: Guard, stage: ListStage, recorder: Recorder
) -> None:
    await guard(records(b"a", b"huge!", b"c"))
    assert recorder.reasons == [(b"huge!", "the record is too large")]
    assert stage.rows == [b"a", b"c"]
    assert stage.state == [b"a", b"c"], "what was decided after the refused record must not build on it"


async def test_a_record_whose_row_is_refused_is_told_buried_and_remembered_while_the_process_lives(
    guard: Guard, stage: ListStage, recorder: Recorder
) -> None:
    await guard(records(b"a", b"wide?", b"c"))
    assert recorder.sent == [b"a", b"wide?", b"c"]
    assert recorder.logged == [b"a", b"c"]
    assert recorder.reasons == [(b"wide?", "the record is too large")]
    assert stage.rows == [b"a", b"wide?", b"c"]


async def test_refused_records_of_two_partitions_with_one_offset_are_two(guard: Guard, recorder: Recorder) -> None:
    await guard([Record(MATCHES.name, partition, 7, b"key", value) for partition, value in enumerate([b"a?", b"b?"])])
    assert [value for value, _ in recorder.buried] == [b"a?", b"b?"]


async def test_a_refused_record_beside_one_that_cannot_be_decided(guard: Guard, recorder: Recorder) -> None:
    await guard(records(b"a!", b"poison"))
    assert sorted(recorder.reasons) == [(b"a!", "the record is too large"), (b"poison", "the record is empty")]


async def test_slow_decisions_are_sent_before_the_next_are_made(stage: ListStage, recorder: Recorder) -> None:
    class SlowStage(ListStage):
        def decide(self, record: Record) -> Decided:
            clock.seconds += 1
            seen.append(len(recorder.sent))
            return super().decide(record)

    clock, seen = Clock(), list[int]()
    await Guard(SlowStage(), recorder.send, recorder.bury, partial(Floods, 3, 600), clock)(records(b"a", b"bug", b"c"))
    assert seen == [0, 1, 1]
    assert recorder.sent == [b"a", b"c"]


async def test_of_several_rows_of_one_key_the_last_is_sent(stage: ListStage, recorder: Recorder, clock: Clock) -> None:
    class OneKey(ListStage):
        def decide(self, record: Record) -> Decided:
            return Decided([], [Output(ROWS, "0|key", record.value, 0)])

    await Guard(OneKey(), recorder.send, recorder.bury, partial(Floods, 3, 600), clock)(records(b"old", b"new"))
    assert recorder.logged == [b"new"]


async def test_a_flood_from_many_sources_stops_the_process_with_nothing_of_it_done(
    guard: Guard, recorder: Recorder
) -> None:
    bad = [from_feed(feed, "bug") for feed in "abcd"]
    with pytest.raises(CodeBroken, match=r"too many records in a row.*ZeroDivisionError"):
        await guard(records(b"a", *bad))
    assert recorder.sent == []
    assert recorder.buried == []


async def test_a_memory_that_is_not_to_be_had_stops_the_process_and_is_no_dead_letter(
    recorder: Recorder, clock: Clock
) -> None:
    class Forgetful(ListStage):
        def decide(self, record: Record) -> Decided:
            raise Stalled("the folder gives back less than was laid there")

    forgetful = Guard(Forgetful(), recorder.send, recorder.bury, partial(Floods, 3, 600), clock)
    with pytest.raises(Stalled, match="gives back less"):
        await forgetful(records(b"a"))
    assert recorder.buried == []


async def test_a_flood_from_one_source_puts_it_in_quarantine_and_the_others_live(
    guard: Guard, recorder: Recorder, stage: ListStage
) -> None:
    await guard(records(*[from_feed("bad", "bug")] * 5, from_feed("bad", "good again"), from_feed("other", "fine")))
    assert guard.quarantined == ("feed bad",)
    assert [type(error) for _, error in recorder.buried] == [ZeroDivisionError] * 4 + [Quarantined] * 2
    assert recorder.sent == [from_feed("other", "fine")]


async def test_a_quarantine_ends_and_the_source_is_tried_again(guard: Guard, recorder: Recorder, clock: Clock) -> None:
    await guard(records(*[from_feed("bad", "bug")] * 4))
    clock.seconds = 599
    await guard(records(from_feed("bad", "early")))
    clock.seconds = 600
    await guard(records(from_feed("bad", "mended")))
    assert recorder.sent == [from_feed("bad", "mended")]
    assert guard.quarantined == ()


async def test_undecodable_records_of_one_key_are_one_source(guard: Guard, recorder: Recorder) -> None:
    await guard(records(*[b"poison"] * 6, key=b"k"))
    assert list(guard.quarantined) == ["key k"]
    await guard(records(*[b"poison"] * 6, key=None))
    assert list(guard.quarantined) == ["key k", "partition 0"]


async def test_a_record_in_between_that_is_handled_starts_the_count_anew(guard: Guard, recorder: Recorder) -> None:
    await guard(records(*[b"bug", b"bug", b"fine"] * 4))
    assert len(recorder.buried) == 8
    assert guard.quarantined == ()


async def test_a_source_whose_outputs_are_always_refused_is_quarantined_too(guard: Guard, recorder: Recorder) -> None:
    await guard(records(*[b"huge!"] * 5))
    assert [type(error) for _, error in recorder.buried] == [BrokerRefused] * 4 + [Quarantined]
