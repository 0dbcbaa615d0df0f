"""How common words are among articles: what decides under which of its terms a watch is best filed."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import accumulate

from monitor.core.matching.meanings import length_frequency
from monitor.core.matching.text import fold


class DocumentFrequency:
    """Words, folded, or the start of one with * → the share of articles that hold them, as a Frequency."""

    def __init__(self, counts: Mapping[str, int], articles: int) -> None:
        """From how many of so many articles hold each word."""
        self._articles = articles
        self._words = sorted(counts)
        self._before = [0, *accumulate(counts[word] for word in self._words)]

    def __call__(self, words: str) -> float:
        """The share of articles, 0 to 1, that hold them; of a phrase that of its rarest word."""
        return min(map(self._share, words.split()), default=1.0)

    def _share(self, word: str) -> float:
        """What is unseen counts as less than one article; a start at most as all its words together."""
        start = word.removesuffix("*")
        first = bisect_left(self._words, start)
        past = bisect_left(self._words, f"{start}\U0010ffff" if word != start else f"{start}\0", first)
        seen = self._before[past] - self._before[first]
        return min(1.0, (seen or length_frequency(start)) / (self._articles + 1))


def counted(texts: Iterable[str]) -> DocumentFrequency:
    """The frequencies in these articles."""
    counts: Counter[str] = Counter()
    articles = 0
    for articles, text in enumerate(texts, 1):  # noqa: B007 how many there were
        counts.update(set(fold(text).text.split()))
    return DocumentFrequency(counts, articles)
