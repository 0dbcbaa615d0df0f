"""An article as `story` reads it, and the sketch that it remembers."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b

import numpy as np

from monitor.core import figures as figures_of
from monitor.core.events import Terms, find_terms
from monitor.core.figures import Figure, find_figures
from monitor.core.markers import Marker, unmark
from monitor.core.origins import find_origin
from monitor.core.shingles import (
    LEAD_WORDS,
    Hashes,
    hash_pairs,
    pack,
    plain_words,
    sampled,
    sampling_rate,
    unpack,
    unpack_bytes,
)
from monitor.model import Article, Sketch

POSTED = 128  # hashes of a text by which it can be found, on average at most
TITLE_ONLY_WORDS = 8  # a text shorter than this is read together with its headline


@dataclass(frozen=True, slots=True, eq=False)
class Remembered:
    """A sketch unpacked: `sketch` without its arrays, and these as they are compared."""

    sketch: Sketch
    bigrams: Hashes
    terms: Terms

    @property
    def figures(self) -> tuple[Figure, ...]:
        """The figures of headline and text; unpacked each time, for few of many texts are ever asked."""
        return tuple(map(figures_of.load, self.sketch.figures))

    @property
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
    title: str  # without its marker
    text: str  # without marker and advisory
    lead: Hashes
    remembered: Remembered
    whole: Sketch  # what the table keeps


def read(article: Article, event_at: datetime, sequence: int) -> Reading:
    """Read an article; `sequence` is its place in the order of its partition."""
    bare = unmark(article.title, article.text)
    words = plain_words(bare.text)
    if words.count(" ") < TITLE_ONLY_WORDS - 1:
        words = f"{plain_words(bare.title)} {words}".strip()
    pairs = hash_pairs(words)
    distinct = np.unique(pairs)
    terms, weights = find_terms(bare.title, bare.text)
    found = find_figures(bare.title, bare.text)
    rate = sampling_rate(len(distinct))
    sketch = Sketch(
        article=article.id,
        revision=article.revision,
        source=article.source,
        title=article.title,
        url=article.url,
        event_at=event_at,
        first_seen_at=article.first_seen_at,
        sequence=sequence,
        words=words.count(" ") + 1 if words else 0,
        size=len(distinct),
        rate=rate,
        bigrams=pack(sampled(distinct, rate)),
        figures=tuple(map(figures_of.dump, found)),
        marker=bare.marker.label if bare.marker else None,
        terms=pack(terms),
        weights=pack(weights),
        origin=find_origin(article.source, article.author, bare.text),
    )
    lead = np.unique(pairs[: LEAD_WORDS - 1])
    return Reading(article, bare.marker, bare.title, bare.text, lead, remember(sketch), sketch)


def remember(sketch: Sketch) -> Remembered:
    """Unpack a sketch."""
    terms = Terms(unpack(sketch.terms), unpack_bytes(sketch.weights))
    return Remembered(_without_arrays(sketch), unpack(sketch.bigrams), terms)


def digest(*parts: str) -> str:
    """An id from what it stands for."""
    return blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _without_arrays(sketch: Sketch) -> Sketch:
    fields = {name: getattr(sketch, name) for name in Sketch.__dataclass_fields__}
    return Sketch(**{**fields, "bigrams": "", "terms": "", "weights": ""})
