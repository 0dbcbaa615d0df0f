"""Judgements as bytes of memory: what their text's sketch says already is left out, and settings are kept once."""

import marshal
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Generic, TypeVar

from monitor.model import Change, Coverage, Decision, Judgement, Sketch, WatchSettings

FIRST = "first of its story"  # the reason of most judgements
Item = TypeVar("Item")
_DECISIONS = tuple(Decision)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Slips:
    """Writes and reads slips; `sketch_of` finds the sketch of a text by its key."""

    def __init__(self, sketch_of: Callable[[str], Sketch | None]) -> None:
        self._sketch_of = sketch_of
        self._settings, self._watches = _Numbered[WatchSettings | None](), _Numbered[str]()

    def number_of(self, watch: str) -> int:
        """The number that stands for a watch."""
        return self._watches.number(watch)

    def known_number(self, watch: str) -> int | None:
        """The same for a watch that has a number already."""
        return self._watches.known(watch)

    def write(self, row: Judgement, sketch: Sketch | None) -> bytes | None:
        """A judgement as it is kept; None for one that was ruled on, or is of a newer version: it stays what it is.

        `sketch` is that of its text, as far as it is known.
        """
        if (
            row.ruling
            or row.extra
            or (row.coverage and row.coverage.extra)
            or any(change.extra for change in row.changes)
        ):
            return None
        told = (row.source, row.title, row.url)
        known = sketch is not None and told == (sketch.source, sketch.title, sketch.url)
        return marshal.dumps(
            (
                self._watches.number(row.watch),
                row.article,
                row.revision,
                _DECISIONS.index(row.decision),
                row.told,
                row.story,
                None if row.reason == FIRST else row.reason,
                None if known else told,
                _written(row.event_at),
                (row.of, row.of_title, row.of_source, row.copy_of) if row.of is not None or row.copy_of else None,
                (row.coverage.new_in_old, row.coverage.old_in_new) if row.coverage else None,
                row.origin,
                tuple((change.kind, change.before, change.after) for change in row.changes) or None,
                row.held,
                self._settings.number(row.settings),
                None if row.expires_at is None else _written(row.expires_at),
            )
        )

    def read(self, slip: bytes) -> Judgement:
        """The judgement of a slip."""
        (
            watch,
            article,
            revision,
            decision,
            told,
            story,
            reason,
            named,
            at,
            of,
            covered,
            origin,
            changes,
            held,
            n,
            end,
        ) = marshal.loads(slip)  # noqa: S302  # of our own memory
        if named is None:
            sketch = self._sketch_of(f"{article}|{revision}")
            assert sketch is not None, "a text is not forgotten before its judgements"
            named = sketch.source, sketch.title, sketch.url
        of_article, of_title, of_source, copy_of = of or (None, None, None, None)
        return Judgement(
            watch=self._watches[watch],
            article=article,
            revision=revision,
            decision=_DECISIONS[decision],
            told=told,
            story=story,
            reason=FIRST if reason is None else reason,
            source=named[0],
            title=named[1],
            url=named[2],
            event_at=_read(at),
            of=of_article,
            of_title=of_title,
            of_source=of_source,
            copy_of=copy_of,
            coverage=Coverage(new_in_old=covered[0], old_in_new=covered[1]) if covered else None,
            origin=origin,
            changes=tuple(Change(kind=k, before=b, after=a) for k, b, a in changes or ()),
            held=held,
            settings=self._settings[n],
            expires_at=None if end is None else _read(end),
        )


class _Numbered(Generic[Item]):
    """Things that many rows share, kept once."""

    def __init__(self) -> None:
        self._items: list[Item] = []
        self._numbers: dict[Item, int] = {}

    def __getitem__(self, number: int) -> Item:
        return self._items[number]

    def known(self, item: Item) -> int | None:
        """The number of a thing that has one."""
        return self._numbers.get(item)

    def number(self, item: Item) -> int:
        """The number of a thing."""
        number = self._numbers.setdefault(item, len(self._items))
        if number == len(self._items):
            self._items.append(item)
        return number


def _written(instant: datetime) -> int:
    return (instant - _EPOCH) // _MICROSECOND


def _read(microseconds: int) -> datetime:
    return _EPOCH + timedelta(microseconds=microseconds)
