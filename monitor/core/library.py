"""The texts that one partition remembers: found by wording, by the words of an event, by address, by headline."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from monitor.core.articles import canonical_url
from monitor.core.events import NEAR, PRIOR_DOCUMENTS, Weights
from monitor.core.postings import Postings
from monitor.core.shingles import Hashes, find, plain_words
from monitor.core.sketches import Remembered

COMMONEST = 400  # articles that may hold a pair of words before it says nothing
COMMONEST_TERM = 4000
SHARED_PAIRS = 3
CANDIDATES = 200  # that are looked at, best first, for one that a watch holds
_Scalar = TypeVar("_Scalar", bound=np.generic)
_GARBAGE = 2048  # slots that may be dead before all is built anew


class Library:
    """Texts by their key; what it answers depends on the texts it holds and on their sequence alone."""

    def __init__(self) -> None:
        self._texts: dict[str, Remembered] = {}
        self._slots: dict[str, int] = {}
        self._by_slot: list[Remembered | None] = []
        self._clear()

    def _clear(self) -> None:
        self._pairs, self._events = Postings(), Postings()
        self._terms: Counter[int] = Counter()
        self._urls: dict[str, list[Remembered]] = defaultdict(list)
        self._titles: dict[str, list[Remembered]] = defaultdict(list)
        self._articles: dict[str, list[Remembered]] = defaultdict(list)
        self._alive: npt.NDArray[np.bool_] = np.zeros(64, np.bool_)
        self._sizes: npt.NDArray[np.int64] = np.ones(64, np.int64)
        self._rates: npt.NDArray[np.int64] = np.ones(64, np.int64)
        self._at: Weights = np.zeros(64, np.float64)  # seconds since 1970

    def __contains__(self, key: str) -> bool:
        return key in self._texts

    def get(self, key: str) -> Remembered | None:
        """The text with this key."""
        return self._texts.get(key)

    @property
    def next_sequence(self) -> int:
        """One more than the last text's."""
        return next(reversed(self._texts.values())).sketch.sequence + 1 if self._texts else 0

    def add(self, text: Remembered) -> None:
        """Remember a text; texts are added in the order of their sequence."""
        self._texts[text.key] = text
        self._place(text)
        self._terms.update(text.terms.hashes.tolist())
        for table, name in self._names(text):
            table[name].append(text)

    def drop(self, key: str) -> None:
        """Forget a text, if it is here."""
        text = self._texts.pop(key, None)
        if text is None:
            return
        slot = self._slots.pop(key)
        self._alive[slot], self._by_slot[slot] = False, None
        self._terms.subtract(text.terms.hashes.tolist())
        for table, name in self._names(text):
            table[name].remove(text)
            if not table[name]:
                del table[name]
        if len(self._by_slot) - len(self._texts) > max(_GARBAGE, len(self._texts)):
            self._rebuild()

    def at_address(self, url: str | None) -> list[Remembered]:
        """The texts that stood at this address, in their order."""
        return self._urls.get(canonical_url(url), []) if url else []

    def of_article(self, article: str) -> list[Remembered]:
        """The revisions of an article, in their order."""
        return self._articles.get(article, [])

    def with_title(self, title: str) -> list[Remembered]:
        """The texts with this headline, whatever its case and marks, in their order."""
        return self._titles.get(plain_words(title), [])

    def sharing_text(self, text: Remembered) -> Iterator[Remembered]:
        """Those that share pairs of words with this text, by how much of the smaller one seems to be shared."""
        _, slots = self._pairs.find(text.bigrams, self._alive, COMMONEST)
        found, counts = self._counted(text, slots)
        enough = counts >= min(SHARED_PAIRS, max(1, text.sketch.size // 8))
        found, counts = found[enough], counts[enough]
        sizes = np.minimum(self._sizes[found], text.sketch.size)
        shares = counts * np.maximum(self._rates[found], text.sketch.rate) / sizes
        return self._in_order(found, shares)

    def sharing_event(self, text: Remembered) -> Iterator[Remembered]:
        """Those near in time that share the words of an event, by how much these say."""
        hashes, slots = self._events.find(text.terms.hashes, self._alive, COMMONEST_TERM)
        near = np.abs(self._at[slots] - text.sketch.event_at.timestamp()) <= NEAR.total_seconds()
        near &= slots != self._slots.get(text.key, -1)
        hashes, slots = hashes[near], slots[near]
        order = np.lexsort((hashes, slots))  # sums of floats depend on their order
        hashes, slots = hashes[order], slots[order]
        found, inverse = np.unique(slots, return_inverse=True)
        places = np.searchsorted(text.terms.hashes, hashes)
        weights = (text.terms.weights * self.idf(text.terms.hashes, text))[places]
        return self._in_order(found, np.bincount(inverse, weights, len(found)).astype(np.float64))

    def idf(self, terms: Hashes, without: Remembered) -> Weights:
        """How rare these terms are among the texts held but `without`: log((texts + prior) ÷ (texts with it + 1))."""
        held = without.key in self._texts
        counts = np.array([self._terms[term] for term in terms.tolist()], np.float64)
        if held:
            counts -= find(terms, without.terms.hashes)[0]
        weights: Weights = np.log((len(self._texts) - held + PRIOR_DOCUMENTS) / (counts + 1))
        return weights

    def _counted(
        self, text: Remembered, slots: npt.NDArray[np.int64]
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        found, counts = np.unique(slots, return_counts=True)
        others = found != self._slots.get(text.key, -1)
        return found[others], counts[others]

    def _in_order(self, slots: npt.NDArray[np.int64], scores: Weights) -> Iterator[Remembered]:
        """The texts by score, of equal ones the earliest first."""
        for slot in slots[np.lexsort((slots, -scores))][:CANDIDATES]:
            text = self._by_slot[slot]
            assert text is not None
            yield text

    def _place(self, text: Remembered) -> None:
        slot = self._slots[text.key] = len(self._by_slot)
        self._by_slot.append(text)
        if slot == len(self._alive):
            self._alive, self._at = _doubled(self._alive), _doubled(self._at)
            self._sizes, self._rates = _doubled(self._sizes), _doubled(self._rates)
        self._alive[slot], self._sizes[slot] = True, max(1, text.sketch.size)
        self._rates[slot] = text.posting_rate
        self._at[slot] = text.sketch.event_at.timestamp()
        self._pairs.add(slot, text.posted)
        self._events.add(slot, text.terms.hashes)

    def _names(self, text: Remembered) -> Iterator[tuple[dict[str, list[Remembered]], str]]:
        yield self._articles, text.sketch.article
        if title := plain_words(text.sketch.title):
            yield self._titles, title
        if text.sketch.url:
            yield self._urls, canonical_url(text.sketch.url)

    def _rebuild(self) -> None:
        texts = list(self._texts.values())
        self._texts, self._slots, self._by_slot = {}, {}, []
        self._clear()
        for text in texts:
            self.add(text)


def _doubled(column: npt.NDArray[_Scalar]) -> npt.NDArray[_Scalar]:
    return np.concatenate((column, np.zeros_like(column)))
