"""Texts in columns and arenas, one slot each in the order of their sequence: some 2 kB a text of 700 words."""

import marshal
import zlib
from datetime import UTC, datetime, timedelta
from struct import Struct

import numpy as np

from monitor.core.stories.arena import Arena, Column, OpenDisk, Slots, no_disk
from monitor.core.stories.events import Terms
from monitor.core.stories.shingles import find
from monitor.core.stories.sketches import Remembered
from monitor.core.stories.sorted_hashes import dump, dump_mask, load, load_mask, room
from monitor.model import Sketch

UNPACKED = 512  # texts that stay unpacked, the last looked at
_COUNTS = Struct("<III?")
_RAW = -15  # zlib's word for no header and the largest window
_OFTEN = b"t||of peoplekilledwoundedpercentmilliontroopsdays\nh|https://www..com/news/world/.html"  # in many records
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Shelf:
    """Slot → text."""

    def __init__(self, open_disk: OpenDisk = no_disk) -> None:
        self.living = 0
        self._records = Arena(open_disk)
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
    """The counts of three sets of hashes, the sets, the weights of the terms, and what else there is to say.

    Terms are words of the text's vocabulary, and told by a bit for each of its words where all of them are in it.
    """
    pairs, vocabulary, terms = text.bigrams, text.vocabulary, text.terms
    inside, at = find(terms.hashes, vocabulary)
    among = bool(inside.all())
    if among:
        chosen = np.zeros(len(vocabulary), np.bool_)
        chosen[at] = True
    return b"".join(
        (
            _COUNTS.pack(len(pairs), len(vocabulary), len(terms.hashes), among),
            dump(pairs),
            dump(vocabulary),
            dump_mask(chosen) if among else dump(terms.hashes),
            terms.weights.tobytes(),
            _deflated(_write(text.sketch)),
        )
    )


def _unpacked(record: bytes) -> Remembered:
    pairs, words, terms, among = _COUNTS.unpack_from(record)
    bigrams = load(record, pairs, _COUNTS.size)
    at = _COUNTS.size + room(pairs)
    vocabulary = load(record, words, at)
    at += room(words)
    hashes = vocabulary[load_mask(record, words, at)] if among else load(record, terms, at)
    at += (words + 7) // 8 if among else room(terms)
    weights = np.frombuffer(record, np.uint8, terms, at)
    return Remembered(_read(_inflated(record[at + terms :])), bigrams, Terms(hashes, weights), vocabulary)


def _deflated(written: bytes) -> bytes:
    packer = zlib.compressobj(1, zlib.DEFLATED, _RAW, zdict=_OFTEN)
    return packer.compress(written) + packer.flush()


def _inflated(packed: bytes) -> bytes:
    return zlib.decompressobj(_RAW, zdict=_OFTEN).decompress(packed)


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
        turns,
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
        turns=turns,
    )


def _microseconds(instant: datetime) -> int:
    return (instant - _EPOCH) // timedelta(microseconds=1)
