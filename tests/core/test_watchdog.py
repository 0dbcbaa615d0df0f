"""When a reader is taken to stand still for good, and when not."""

from collections.abc import Iterable

import pytest

from monitor.core.watchdog import Limits, Partition, Sight, Watchdog

LIMITS = Limits(stalled_seconds=100, joining_seconds=200, nobody_seconds=60, unseen_seconds=30)


def seen(mark: int = 5, waiting: int = 3, partition: int = 0) -> Partition:
    return Partition("news.matches", partition, mark, waiting)


def watch(sights: Iterable[Sight], every: float = 10) -> str | None:
    """What the dog says in the end, looking every so many seconds."""
    dog, said = Watchdog(LIMITS), None
    for n, sight in enumerate(sights):
        said = dog.look(sight, 1000 + n * every)
    return said


def test_records_waiting_without_progress_beyond_the_limit() -> None:
    still = Sight((seen(),))
    assert watch([still] * 11) is None
    assert watch([still] * 12) == "news.matches:0: 3 records waiting and none handled after offset 4 for 110 s"


def test_progress_however_slow_is_progress() -> None:
    assert watch([Sight((seen(mark=n // 5, waiting=900 + n),)) for n in range(100)]) is None


def test_one_partition_s_progress_does_not_cover_another() -> None:
    said = watch([Sight((seen(mark=n), seen(partition=1))) for n in range(12)])
    assert said is not None
    assert said.startswith("news.matches:1")


def test_nothing_waiting_is_nothing_to_complain_of() -> None:
    assert watch([Sight((seen(waiting=0),))] * 50) is None


def test_waiting_for_an_absent_broker_is_healthy_and_starts_the_count_anew() -> None:
    still, away = Sight((seen(),)), Sight((seen(),), waits_for="no broker")
    assert watch([away] * 50) is None
    assert watch([still] * 10 + [away] + [still] * 10) is None


def test_a_standby_is_healthy() -> None:
    assert watch([Sight(nobody=False)] * 50) is None


def test_a_group_in_which_nobody_owns_anything_is_not() -> None:
    assert watch([Sight(nobody=True)] * 7) is None
    assert watch([Sight(nobody=True)] * 8) == "nobody in the group owns a partition for 70 s"


def test_a_rebalance_in_between_starts_that_count_anew() -> None:
    assert watch(([Sight(nobody=True)] * 6 + [Sight()]) * 3) is None


def test_a_recovery_may_take_long_while_it_moves() -> None:
    assert watch([Sight(ready=False, life=n) for n in range(100)]) is None
    assert watch([Sight(ready=False, life=7)] * 22) == "neither joined nor recovered for 210 s"


def test_partitions_are_not_judged_before_their_tables_are_there() -> None:
    assert watch([Sight((seen(),), ready=False, life=n) for n in range(15)] + [Sight((seen(),))] * 5) is None


@pytest.mark.parametrize("pause", [31, 5000])
def test_who_was_asleep_knows_nothing_of_that_time(pause: float) -> None:
    assert watch([Sight((seen(),))] * 12, every=pause) is None
