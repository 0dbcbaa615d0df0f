"""Progress: what is sent and not handled, and waiting for it."""

import asyncio

import pytest

from monitor.progress import Progress


def test_only_topics_with_a_reader_count() -> None:
    progress = Progress(["news.articles"])
    progress.sent("news.articles", 0, 5, 100)
    progress.sent("news.suppressed", 0, 5, 1000)
    assert progress.waiting_records == 1


def test_handling_a_record_covers_all_before_it_in_its_partition() -> None:
    progress = Progress(["t"])
    for partition, offset in [(0, 1), (0, 3), (0, 4), (1, 1)]:
        progress.sent("t", partition, offset, 10)
    progress.handled("t", 0, 3)
    assert progress.waiting_records == 2


async def test_drained_waits_for_the_last_record_and_an_empty_record_is_one() -> None:
    progress = Progress(["t"])
    progress.sent("t", 0, 0, 10)
    progress.sent("t", 0, 1, 0)
    waiting = asyncio.create_task(progress.drained())
    progress.handled("t", 0, 0)
    for _ in range(5):
        await asyncio.sleep(0)
    assert not waiting.done()
    progress.handled("t", 0, 1)
    await asyncio.wait_for(waiting, 1)


async def test_room_is_counted_by_partition() -> None:
    progress = Progress(["t", "other"])
    progress.sent("other", 0, 0, 99)
    for offset in (0, 1):
        progress.sent("t", offset, offset, 10)
    await asyncio.wait_for(progress.room("t", 10), 1)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(progress.room("t", 9), 0.05)
