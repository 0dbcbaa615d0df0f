"""The texts that one partition remembers: found by wording, by the words of an event, by address, by headline.

They are held in columns and arenas, a slot each, and unpacked when they are looked at.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from monitor.core.reports.articles import canonical_url
from monitor.core.reports.words import Hashes, plain_words
from monitor.core.stories.arena import OpenDisk, Slots, no_disk
from monitor.core.stories.events import NEAR, PRIOR_DOCUMENTS, Terms, Weights
from monitor.core.stories.names import Names
from monitor.core.stories.postings import Postings
from monitor.core.stories.shelf import Shelf
from monitor.core.stories.shingles import find, sampled
from monitor.core.stories.sketches import Remembered
from monitor.model import Sketch

COMMONEST = 400  # articles that may hold a pair of words before it says little
FEWEST = 8  # pairs that are looked up at least, the rarest, however common they are
TEXTS = 4000  # that are looked at for pairs of words, the rarest first
SHARED_PAIRS = 3
LEAST_SHARE = 0.1  # of the smaller text that seems to be shared, below which two are not compared
SHORT_RATE, LONG_RATE = 4, 8  # posting rates up to which texts are short, and from which they are long
EVENT_TERMS, EVENT_TEXTS = 16, 1500  # words by which an event is found; texts that are looked at for one
SHARED_TERMS = 4
CANDIDATES = 200  # that are looked at, best first, for one that a watch holds
LAST_TEXTS = 9  # whose dates say what time it is
_GARBAGE = 2048  # slots that may be dead before all is built anew
_PAIR_BITS, _TERM_BITS = 24, 8  # of a pair's hash, and of the number of one of MOST_TERMS
_BUCKETS = 20  # bits of the tables that count hashes
_key_of = lru_cache(maxsize=256)(canonical_url)


class Library:
    """Texts by their key; what it answers depends on the texts it holds and on their sequence alone."""

    def __init__(self, open_disk: OpenDisk = no_disk) -> None:
        self._shelf = Shelf(open_disk)
        self._long, self._short, self._events, self._names = Postings(), Postings(), Postings(), Names()
        self._asked: tuple[str, int] | None = None  # key and slot of the text that was asked after last
        self._pairs = np.zeros(1 << _BUCKETS, np.int32)
        self._terms = np.zeros(1 << _BUCKETS, np.int32)

    def __contains__(self, key: str) -> bool:
        return self._slot(key) is not None

    def get(self, key: str) -> Remembered | None:
        """The text with this key."""
        slot = self._slot(key)
        return None if slot is None else self._shelf[slot]

    def sketch_of(self, key: str) -> Sketch | None:
        """The sketch of the text with this key, without its arrays."""
        text = self.get(key)
        return None if text is None else text.sketch

    @property
    def next_sequence(self) -> int:
        """One more than the last text's."""
        return self._shelf.last_sequence + 1

    def come_to(self, sequence: int) -> datetime | None:
        """The time to which the partition had come before this place: the median event time of its last texts.

        A few dates that are wrong, however far, do not move it.
        """
        times = np.sort(self._shelf.last_times(LAST_TEXTS, sequence))
        return datetime.fromtimestamp(float(times[(len(times) - 1) // 2]), UTC) if len(times) else None

    def add(self, text: Remembered) -> None:
        """Remember a text; texts are added in the order of their sequence."""
        slot = self._shelf.append(text)
        pairs = self._short if text.posting_rate <= SHORT_RATE else self._long
        pairs.add(slot, text.posted)
        self._events.add(slot, _strongest(text.terms))
        self._enter(text, slot)

    def add_all(self, texts: Iterable[Remembered]) -> None:
        """Remember many texts, as `add` would one by one, in less than half the time."""
        pairs: dict[bool, list[tuple[int, Hashes]]] = {True: [], False: []}
        events: list[tuple[int, Hashes]] = []
        for text in texts:
            slot = self._shelf.append(text)
            pairs[text.posting_rate <= SHORT_RATE].append((slot, text.posted))
            events.append((slot, _strongest(text.terms)))
            self._enter(text, slot)
        for table, many in ((self._short, pairs[True]), (self._long, pairs[False]), (self._events, events)):
            table.add_all(many)

    def drop(self, key: str) -> None:
        """Forget a text, if it is here."""
        slot = self._slot(key)
        if slot is None:
            return
        text = self._shelf[slot]
        self._count(text, -1)
        self._asked = None
        self._shelf.drop(slot)
        if self._shelf.dead > max(_GARBAGE, self._shelf.living // 4):
            self._compact()

    def at_address(self, url: str | None) -> list[Remembered]:
        """The texts that stood at this address, in their order."""
        if not url:
            return []
        key = _key_of(url)
        return [t for t in self._named("u", key) if t.sketch.url and _key_of(t.sketch.url) == key]

    def of_article(self, article: str) -> list[Remembered]:
        """The revisions of an article, in their order."""
        return [text for text in self._named("a", article) if text.sketch.article == article]

    def with_title(self, title: str) -> list[Remembered]:
        """The texts with this headline, whatever its case and marks, in their order."""
        words = plain_words(title)
        return [text for text in self._named("t", words) if words and plain_words(text.sketch.title) == words]

    def sharing_text(self, text: Remembered) -> Iterator[Remembered]:
        """Those that share pairs of words with this text, by how much of the smaller one seems to be shared."""
        shelf, size = self._shelf, text.sketch.size
        pairs = self._rarest(text)
        long = sampled(pairs, LONG_RATE) if text.sketch.rate < LONG_RATE else pairs
        found = [p.find(wanted, shelf.alive)[1] for p, wanted in ((self._long, long), (self._short, pairs))]
        slots, _, counts = _grouped(np.sort(np.concatenate(found)))
        shared = (
            counts * np.maximum(shelf.posting_rates[slots], text.sketch.rate) / np.minimum(shelf.sizes[slots], size)
        )
        enough = (counts >= min(SHARED_PAIRS, max(1, size // 8))) & (shared >= LEAST_SHARE) & (slots != self._own(text))
        return self._in_order(slots[enough], shared[enough])

    def sharing_event(self, text: Remembered) -> Iterator[Remembered]:
        """Those near in time that share the words of an event, by how much these say."""
        wanted = self._telling(text.terms.hashes)
        terms = text.terms.hashes[wanted]
        which, slots = self._events.find(terms, self._shelf.alive)
        gaps = np.abs(self._shelf.times[slots] - text.sketch.event_at.timestamp())
        near = (gaps <= NEAR.total_seconds()) & (slots != self._own(text))
        which, slots = which[near], slots[near]
        weights = text.terms.weights[wanted] * self.idf(terms, text)
        entries = np.sort(slots << _TERM_BITS | which)  # by text, then term: sums of floats depend on their order
        slots, first, counts = _grouped(entries >> _TERM_BITS)
        each = weights[entries & ((1 << _TERM_BITS) - 1)]
        scores = np.add.reduceat(each, first) if len(first) else np.empty(0)
        enough = counts >= min(SHARED_TERMS, max(1, len(text.terms.hashes) // 4))
        return self._in_order(slots[enough], scores[enough])

    def idf(self, terms: Hashes, without: Remembered) -> Weights:
        """How rare these terms are among the texts held but `without`: log((texts + prior) ÷ (texts with it + 1)).

        Terms are counted in as many places as there are, so that two rare ones may be taken for one.
        """
        counts = self._terms[_bucket(terms)].astype(np.float64)
        held = self._own(without) >= 0
        if held:
            counts -= find(_bucket(terms), np.unique(_bucket(without.terms.hashes)))[0]
        weights: Weights = np.log((self._shelf.living - held + PRIOR_DOCUMENTS) / (np.maximum(counts, 0) + 1))
        return weights

    def _enter(self, text: Remembered, slot: int) -> None:
        self._count(text, 1)
        self._asked = None
        for kind, name in _names(text):
            self._names.add(kind, name, slot)

    def _count(self, text: Remembered, step: int) -> None:
        """Count a text where its hashes are counted; two of its own in one place count once."""
        self._pairs[_bucket(text.posted)] += step
        self._terms[_bucket(text.terms.hashes)] += step

    def _rarest(self, text: Remembered) -> Hashes:
        """The pairs of words that few texts have, and the rarest by which texts of this length are found.

        Those are enough in a storm of copies, when no pair of a text is rare any more.
        """
        pairs = text.bigrams
        counts = self._pairs[_bucket(pairs)]
        entries = np.sort(counts.astype(np.int64) << _PAIR_BITS | pairs)  # the rarest first
        ordered, sorted_pairs = entries >> _PAIR_BITS, (entries & ((1 << _PAIR_BITS) - 1)).astype(np.uint32)
        rare = (ordered <= COMMONEST) & (np.cumsum(ordered) <= TEXTS)
        posted = np.flatnonzero(find(sorted_pairs, text.posted)[0])
        rare[posted[:FEWEST]] = True
        return np.sort(sorted_pairs[rare & (ordered > 0)])

    def _telling(self, terms: Hashes) -> Slots:
        """Positions of the rarest terms, as many as lead to no more than EVENT_TEXTS texts."""
        counts = self._terms[_bucket(terms)]
        order = np.lexsort((terms, counts))
        order = order[(counts[order] > 0)]
        within = np.cumsum(counts[order]) <= EVENT_TEXTS
        return np.sort(order[within])

    def _own(self, text: Remembered) -> int:
        if self._asked is None or self._asked[0] != text.key:
            slot = self._slot(text.key)
            self._asked = text.key, -1 if slot is None else slot
        return self._asked[1]

    def _slot(self, key: str) -> int | None:
        article = key.rpartition("|")[0]
        return next((slot for slot in self._names.find("a", article) if self._shelf.has(slot, key)), None)

    def _named(self, kind: str, name: str) -> list[Remembered]:
        return [self._shelf[slot] for slot in self._names.find(kind, name) if self._shelf.alive[slot]]

    def _in_order(self, slots: Slots, scores: Weights) -> Iterator[Remembered]:
        """The texts by score, of equal ones the earliest first."""
        return (self._shelf[slot] for slot in slots[np.lexsort((slots, -scores))][:CANDIDATES].tolist())

    def _compact(self) -> None:
        renumbered = self._shelf.compact()
        for table in (self._long, self._short, self._events, self._names):
            table.keep(renumbered)


def _strongest(terms: Terms) -> Hashes:
    """The terms that say most."""
    order = np.lexsort((terms.hashes, -terms.weights.astype(np.int16)))
    return terms.hashes[order[:EVENT_TERMS]]


def _grouped(slots: Slots) -> tuple[Slots, Slots, Slots]:
    """Each of these sorted slots once, where it stands first, and how often it stands there."""
    if not len(slots):
        return slots, slots, slots
    fresh = np.ones(len(slots), np.bool_)
    np.not_equal(slots[1:], slots[:-1], out=fresh[1:])
    first = np.flatnonzero(fresh)
    counts = np.empty_like(first)
    counts[:-1] = first[1:] - first[:-1]
    counts[-1] = len(slots) - first[-1]
    return slots[first], first, counts


def _bucket(hashes: Hashes) -> npt.NDArray[np.uint32]:
    return hashes >> np.uint32(24 - _BUCKETS)


def _names(text: Remembered) -> Iterator[tuple[str, str]]:
    yield "a", text.sketch.article
    if title := plain_words(text.sketch.title):
        yield "t", title
    if text.sketch.url:
        yield "u", _key_of(text.sketch.url)
