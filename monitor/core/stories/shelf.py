"""Texts in columns and arenas, one slot each in the order of their sequence: some 2 kB a text of 700 words."""

import marshal
from base64 import b64decode, b64encode
from datetime import UTC, datetime, timedelta

import numpy as np

from monitor.core.reports.words import Hashes
from monitor.core.stories.arena import Arena, Column, Slots
from monitor.core.stories.events import Terms
from monitor.core.stories.sketches import Remembered
from monitor.model import Sketch

UNPACKED = 512  # texts that stay unpacked, the last looked at
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Shelf:
    """Slot → text."""

    def __init__(self) -> None:
        self.living = 0
        self._records = Arena()
        self._unpacked: dict[int, Remembered] = {}
        self._alive, self._sizes, self._rates = Column(np.bool_), Column(np.int32), Column(np.int32)
        self._times, self._sequences = Column(np.float64), Column(np.int64)

    def __getitem__(self, slot: int) -> Remembered:
        text = self._unpacked.get(slot)
        if text is None:
            text = _unpacked(self._records[slot])
            self._keep_unpacked(slot, text)
        return text

    @property
    def dead(self) -> int:
        """Slots whose text was dropped."""
        return len(self.alive) - self.living

    @property
    def last_sequence(self) -> int:
        """The sequence of the last text that is held; -1 where none is."""
        alive = self.alive
        last = len(alive) - 1 - int(np.argmax(alive[::-1])) if self.living else -1
        return int(self._sequences.values[last]) if last >= 0 else -1

    @property
    def alive(self) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Which slots have a text."""
        return self._alive.values

    @property
    def sizes(self) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
        """Distinct pairs of words of each text, at least one."""
        return self._sizes.values

    @property
    def posting_rates(self) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
        """One in so many of its pairs of words leads to each text."""
        return self._rates.values

    @property
    def times(self) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        """Event times in seconds since 1970."""
        return self._times.values

    def last_times(self, count: int, before: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        """Event times of the last texts with a sequence below `before`, this many at most."""
        end = int(np.searchsorted(self._sequences.values, before))
        begin, step = end, 8 * count
        while begin > 0 and np.count_nonzero(self.alive[begin:end]) < count:
            begin, step = max(0, begin - step), 2 * step
        held: np.ndarray[tuple[int], np.dtype[np.float64]] = self.times[begin:end][self.alive[begin:end]][-count:]
        return held

    def append(self, text: Remembered) -> int:
        """Put a text into the next slot."""
        slot, sketch = len(self.alive), text.sketch
        self._records.append(_packed(text))
        self._alive.append(True)
        self._sizes.append(max(1, sketch.size))
        self._rates.append(text.posting_rate)
        self._times.append(sketch.event_at.timestamp())
        self._sequences.append(sketch.sequence)
        self.living += 1
        self._keep_unpacked(slot, text)
        return slot

    def has(self, slot: int, key: str) -> bool:
        """Whether the text with this key is there."""
        return bool(self.alive[slot]) and self[slot].key == key

    def drop(self, slot: int) -> None:
        """Forget the text of a slot."""
        self.alive[slot] = False
        self._unpacked.pop(slot, None)
        self.living -= 1

    def compact(self) -> Slots:
        """Give the living the first slots, in the same order; the new number of each slot, -1 for the dead."""
        kept = self.alive.copy()
        columns = self._sizes, self._rates, self._times, self._sequences
        for part in (self._records, *columns):
            part.keep(kept)
        self._alive.keep(kept)
        self._unpacked.clear()
        return np.where(kept, np.cumsum(kept) - 1, -1)

    def _keep_unpacked(self, slot: int, text: Remembered) -> None:
        if len(self._unpacked) >= UNPACKED:
            del self._unpacked[next(iter(self._unpacked))]
        self._unpacked[slot] = text


def _packed(text: Remembered) -> bytes:
    """Two counts, pairs of words, terms, their weights, and what else there is to say."""
    bigrams, terms = text.bigrams, text.terms
    counts = len(bigrams).to_bytes(4, "little") + len(terms.hashes).to_bytes(4, "little")
    return b"".join(
        (counts, *_three_bytes(bigrams), *_three_bytes(terms.hashes), terms.weights.tobytes(), _write(text.sketch))
    )


def _unpacked(record: bytes) -> Remembered:
    pairs, terms = int.from_bytes(record[:4], "little"), int.from_bytes(record[4:8], "little")
    after_pairs = 8 + 3 * pairs
    after_terms = after_pairs + 3 * terms
    weights = np.frombuffer(record, np.uint8, terms, after_terms)
    sketch = _read(record[after_terms + terms :])
    return Remembered(sketch, _hashes(record, pairs, 8), Terms(_hashes(record, terms, after_pairs), weights))


def _three_bytes(hashes: Hashes) -> tuple[bytes, bytes]:
    """The upper two bytes of each hash, then the lowest ones."""
    return (hashes >> np.uint32(8)).astype("<u2").tobytes(), hashes.astype(np.uint8).tobytes()


def _hashes(record: bytes, count: int, at: int) -> Hashes:
    upper = np.frombuffer(record, "<u2", count, at).astype(np.uint32)
    return (upper << np.uint32(8)) | np.frombuffer(record, np.uint8, count, at + 2 * count)


def _write(sketch: Sketch) -> bytes:
    """What columns and arenas do not hold of a sketch."""
    return marshal.dumps(
        (
            sketch.article,
            sketch.revision,
            sketch.source,
            sketch.feed,
            sketch.title,
            sketch.url,
            _microseconds(sketch.event_at),
            _microseconds(sketch.first_seen_at),
            sketch.sequence,
            sketch.words,
            sketch.size,
            sketch.rate,
            "\n".join(sketch.figures),
            sketch.marker,
            sketch.origin,
            b64decode(sketch.vocabulary),
            sketch.turns,
        )
    )


def _read(written: bytes) -> Sketch:
    """A sketch without its arrays."""
    (
        article,
        revision,
        source,
        feed,
        title,
        url,
        event,
        seen,
        sequence,
        words,
        size,
        rate,
        figures,
        marker,
        origin,
        *rest,
    ) = marshal.loads(written)  # noqa: S302  # of our own memory
    return Sketch(
        article=article,
        revision=revision,
        source=source,
        feed=feed,
        title=title,
        url=url,
        event_at=_EPOCH + timedelta(microseconds=event),
        first_seen_at=_EPOCH + timedelta(microseconds=seen),
        sequence=sequence,
        words=words,
        size=size,
        rate=rate,
        bigrams="",
        figures=tuple(figures.split("\n")) if figures else (),
        marker=marker,
        origin=origin,
        vocabulary=b64encode(rest[0]).decode(),
        turns=rest[1],
    )


def _microseconds(instant: datetime) -> int:
    return (instant - _EPOCH) // timedelta(microseconds=1)
