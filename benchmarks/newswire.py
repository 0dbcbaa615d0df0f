"""A stream of news of the benchmarks' own making: reports of some 700 words, their copies, their next versions, forms.

Every article is a function of its number alone, so that a stream of any length needs no memory and two runs read the
same one. Words are drawn by Zipf's law from a made-up vocabulary; figures, names and quotations stand in the text as
often as in newspapers.
"""

import random
from bisect import bisect
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import accumulate, product

from monitor.core.stories.sketches import digest
from monitor.model import Article

START = datetime(2026, 3, 1, tzinfo=UTC)
EVERY = timedelta(seconds=6)  # 100,000 in the seven days of a window
VOCABULARY = 30_000
PARAGRAPHS, SENTENCES, WORDS = 11, 3, 21  # 700 words with the headline
BACK = 40  # a copy follows its original by so many articles at most
FOLLOWING = 5  # one article in so many is a copy of an earlier one, or its next version
OUTLETS = [
    f"{place} {paper}" for place in ("Velm", "Sund", "Onar", "Harl", "Brede") for paper in ("Post", "Mirror", "Echo")
]
_SMALL = "the of and to a in for is on that by this with he it as not at from said was were has had its an be"
_COUNTED = "people homes vehicles workers fighters families percent hectares shops ships students voters"


@dataclass(frozen=True)
class Made:
    """An article, and the number of the one that it copies or continues."""

    article: Article
    kind: str  # "own", "cut", "framed", "reworded", "rolled on"
    of: int | None = None

    @property
    def is_copy(self) -> bool:
        """Whether a reader of the other one has read this one."""
        return self.kind in {"cut", "framed", "reworded"}


class Newswire:
    """The stream."""

    def __init__(self) -> None:
        draw = random.Random(11)
        syllables = ["".join(pair) for pair in product("bcdfghlmnprstv", "aeiou")]
        made = dict.fromkeys(
            "".join(draw.choices(syllables, k=draw.choice((2, 2, 3, 3, 4)))) for _ in range(VOCABULARY * 2)
        )
        self._words = [*_SMALL.split(), *list(made)[:VOCABULARY]]
        self._weights = list(accumulate(1 / (rank + 3) for rank in range(len(self._words))))

    def stream(self, count: int) -> Iterator[Made]:
        """The first articles of the stream, in the order in which they are published."""
        return (self.made(number) for number in range(count))

    def made(self, number: int) -> Made:
        """One article."""
        draw = random.Random(number)
        if number % FOLLOWING or number < BACK:
            return Made(self._article(number, *self._report(number)), "own")
        of = number - draw.randrange(1, BACK)
        of -= 1 if of % FOLLOWING == 0 else 0
        kind = draw.choice(("cut", "framed", "reworded", "rolled on"))
        _, paragraphs = self._report(of)
        return Made(
            self._article(number, self._title(draw), getattr(self, f"_{kind.replace(' ', '_')}")(draw, paragraphs)),
            kind,
            of,
        )

    @staticmethod
    def renamed(article: Article, number: int, later: timedelta) -> Article:
        """The same text in another outlet, so much later."""
        at = article.first_seen_at + later
        return replace(
            article,
            id=digest("copy", str(number)),
            source=f"{OUTLETS[number % len(OUTLETS)]} {number}",
            url=f"https://www.carrier{number}.example/news",
            published_at=at,
            first_seen_at=at,
        )

    def _article(self, number: int, title: str, paragraphs: list[str]) -> Article:
        at = START + number * EVERY
        return Article(
            id=digest("report", str(number)),
            revision=digest("revision", str(number)),
            source=OUTLETS[number % len(OUTLETS)],
            title=title,
            text="\n".join(paragraphs),
            url=f"https://www.outlet{number % len(OUTLETS)}.example/{title[:30].lower().replace(' ', '-')}-{number}",
            published_at=at,
            first_seen_at=at,
        )

    def _report(self, number: int) -> tuple[str, list[str]]:
        draw = random.Random(-1 - number)
        names = [word.title() for word in draw.sample(self._words[200:], 6)]
        return self._title(draw), [self._paragraph(draw, names) for _ in range(PARAGRAPHS)]

    def _title(self, draw: random.Random) -> str:
        return " ".join(self._draw(draw, 8)).capitalize()

    def _paragraph(self, draw: random.Random, names: list[str]) -> str:
        return " ".join(self._sentence(draw, names) for _ in range(SENTENCES))

    def _sentence(self, draw: random.Random, names: list[str]) -> str:
        words = self._draw(draw, WORDS - 2)
        words[draw.randrange(2, 8)] = draw.choice(names)
        if draw.random() < 0.4:
            words[9:11] = [str(draw.randrange(2, 900)), draw.choice(_COUNTED.split())]
        if draw.random() < 0.1:
            words[12:14] = ["in", str(draw.randrange(1990, 2026))]
        words[draw.randrange(4, 8)] += ","
        text = " ".join(words).capitalize() if draw.random() < 0.8 else f'"{" ".join(words).capitalize()},"'
        return f"{text} {names[0]} said."

    def _draw(self, draw: random.Random, count: int) -> list[str]:
        return [self._words[bisect(self._weights, draw.random() * self._weights[-1])] for _ in range(count)]

    def _cut(self, draw: random.Random, paragraphs: list[str]) -> list[str]:
        """An agency's report from which the end is cut."""
        return paragraphs[: draw.randrange(4, PARAGRAPHS)]

    def _framed(self, draw: random.Random, paragraphs: list[str]) -> list[str]:
        """One between a line of the outlet's own and its boilerplate."""
        return [*paragraphs, "Read more on this from our newsroom.", "Follow us and sign up for our newsletter."]

    def _reworded(self, draw: random.Random, paragraphs: list[str]) -> list[str]:
        """One in which an editor has changed a word in twenty."""
        words = " \n ".join(paragraphs).split(" ")
        kept = [w if draw.random() < 0.95 or not w.islower() else draw.choice(self._words) for w in words]
        return " ".join(kept).split(" \n ")

    def _rolled_on(self, draw: random.Random, paragraphs: list[str]) -> list[str]:
        """The next version: a new lead of four paragraphs over most of the old text."""
        names = [word.title() for word in draw.sample(self._words[200:], 6)]
        return [*(self._paragraph(draw, names) for _ in range(4)), *paragraphs[1:8]]
