"""A table follows its changelog: by what is written here, by what a recovery reads, and never further than either."""

from types import SimpleNamespace
from typing import Any

import faust
import pytest
from faust.types import TP
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from monitor.stream.stores import MemoryStore
from monitor.stream.tables import RowTable

CHANGELOG = "app-rows-changelog"


@pytest.fixture
async def table() -> RowTable:
    app = faust.App("app", store="memory://", Table=RowTable)
    made = app.Table("rows", partitions=4, key_type=str, value_type=bytes, rows=MemoryStore())
    assert isinstance(made, RowTable)
    await own(made, 0, 1)
    return made


async def own(table: RowTable, *partitions: int) -> None:
    await table.on_rebalance({TP(CHANGELOG, n) for n in partitions} | {TP("news.matches", 3)}, set(), set())


def offset(table: RowTable, partition: int = 0) -> int | None:
    return table.persisted_offset(TP(CHANGELOG, partition))


def put(table: RowTable, key: str, value: bytes | None, at: int | None) -> None:
    if at is not None:
        table.acked(key, at)
    table.write(key, value)


def records(*rows: tuple[int, str, bytes | None]) -> list[Any]:
    return [SimpleNamespace(offset=at, key=key.encode(), value=value) for at, key, value in rows]


async def test_the_offset_follows_rows_that_are_written_in_whatever_order_their_acks_came(table: RowTable) -> None:
    put(table, "0|b", b"2", 1)
    assert offset(table) is None
    put(table, "0|a", b"1", 0)
    assert offset(table) == 1
    put(table, "0|a", None, 2)
    assert (offset(table), table.rows_of(0)) == (2, [b"2"])


async def test_the_offset_waits_where_another_wrote_in_between_until_a_recovery_has_read_it(table: RowTable) -> None:
    put(table, "0|a", b"1", 0)
    put(table, "0|b", b"2", 5)
    assert (offset(table), sorted(table.rows_of(0))) == (0, [b"1", b"2"])
    table.recover(0, records((3, "0|x", b"9"), (5, "0|b", b"2")))
    put(table, "0|c", b"3", 6)
    assert (offset(table), sorted(table.rows_of(0))) == (6, [b"1", b"2", b"3", b"9"])


async def test_many_rows_behind_one_that_never_came_are_given_up(
    table: RowTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("monitor.stream.tables._MOST_AHEAD", 3)
    for at in range(1, 6):
        put(table, f"0|{at}", b"1", at)
    assert (len(table.rows_of(0)), offset(table)) == (5, None)
    assert len(table._ahead[0]) <= 3


async def test_a_row_whose_changelog_refused_it_moves_nothing(table: RowTable) -> None:
    put(table, "0|a", b"1", None)
    assert (offset(table), table.rows_of(0)) == (None, [b"1"])


async def test_a_late_row_does_not_undo_what_a_recovery_found(table: RowTable) -> None:
    table.acked("0|a", 4)
    table.recover(0, records((4, "0|a", b"old"), (7, "0|a", b"new")))
    table.write("0|a", b"old")
    assert (offset(table), table.rows_of(0)) == (7, [b"new"])


async def test_a_row_of_a_partition_that_was_lost_meanwhile_is_not_written(table: RowTable) -> None:
    table.acked("1|a", 0)
    await own(table, 0)
    table.write("1|a", b"1")
    await own(table, 0, 1)
    assert (offset(table, 1), table.rows_of(1)) == (None, [])


async def test_memory_keeps_what_it_owns_and_lets_go_of_what_it_lost(table: RowTable) -> None:
    put(table, "0|a", b"1", 0)
    put(table, "1|a", b"2", 0)
    await own(table, 0, 2)
    assert (table.rows_of(0), table.rows_of(1), offset(table, 1)) == ([b"1"], [], None)
    assert set(table.take_recovered()) == {1}


async def test_of_several_records_of_one_key_the_last_counts_and_a_deletion_deletes(table: RowTable) -> None:
    table.recover(0, records((0, "0|a", b"1"), (1, "0|b", b"2"), (2, "0|a", b"3"), (5, "0|b", None)))
    assert (offset(table), table.rows_of(0)) == (5, [b"3"])
    assert (set(table.take_recovered()), set(table.take_recovered())) == ({0}, set())
    assert (table.take_read(), table.take_read()) == (4, 0)


async def test_faust_itself_writes_nothing(table: RowTable) -> None:
    table.apply_changelog_batch([SimpleNamespace(message=SimpleNamespace(key=b"0|a", value=b"1", partition=0))])
    assert table.rows_of(0) == []


async def test_rows_that_are_ahead_of_their_changelog_are_of_another_one(table: RowTable) -> None:
    table.recover(0, records((7, "0|a", b"1")))
    table.take_recovered()
    with capture_logs() as said:
        assert not table.rebuild_if_ahead(0, 7)
        assert not table.rebuild_if_ahead(1, -1)
        assert not said
        assert table.rebuild_if_ahead(0, 6)
    assert said[0]["event"] == "ahead of its changelog, read anew"
    assert (offset(table), table.rows_of(0), set(table.take_recovered())) == (None, [], {0})


async def test_what_stands_in_the_changelog_under_a_key_that_is_not_ours_is_counted_and_no_row(table: RowTable) -> None:
    strange = [SimpleNamespace(offset=at, key=key, value=b"x") for at, key in enumerate((None, b"", b"1|a", b"0|\xff"))]
    before = foreign()
    table.recover(0, [*strange, *records((4, "0|a", b"1"), (5, "\0offset", b"99"))])
    assert (table.rows_of(0), offset(table), foreign() - before) == ([b"1"], 5, 5)


def foreign() -> float:
    found = REGISTRY.get_sample_value("newsmonitor_rows_ignored_total", {"topic": CHANGELOG, "reason": "foreign"})
    return found or 0
