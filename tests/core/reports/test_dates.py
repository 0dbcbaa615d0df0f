from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.reports.dates import parse_date

NOON = datetime(2026, 7, 10, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "raw",
    [
        "2026-07-10T12:00:00Z",
        "2026-07-10T14:00:00+02:00",
        "2026-07-10T14:00:00.123456+0200",
        "2026-07-10 12:00",
        "2026-07-10T12:00:00",
        "20260710T120000Z",
        "2026-07-10 08:00:00 EDT",
        "Fri, 10 Jul 2026 12:00:00 GMT",
        "Fri, 10 Jul 2026 08:00:00 EDT",
        "Fri, 10 Jul 2026 14:00:00 CEST",
        "Fri, 10 Jul 2026 17:30:00 IST",
        "Fri, 10 Jul 2026 12:00:00 XQT",
        "10 July 2026 12:00",
        "Fri, Jul 10 2026 12:00:00 +0000",
        "July 10, 2026, 8:00 a.m. EDT",
        "Fri Jul 10 12:00:00 2026",
        "Fri Jul 10 14:00:00 CEST 2026",
        "Friday, 10-Jul-26 12:00:00 UTC",
        "Fri, 10 Jul 2026 12:00:00 GMT+00:00",
        "Fri, 10 Jul 2026 04:00:00 -0800 (PST)",
        "  2026-07-10T12:00:00Z\n",
        "Mar, 10 jul. 2026 12:00:00 GMT",
    ],
)
def test_one_instant_in_many_words(raw: str) -> None:
    assert parse_date(raw) == NOON


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("2026-07-10", datetime(2026, 7, 10, tzinfo=UTC)),
        ("10 Jul 2026", datetime(2026, 7, 10, tzinfo=UTC)),
        ("2026-12-31T24:00:00Z", datetime(2027, 1, 1, tzinfo=UTC)),
        ("2016-12-31T23:59:60Z", datetime(2017, 1, 1, tzinfo=UTC)),
        ("Tue, 10 Jul 99 00:30:00 GMT", datetime(1999, 7, 10, 0, 30, tzinfo=UTC)),
        ("Jul 10, 2026 12:30 am", datetime(2026, 7, 10, 0, 30, tzinfo=UTC)),
        ("Jul 10, 2026 12:30 PM", datetime(2026, 7, 10, 12, 30, tzinfo=UTC)),
    ],
)
def test_what_is_legal_at_the_edges(raw: str, expected: datetime) -> None:
    assert parse_date(raw) == expected


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "yesterday",
        "03/04/2026",
        "2026-13-01",
        "2026-02-30T00:00:00Z",
        "2026-07-10T25:00:00Z",
        "Fri, 10 Jul 99999 08:00:00 EDT",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "2026-07-10T12:00:00+99:00",
        "Jul",
        "12:00 Jul",
        "10 Jul 12:00",
        "x" * 1000,
    ],
)
def test_what_names_no_instant_is_none(raw: str) -> None:
    assert parse_date(raw) is None


@given(st.integers(-30_000_000_000, 250_000_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)))
def test_what_is_written_is_read(at: datetime) -> None:
    assert parse_date(at.isoformat()) == at


@given(st.text(max_size=120))
def test_any_text_is_safe(raw: str) -> None:
    parse_date(raw)
