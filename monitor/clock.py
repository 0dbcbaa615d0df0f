"""The wall clock, for shells. Pure code is handed the time instead."""

from datetime import UTC, datetime


def now() -> datetime:
    """This instant in UTC."""
    return datetime.now(UTC)  # noqa: TID251 the one place that asks
