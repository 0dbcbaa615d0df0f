"""The judgements that one partition remembers: by text and watch, by story, and by when they are forgotten."""

from array import array
from bisect import bisect_right, insort
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, MutableSequence
from datetime import UTC, datetime

import numpy as np

from monitor.core.stories.arena import Arena, Column, OpenDisk, no_disk
from monitor.core.stories.names import Names
from monitor.core.stories.slips import Slips
from monitor.model import Decision, Judgement, Sketch

MOST_OF_WATCH, CUT = 100_000, 0.01  # judgements of one watch in memory, and the share of them that goes at once
LATELY = 2048  # judgements that stay unpacked, the last looked at
UNPACKED = 512  # texts whose judgements stay unpacked, the last looked at
_GARBAGE = 2048  # numbers that may be free before all are given anew
_HOUR = 3600
_UNDOING = frozenset({Decision.CORRECTION, Decision.KILL})


class Rows:
    """Judgements, each under a number; those of one story stand in the order of the partition, however they came.

    `sketch_of` finds the sketch of a text, which must be known as long as there are judgements of it.
    """

    def __init__(self, sketch_of: Callable[[str], Sketch | None], open_disk: OpenDisk = no_disk) -> None:
        self._pack, self._sketch_of, self._open_disk = Slips(sketch_of), sketch_of, open_disk
        self._sketch: Sketch | None = None  # of the last run
        self._start()
        self._undone: dict[str, list[tuple[int, Judgement]]] = {}
        self._unpacked: dict[str, dict[str, Judgement]] = {}

    def _start(self) -> None:
        self._lately: dict[int, Judgement] = {}
        self._slips, self._whole = Arena(self._open_disk), dict[int, Judgement]()
        self._alive, self._living = Column(np.bool_), 0
        self._sequences, self._watches = Column(np.int64), Column(np.int32)
        self._counts: Counter[int] = Counter()  # of the living, by number of the watch
        self._runs: dict[int, int] = {}  # first number → how many follow it that are of the same text, if any do
        self._texts = Names()  # key of a text → first numbers of its runs
        self._open: tuple[str, int] | None = None  # text and first number of the last run
        self._stories: dict[int, int | MutableSequence[int]] = {}  # hash of the story → number or numbers
        self._due: dict[int, MutableSequence[int]] = {}
        self._left: dict[int, int] = {}  # judgements of _due that are not dropped
        self._hours: list[int] = []  # of _due, sorted

    def of_text(self, key: str) -> Mapping[str, Judgement]:
        """Watch → judgement of one revision of an article."""
        found = self._unpacked.get(key)
        if found is None:
            rows = (self._read(number) for number in self._of_text(key))
            found = {row.watch: row for row in rows if row is not None and text_key(row) == key}
            if len(self._unpacked) >= UNPACKED:
                del self._unpacked[next(iter(self._unpacked))]
            self._unpacked[key] = found
        return found

    def add(self, row: Judgement, sequence: int, sketch: Sketch | None = None) -> None:
        """Remember a judgement; `sequence` is that of its article in the partition, `sketch` its text's, if at hand."""
        number, key = len(self._alive.values), text_key(row)
        if self._open is None or self._open[0] != key:
            self._sketch = sketch or self._sketch_of(key)
        slip = self._pack.write(row, self._sketch)
        if slip is None:
            self._whole[number] = row
        self._slips.append(slip or b"")
        self._alive.append(True)
        self._sequences.append(sequence)
        watch = self._pack.number_of(row.watch)
        self._watches.append(watch)
        self._counts[watch] += 1
        self._living += 1
        if self._open is not None and self._open[0] == key:
            self._runs[self._open[1]] = number - self._open[1]
        else:
            self._texts.add("r", key, number)
            self._open = key, number
        if key in self._unpacked:
            self._unpacked[key][row.watch] = row
        self._add_to_story(hash(row.story), number, sequence)
        if undone := _undone_by(row):
            insort(self._undone.setdefault(undone, []), (sequence, row), key=_sequence)
        self._add_due(_due_hour(row), number)

    def drop(self, key: str) -> None:
        """Forget a judgement, if it is here."""
        for number, row in self._with_key(key):
            self._alive.values[number] = False
            self._whole.pop(number, None)
            self._lately.pop(number, None)
            self._open = None
            self._counts[int(self._watches.values[number])] -= 1
            self._living -= 1
            self._unpacked.pop(text_key(row), None)
            self._drop_from_story(hash(row.story), number)
            if undone := _undone_by(row):
                self._undone[undone] = [entry for entry in self._undone[undone] if entry[1] != row]
                if not self._undone[undone]:
                    del self._undone[undone]
            self._drop_due(_due_hour(row))
        if len(self._alive.values) - self._living > max(_GARBAGE, self._living // 4):
            self._renumber()

    def any_due(self, at: datetime) -> bool:
        """Whether the time of a judgement is over at this event time."""
        return bool(self._hours) and self._hours[0] <= at.timestamp() // _HOUR

    def due(self, at: datetime) -> list[Judgement]:
        """The judgements whose time is over at this event time."""
        hours = self._hours[: bisect_right(self._hours, at.timestamp() // _HOUR)]
        rows = [sorted(filter(None, map(self._read, self._due[hour])), key=_key) for hour in hours]
        return [row for of_hour in rows for row in of_hour]

    def story(self, story: str) -> Iterator[Judgement]:
        """The judgements of a story, in the order of the partition."""
        rows = map(self._read, _numbers(self._stories.get(hash(story))))
        return (row for row in rows if row is not None and row.story == story)

    def of_watch(self, watch: str) -> list[Judgement]:
        """The judgements of a watch, in the order in which they came."""
        own = self._alive.values & (self._watches.values == self._pack.number_of(watch))
        return [row for number in np.flatnonzero(own).tolist() if (row := self._read(number)) is not None]

    def beyond(self, watch: str) -> list[Judgement]:
        """Of a watch that has as many judgements as it may, those of its earliest articles: room for new ones."""
        number = self._pack.known_number(watch)
        count = 0 if number is None else self._counts[number]
        if count < MOST_OF_WATCH:
            return []
        own = np.flatnonzero(self._alive.values & (self._watches.values == number))
        leaving = count - MOST_OF_WATCH + max(1, round(CUT * MOST_OF_WATCH))
        earliest = own[np.argsort(self._sequences.values[own], kind="stable")][:leaving]
        return [row for one in earliest.tolist() if (row := self._read(one)) is not None]

    def undone(self, row: Judgement) -> Decision | None:
        """What was told of an article since: the last correction or kill of it."""
        found = self._undone.get(f"{row.watch}|{row.article}")
        return found[-1][1].decision if found else None

    def _read(self, number: int) -> Judgement | None:
        if not self._alive.values[number]:
            return None
        row = self._whole.get(number) or self._lately.get(number)
        if row is None:
            if len(self._lately) >= LATELY:
                del self._lately[next(iter(self._lately))]
            row = self._lately[number] = self._pack.read(self._slips[number])
        return row

    def _of_text(self, key: str) -> Iterator[int]:
        for first in self._texts.find("r", key):
            yield from range(first, first + self._runs.get(first, 0) + 1)

    def _with_key(self, key: str) -> list[tuple[int, Judgement]]:
        texts = [key[at + 1 :] for at, char in enumerate(key) if char == "|"]  # a "|" may be in the id of a watch
        rows = [(number, self._read(number)) for text in texts for number in self._of_text(text)]
        return [(number, row) for number, row in rows if row is not None and row.key == key]

    def _add_to_story(self, story: int, number: int, sequence: int) -> None:
        held = self._stories.get(story)
        if held is None:
            self._stories[story] = number
            return
        numbers: MutableSequence[int] = array("I", [held]) if isinstance(held, int) else held
        at = len(numbers)
        sequences = self._sequences.values
        while at and sequences[numbers[at - 1]] > sequence:
            at -= 1
        numbers.insert(at, number)
        self._stories[story] = numbers

    def _drop_from_story(self, story: int, number: int) -> None:
        held = self._stories[story]
        if isinstance(held, int) or len(held) == 1:
            del self._stories[story]
        else:
            held.remove(number)

    def _add_due(self, hour: int, number: int) -> None:
        if hour not in self._due:
            self._due[hour], self._left[hour] = array("I"), 0
            insort(self._hours, hour)
        self._due[hour].append(number)
        self._left[hour] += 1

    def _drop_due(self, hour: int) -> None:
        self._left[hour] -= 1
        if not self._left[hour]:
            del self._due[hour], self._left[hour]
            self._hours.remove(hour)

    def _renumber(self) -> None:
        """Give the numbers anew, without gaps."""
        numbers = np.flatnonzero(self._alive.values).tolist()
        held = [(row, int(self._sequences.values[number])) for number in numbers if (row := self._read(number))]
        undone, self._undone = self._undone, {}
        self._start()
        for row, sequence in held:
            self.add(row, sequence)
        self._undone = undone


class Living:
    """What is left of the rows at an event time, though those whose time is over may not be dropped yet.

    The judgements of the text `keeping` are left in any case, those with the keys `leaving` in none.
    """

    def __init__(self, rows: Rows, at: datetime, keeping: str, leaving: Collection[str] = ()) -> None:
        self._rows, self._keeping, self._leaving = rows, keeping, leaving
        self._over = datetime.fromtimestamp(at.timestamp() // _HOUR * _HOUR, UTC) if rows.any_due(at) else None

    def of_text(self, key: str) -> Mapping[str, Judgement]:
        """Watch → judgement of one revision of an article."""
        found = self._rows.of_text(key)
        if self._over is None and not self._leaving:
            return found
        return {watch: row for watch, row in found.items() if self._lives(row)}

    def story(self, story: str) -> Iterator[Judgement]:
        """The judgements of a story, in the order of the partition."""
        return filter(self._lives, self._rows.story(story))

    def undone(self, row: Judgement) -> Decision | None:
        """What was told of an article since: the last correction or kill of it."""
        return self._rows.undone(row)

    def _lives(self, row: Judgement) -> bool:
        due = self._over is not None and (row.expires_at or row.event_at) <= self._over
        return text_key(row) == self._keeping or not (due or row.key in self._leaving)


def text_key(row: Judgement) -> str:
    """The key of the sketch that a judgement is of."""
    return f"{row.article}|{row.revision}"


def _undone_by(row: Judgement) -> str | None:
    """Watch and article that a judgement tells to be put right or taken back."""
    return f"{row.watch}|{row.of}" if row.decision in _UNDOING and row.told and row.of else None


def _numbers(held: int | MutableSequence[int] | None) -> Collection[int]:
    return () if held is None else (held,) if isinstance(held, int) else held


def _key(row: Judgement) -> str:
    return row.key


def _sequence(entry: tuple[int, Judgement]) -> int:
    return entry[0]


def _due_hour(row: Judgement) -> int:
    """The first full hour, since 1970, at which the row is forgotten: rows fall due together, once an hour."""
    return -int(-(row.expires_at or row.event_at).timestamp() // _HOUR)
