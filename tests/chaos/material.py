"""A newsroom that makes up numbered reports: new stories, copies whole and cut, updates, corrections, kills, edits.

Every report carries a token of its own in its headline, so that it can be followed from a feed to a mailbox.
"""

import random
import re
from dataclasses import dataclass, replace

TOKEN = re.compile(r"\bk\d{6}\b")
WATCHES = """
watches:
  - {id: harbour, query: harbour OR ferry, channels: [night-desk]}
  - {id: convoy, query: convoy AND NOT market, channels: [night-desk, field]}
  - {id: clinic, query: 'clinic OR "field hospital"', channels: [field]}
  - {id: bridge, query: bridge, channels: [night-desk], alert_on: [new, update, correction, kill]}
  - {id: market, query: market, channels: [field], origins: 2}
  - {id: shelter, query: shelter OR school, channels: [field]}
  - {id: railway, query: railway NEAR/30 officials, channels: [night-desk]}
  - {id: airfield, query: 'title:airfield', channels: [night-desk]}
  - {id: granary, query: granary, channels: [wire, field]}
  - {id: quarry, query: quarry, channels: [ticker]}
  - {id: beacon, query: beacon OR quarry, channels: [wire]}
  - {id: pumps, query: pumps, channels: [night-desk]}
"""
_COMMON = ("harbour", "ferry", "convoy", "clinic", "bridge", "market", "shelter", "school", "railway", "airfield")
_RARE = ("granary", "quarry", "beacon", "pumps")  # these go where one alert a second is all that is taken
_SYLLABLES = ("ba", "del", "mor", "tin", "ra", "ves", "kol", "an", "pir", "us", "lo", "gan", "shi", "ret", "om")
_KINDS = {"new": 36, "copy": 18, "cut": 14, "update": 13, "correction": 5, "kill": 3, "edit": 11}
_REMEMBERED = 30  # stories that are still taken up
RARE = 0.006  # of new stories, each rare word: a channel that takes one alert a second must keep up


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One report; an edit has the `number` of the report that it edits, and a token of its own."""

    number: int
    token: str
    kind: str
    outlet: int
    headline: str
    body: str
    figure: int

    @property
    def title(self) -> str:
        """The headline as it is published."""
        return f"{self.headline} {self.token}"


class Newsroom:
    """Makes one report after another; the same seed makes the same ones. `outlets` is how many publish."""

    def __init__(self, rng: random.Random, outlets: int) -> None:
        self._rng, self._outlets = rng, outlets
        self._past: list[Report] = []
        self._tokens = 0
        self._vocabulary = ["".join(rng.choices(_SYLLABLES, k=rng.choice((2, 3)))) for _ in range(1500)]

    def next(self) -> Report:
        """The next report."""
        kinds = list(_KINDS)
        kind = self._rng.choices(kinds, list(_KINDS.values()))[0] if self._past else "new"
        report = self._new() if kind == "new" else self._after(kind, self._rng.choice(self._past[-_REMEMBERED:]))
        if kind != "kill":
            self._past = [*self._past, report][-2 * _REMEMBERED :]
        return report

    def _new(self) -> Report:
        token = self._token()
        rng = self._rng
        themes = rng.sample(_COMMON, rng.choice((0, 1, 1, 2))) + [word for word in _RARE if rng.random() < RARE]
        figure = rng.randrange(20, 900)
        body = " ".join(self._sentence(theme) for theme in self._spread(themes))
        return Report(
            number=self._tokens,
            token=token,
            kind="new",
            outlet=rng.randrange(self._outlets),
            headline=" ".join([*rng.sample(self._vocabulary, 4), *themes[:1]]).capitalize(),
            body=f"Officials counted {figure} people there. {body}",
            figure=figure,
        )

    def _after(self, kind: str, old: Report) -> Report:
        """A report that takes up an earlier one."""
        token, figure = self._token(), old.figure
        headline, body = old.headline, old.body
        if kind in {"update", "correction"} or (kind == "edit" and self._rng.random() < 0.5):
            figure = old.figure + self._rng.randrange(50, 400)
            body = body.replace(f"counted {old.figure} people", f"counted {figure} people")
        if kind == "cut":
            body = body[: int(len(body) * 0.6)].rpartition(". ")[0] + "."
        if kind in {"update", "edit"}:
            body = f"{body} {self._sentence(self._rng.choice(_COMMON))}"
        if kind in {"correction", "kill"}:
            headline = f"{kind.upper()}: {headline}"
        if kind == "kill":
            body = f"Please disregard the report headlined “{old.title}”. It was wrong and has been withdrawn."
        number, outlet = (old.number, old.outlet) if kind == "edit" else (self._tokens, self._other(old.outlet))
        return replace(
            old,
            number=number,
            token=token,
            kind=kind,
            outlet=outlet,
            headline=headline,
            body=body,
            figure=figure,
        )

    def _other(self, outlet: int) -> int:
        return (outlet + self._rng.randrange(1, max(2, self._outlets))) % self._outlets

    def _token(self) -> str:
        self._tokens += 1
        return f"k{self._tokens:06}"

    def _spread(self, themes: list[str]) -> list[str | None]:
        sentences: list[str | None] = [*themes, *([None] * (9 - len(themes)))]
        self._rng.shuffle(sentences)
        return sentences

    def _sentence(self, theme: str | None) -> str:
        words = self._rng.sample(self._vocabulary, 12)
        if theme:
            words[5] = theme
        return " ".join(words).capitalize() + "."


def token_of(text: str) -> str | None:
    """The first token in a text."""
    found = TOKEN.search(text)
    return found[0] if found else None
