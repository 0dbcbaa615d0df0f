"""The judgements that one partition remembers: by text and watch, by story, and by when they are forgotten."""

from bisect import insort
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime

from monitor.model import Decision, Judgement

_HOUR = 3600
_UNDOING = frozenset({Decision.CORRECTION, Decision.KILL})


class Rows:
    """Judgements; those of one story stand in the order of the partition, however they were added."""

    def __init__(self) -> None:
        self._by_text: dict[str, dict[str, Judgement]] = {}
        self._stories: dict[str, list[tuple[int, Judgement]]] = {}
        self._undone: dict[str, list[tuple[int, Judgement]]] = {}
        self._due: dict[int, dict[str, Judgement]] = defaultdict(dict)
        self._entries: dict[str, tuple[int, Judgement]] = {}
        self.latest: datetime | None = None  # event time up to which the partition has come

    def of_text(self, key: str) -> Mapping[str, Judgement]:
        """Watch → judgement of one revision of an article."""
        return self._by_text.get(key, {})

    def add(self, row: Judgement, sequence: int) -> None:
        """Remember a judgement; `sequence` is that of its article in the partition."""
        self._by_text.setdefault(text_key(row), {})[row.watch] = row
        self._entries[row.key] = (sequence, row)
        for table, name in self._tables(row):
            insort(table.setdefault(name, []), (sequence, row), key=_sequence)
        self._due[_due_hour(row)][row.key] = row
        self.latest = max(self.latest or row.event_at, row.event_at)

    def drop(self, key: str) -> None:
        """Forget a judgement, if it is here."""
        entry = self._entries.pop(key, None)
        if entry is None:
            return
        row = entry[1]
        for table, name in self._tables(row):
            table[name].remove(entry)
            if not table[name]:
                del table[name]
        due = self._due[_due_hour(row)]
        del due[row.key]
        if not due:
            del self._due[_due_hour(row)]
        of_text = self._by_text[text_key(row)]
        del of_text[row.watch]
        if not of_text:
            del self._by_text[text_key(row)]

    def due(self, event_at: datetime) -> list[Judgement]:
        """The judgements whose time is over at this event time, or at the latest one that the partition has seen."""
        now = int(max(self.latest or event_at, event_at).timestamp())
        hours = sorted(hour for hour in self._due if hour * _HOUR <= now)
        return [row for hour in hours for _, row in sorted(self._due[hour].items())]

    def story(self, story: str) -> Iterator[Judgement]:
        """The judgements of a story, in the order of the partition."""
        return (row for _, row in self._stories.get(story, []))

    def undone(self, row: Judgement) -> Decision | None:
        """What was told of an article since: the last correction or kill of it."""
        found = self._undone.get(f"{row.watch}|{row.article}")
        return found[-1][1].decision if found else None

    def _tables(self, row: Judgement) -> Iterator[tuple[dict[str, list[tuple[int, Judgement]]], str]]:
        yield self._stories, row.story
        if row.decision in _UNDOING and row.told and row.of:
            yield self._undone, f"{row.watch}|{row.of}"


class Living:
    """What is left of the rows without those whose time is over, though they are not dropped yet."""

    def __init__(self, rows: Rows, gone: Collection[str]) -> None:
        self._rows, self._gone = rows, frozenset(gone)

    def of_text(self, key: str) -> Mapping[str, Judgement]:
        """Watch → judgement of one revision of an article."""
        found = self._rows.of_text(key)
        return {w: row for w, row in found.items() if row.key not in self._gone} if self._gone else found

    def story(self, story: str) -> Iterator[Judgement]:
        """The judgements of a story, in the order of the partition."""
        return (row for row in self._rows.story(story) if row.key not in self._gone)

    def undone(self, row: Judgement) -> Decision | None:
        """What was told of an article since: the last correction or kill of it."""
        return self._rows.undone(row)


def text_key(row: Judgement) -> str:
    """The key of the sketch that a judgement is of."""
    return f"{row.article}|{row.revision}"


def _sequence(entry: tuple[int, Judgement]) -> int:
    return entry[0]


def _due_hour(row: Judgement) -> int:
    """The first full hour, since 1970, at which the row is forgotten: rows fall due together, once an hour."""
    return -int(-(row.expires_at or row.event_at).timestamp() // _HOUR)
