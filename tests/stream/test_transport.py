"""The commit frontier: only what was handled, in the order in which it was read."""

from collections import defaultdict, deque
from types import SimpleNamespace
from typing import Any

import pytest
from faust.types import TP

from monitor.errors import CodeBroken
from monitor.stream.transport import Consumer

HERE = TP("news.matches", 0)


@pytest.fixture
def consumer() -> Consumer:
    """A consumer with its bookkeeping and nothing else: no broker, no app."""
    made = Consumer.__new__(Consumer)
    made._noted, made._handled, made._frontier = defaultdict(deque), defaultdict(set), {}
    made._acked, made._acked_index = defaultdict(list), defaultdict(set)
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
