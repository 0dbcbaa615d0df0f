import pytest

from monitor.core.reports.schedule import next_delay


def test_without_failures_it_is_the_interval_give_or_take_a_tenth() -> None:
    assert [next_delay(300, 0, None, spread) for spread in (0, 0.5, 1)] == pytest.approx([270, 300, 330])


def test_failures_double_it_up_to_an_hour() -> None:
    assert [next_delay(300, failures, None, 0.5) for failures in (1, 2, 3, 4, 10_000)] == [600, 1200, 2400, 3600, 3600]


def test_a_longer_interval_is_never_shortened() -> None:
    assert next_delay(86400, 3, None, 0.5) == 86400


def test_the_server_s_wish_is_a_floor() -> None:
    assert next_delay(60, 1, 5000, 0) == 5000
    assert next_delay(60, 1, 5000, 1) == pytest.approx(5500)
    assert next_delay(60, 1, 5, 0.5) == 120
