"""Reading a compacted topic: of each key the newest row counts, a true null removes it, and damage changes nothing."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TypeVar

from monitor import logs, metrics, wire
from monitor.errors import WireError
from monitor.records import Record

T = TypeVar("T")


R = TypeVar("R", bound=Record)


async def rows(
    records: AsyncIterator[R],
    noun: type[T],
    key_of: Callable[[T], str],
    bury: Callable[[R, Exception], Awaitable[None]],
) -> AsyncIterator[tuple[R, str, T | None]]:
    """Each usable record with its key and its noun, None where the key is removed.

    At the end, what is damaged and was not replaced by a later row is buried, so that it is not told of at every start.
    """
    damaged: dict[tuple[int, bytes | int], tuple[R, WireError]] = {}
    async for record in records:
        if record.key is None and record.value is None:
            _ignored(record, "empty")
            continue
        place = (record.partition, record.offset if record.key is None else record.key)
        row = _row(record, noun, key_of)
        if isinstance(row, WireError):
            _ignored(record, "damaged")
            damaged[place] = (record, row)
            continue
        damaged.pop(place, None)
        yield record, *row
    for record, error in damaged.values():
        await bury(record, error)


def _row(record: Record, noun: type[T], key_of: Callable[[T], str]) -> tuple[str, T | None] | WireError:
    try:
        key = _text(record.key)
        if record.value is None:
            return key, None
        found = wire.decode(record.value, noun)
        if key_of(found) != key:
            return WireError(f"the key {key!r:.120} is not that of the row, {key_of(found)!r:.120}")
    except WireError as error:
        return error
    except Exception as error:  # hostile bytes: too deep, for one
        return WireError(f"{type(error).__name__} while reading the row")
    return key, found


def _text(key: bytes | None) -> str:
    if key is None:
        raise WireError("the row has no key")
    try:
        return key.decode()
    except UnicodeDecodeError as error:
        raise WireError("the key is no UTF-8") from error


def _ignored(record: Record, reason: str) -> None:
    metrics.rows_ignored.labels(record.topic, reason).inc()
    where = {"topic": record.topic, "partition": record.partition, "offset": record.offset}
    logs.logger("kafka").warning("row ignored", reason=reason, **where)
