"""The guard: each record is handled or buried, its neighbours never notice, and broken code stops the process."""

from collections.abc import Sequence

import pytest
from aiokafka.errors import KafkaTimeoutError

from monitor.errors import BrokerRefused, CodeBroken, WireError
from monitor.stream import guard as guard_module
from monitor.stream.guard import Decided, Guard, Output, Record
from monitor.topics import ALERTS, MATCHES


class ListStage:
    """Remembers what it is given; `state` holds what was decided, `rows` what was written."""

    name = "match"

    def __init__(self) -> None:
        self.state: list[bytes] = []
        self.rows: list[bytes] = []
        self.reported: list[bytes] = []
        self.failures = 0

    def decide(self, record: Record) -> Decided:
        value = record.value or b""
        if value.startswith(b"poison"):
            raise WireError("the record is empty")
        if value.startswith(b"bug"):
            raise ZeroDivisionError("division by zero")
        self.state.append(value)
        return Decided([Output(ALERTS, "k", value, 0)], [("t", "0|k", value)], lambda: self.reported.append(value))

    async def remember(self, decided: Sequence[Decided]) -> None:
        if self.failures:
            self.failures -= 1
            raise KafkaTimeoutError
        self.rows += [row for found in decided for _, _, row in found.rows if row]

    def forget(self) -> None:
        self.state = list(self.rows)


class Recorder:
    """What was sent and buried, in order; values that end in `!` are refused by the broker."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.buried: list[tuple[bytes | None, str]] = []

    async def send(self, output: Output) -> None:
        if output.value.endswith(b"!"):
            raise BrokerRefused("the record is too large")
        self.sent.append(output.value)

    async def bury(self, record: Record, error: Exception) -> None:
        self.buried.append((record.value, str(error)))


def records(*values: bytes | None) -> list[Record]:
    return [Record(MATCHES.name, 0, offset, b"key", value) for offset, value in enumerate(values)]


@pytest.fixture
def stage() -> ListStage:
    return ListStage()


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


async def run(stage: ListStage, recorder: Recorder, *values: bytes | None, limit: int = 20) -> None:
    await Guard(stage, recorder.send, recorder.bury, limit)(records(*values))


async def test_outputs_are_sent_and_rows_written_in_order(stage: ListStage, recorder: Recorder) -> None:
    await run(stage, recorder, b"a", b"b", b"c")
    assert recorder.sent == stage.rows == stage.reported == [b"a", b"b", b"c"]
    assert recorder.buried == []


async def test_poison_is_buried_whole_and_its_neighbours_never_notice(stage: ListStage, recorder: Recorder) -> None:
    await run(stage, recorder, b"a", b"poison", b"bug", None, b"c")
    assert recorder.sent == [b"a", b"", b"c"]
    assert recorder.buried == [(b"poison", "the record is empty"), (b"bug", "division by zero")]


async def test_a_record_whose_output_is_refused_is_buried_alone(stage: ListStage, recorder: Recorder) -> None:
    await run(stage, recorder, b"a", b"huge!", b"c")
    assert recorder.buried == [(b"huge!", "the record is too large")]
    assert stage.rows == [b"a", b"c"]
    assert stage.state == [b"a", b"c"], "what was decided after the refused record must not build on it"


async def test_rows_that_the_broker_does_not_ack_are_written_again(
    stage: ListStage, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard_module, "FIRST_WAIT_SECONDS", 0.001)
    stage.failures = 2
    await run(stage, recorder, b"a")
    assert stage.rows == [b"a"]
    assert recorder.buried == []


async def test_too_many_dead_letters_in_a_row_stop_the_process(stage: ListStage, recorder: Recorder) -> None:
    with pytest.raises(CodeBroken, match=r"4 records in a row.*ZeroDivisionError"):
        await run(stage, recorder, *[b"bug"] * 5, limit=3)
    assert len(recorder.buried) == 3, "the record that stops it stays unhandled, to be read again"


async def test_a_record_in_between_that_is_handled_starts_the_count_anew(stage: ListStage, recorder: Recorder) -> None:
    await run(stage, recorder, *[b"bug", b"bug", b"fine"] * 4, limit=3)
    assert len(recorder.buried) == 8
