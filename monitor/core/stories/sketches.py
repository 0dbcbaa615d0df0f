"""An article as `story` reads it, and the sketch that it remembers."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache, cached_property
from hashlib import blake2b

import numpy as np
import numpy.typing as npt

from monitor.core.reports.markers import Marker, Unmarked, unmark
from monitor.core.reports.origins import find_origin
from monitor.core.reports.words import DIGIT, Flags, Hashes, Lexicon, Words, distinct, find_words, hash_pairs
from monitor.core.stories import figures as figures_of
from monitor.core.stories.events import COMMON_WORDS, Terms, find_terms
from monitor.core.stories.figures import NUMBER_WORDS, Figure, find_figures
from monitor.core.stories.outside import OUTSIDE_WORDS
from monitor.core.stories.shingles import LEAD_WORDS, pack, pack_hashes, sampled, sampling_rate, unpack, unpack_hashes
from monitor.core.stories.stances import TURNING_WORDS
from monitor.model import Article, Sketch

POSTED = 64  # hashes of a text by which it can be found, on average at most
TITLE_ONLY_WORDS = 8  # a text shorter than this is read together with its headline
_COMMON, _NUMBER, _OUTSIDE, _TURNING = 1, 2, 4, 8


@dataclass(eq=False)
class Remembered:
    """A sketch unpacked: its pairs of words, its terms and its vocabulary as they are compared."""

    sketch: Sketch
    bigrams: Hashes
    terms: Terms
    vocabulary: Hashes  # of all its words that say something

    @cached_property
    def figures(self) -> tuple[Figure, ...]:
        """The figures of headline and text; unpacked when they are asked for, for few of many texts are ever asked."""
        return tuple(map(figures_of.load, self.sketch.figures))

    @cached_property
    def key(self) -> str:
        """The key of the sketch's row."""
        return self.sketch.key

    @property
    def posting_rate(self) -> int:
        """One in so many of its pairs of words is in `posted`."""
        return max(self.sketch.rate, sampling_rate(self.sketch.size, POSTED))

    @property
    def posted(self) -> Hashes:
        """The hashes by which it is found: all of a short text, a sample of a long one."""
        return sampled(self.bigrams, self.posting_rate)


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """A new article as it is compared with what is remembered."""

    article: Article
    marker: Marker | None
    of_report: bool  # the text too says that a report is put right or taken back
    title: str  # without its marker
    text: str  # without marker and advisory
    words: Words  # of the headline and, from the character `body` on, the text
    body: int
    lead: Hashes
    remembered: Remembered
    whole: Sketch  # what the table keeps


def read(article: Article, event_at: datetime, sequence: int, bare: Unmarked | None = None) -> Reading:
    """Read an article; `sequence` is its place in the order of its partition, `bare` what `unmark` makes of it."""
    bare = bare or unmark(article.title, article.text)
    title = bare.title.replace("\n", " ")
    words = find_words(f"{title}\n{bare.text}")
    body = words.text.index("\n") + 1
    head = int(np.searchsorted(words.starts, body))
    kinds = _lexicon().look_up(words.hashes)
    length = len(words.hashes) - head
    told = words.hashes[head:] if length >= TITLE_ONLY_WORDS else words.hashes
    pairs = hash_pairs(told)
    bigrams = distinct(pairs)
    terms, vocabulary = find_terms(words, head, (kinds & _COMMON) != 0)
    rate = sampling_rate(len(bigrams))
    kept = sampled(bigrams, rate)
    sketch = Sketch(
        article=article.id,
        revision=article.revision,
        source=article.source,
        feed=article.feed,
        title=article.title,
        url=article.url,
        event_at=event_at,
        first_seen_at=article.first_seen_at,
        sequence=sequence,
        words=len(told),
        size=len(bigrams),
        rate=rate,
        bigrams=pack_hashes(kept),
        figures=_figures(words, body, kinds),
        marker=bare.marker.label if bare.marker else None,
        terms=pack_hashes(terms.hashes),
        weights=pack(terms.weights),
        vocabulary=pack_hashes(vocabulary),
        turns=int(np.count_nonzero(kinds & _TURNING)),
        origin=find_origin(article.source, article.author, bare.text),
    )
    lead = distinct(pairs[: LEAD_WORDS - 1])
    return Reading(
        article,
        bare.marker,
        bare.of_report,
        bare.title,
        bare.text,
        words,
        body,
        lead,
        Remembered(sketch, kept, terms, vocabulary),
        sketch,
    )


def remember(sketch: Sketch) -> Remembered:
    """Unpack a sketch."""
    terms = _whole(unpack_hashes(sketch.terms), unpack(sketch.weights))
    return Remembered(
        sketch, _in_order(unpack_hashes(sketch.bigrams)), terms, _in_order(unpack_hashes(sketch.vocabulary))
    )


def _whole(hashes: Hashes, weights: npt.NDArray[np.uint8]) -> Terms:
    """Terms as they were written; of a row that is damaged, those that have a weight, each once."""
    if len(hashes) == len(weights) and _is_ordered(hashes):
        return Terms(hashes, weights)
    both = min(len(hashes), len(weights))
    held, first = np.unique(hashes[:both], return_index=True)
    return Terms(held, weights[first])


def _in_order(hashes: Hashes) -> Hashes:
    """A set as it was written; of a row that is damaged, what can be compared."""
    return hashes if _is_ordered(hashes) else distinct(hashes)


def _is_ordered(hashes: Hashes) -> bool:
    return bool(np.all(hashes[1:] > hashes[:-1]))


def digest(*parts: str) -> str:
    """An id from what it stands for."""
    return blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


@cache
def _lexicon() -> Lexicon:
    """What is known of words beforehand: the readers of a text look only where one of theirs stands."""
    return Lexicon(
        (_COMMON, COMMON_WORDS),
        (_NUMBER, NUMBER_WORDS),
        (_OUTSIDE, OUTSIDE_WORDS),
        (_TURNING, TURNING_WORDS),
    )


def _figures(words: Words, body: int, kinds: Flags) -> tuple[str, ...]:
    numbers = ((words.flags[words.starts] & DIGIT) | (kinds & _NUMBER)) != 0
    candidates = words.starts[numbers].tolist()
    found = find_figures(words.text, candidates, body, words.starts[(kinds & _OUTSIDE) != 0].tolist())
    return tuple(map(figures_of.dump, found))
