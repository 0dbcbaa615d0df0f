"""What speaks for and against a mention being a place: each rule gives a weight in log odds, and its reason.

The weights were set by hand on news; the sum is turned into a share by the logistic function.
"""

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from monitor.core.places.atlas import Gazetteer, How, prominence
from monitor.core.places.mentions import Mention
from monitor.core.places.placewords import (
    BEATEN,
    BEFORE_PLACE,
    BODIES,
    CALLED_AFTER,
    COUNTIES,
    FAMILY_NAMES,
    FIRST_NAMES,
    MONTHS_AND_DAYS,
    NOBLES,
    PAPERS,
    ROADS,
    SPEECH,
    STORMS,
    TITLES,
    WEAKLY_BEFORE,
)
from monitor.core.places.tokens import Token, Tokens

NEVER = -20.0
_DATELINE = re.compile(r"\s*(?:\([^)]{1,40}\)|[-–—]|,\s)")


@dataclass(frozen=True, slots=True)
class Around:
    """What the rules know of the article."""

    text: str
    gazetteer: Gazetteer
    surnames: Collection[str]  # by which it names people
    called: Collection[str]  # first names of people whom it names in full
    begins: Collection[int]  # positions of words at which some mention begins


Rule = Callable[[Mention, Around], tuple[float, str] | None]
_CALLED = TITLES | FIRST_NAMES
_NO_FAMILY = BODIES | ROADS | PAPERS | COUNTIES | MONTHS_AND_DAYS | SPEECH
_NOUNS = BODIES | ROADS | COUNTIES | TITLES


def addressed(tokens: Tokens, begins: Iterable[int]) -> list[int]:
    """The words that people may be called by before their family names: titles, first names."""
    return [at for at in begins if tokens.folded[at] in _CALLED and tokens[at].capital]


def surnames(tokens: Tokens, people: Iterable[int]) -> set[str]:
    """The words that the article uses as family names: "Mr X", "John X", "Ms Y Z"."""
    named: set[str] = set()
    for at in people:
        for following in tokens.part(at + 1, min(at + 2, len(tokens) - 1)):
            if not following.capital or following.gap not in {" ", ". "} or following.folded in BODIES:
                break
            if not following.loud:
                named.add(following.folded)
    return named


def called(tokens: Tokens, people: Iterable[int], gazetteer: Gazetteer) -> set[str]:
    """The first names of people whom the article names in full: "Jordan Halloway", where Halloway is no other word."""
    named: set[str] = set()
    for token, following in ((tokens[at], tokens[at + 1]) for at in people if at + 1 < len(tokens)):
        if token.folded not in FIRST_NAMES or not following.capital or following.gap != " ":
            continue
        loud = following.loud or following.upper
        if not (loud or following.folded in _NO_FAMILY or gazetteer.ordinary(following.folded)):
            named.add(token.folded)
    return named


def size(mention: Mention, _around: Around) -> tuple[float, str] | None:
    """How large, and how surely called so, the place is."""
    named = mention.best
    if named.how is How.ADJECTIVE:
        return 1.5, f"what is of {named.place.name}"
    if named.how is How.OWN:
        return 3.0, "a place that a user added"
    if named.place.kind != "city":
        return 3.0, f"a {named.place.kind}"
    weight = 0.7 * (prominence(named) - 4.2)
    weight -= 1.0 if named.how is How.OTHER and not mention.alike else 0.0
    weight += 0.7 if mention.last > mention.first else 0.0
    return weight, "a capital" if named.capital else "a town of that name"


def like(mention: Mention, _around: Around) -> tuple[float, str] | None:
    """A like spelling needs more than a known one."""
    if not mention.alike:
        return None
    opens = mention.head.opens and mention.first == mention.last
    return (-2.0 if opens else -0.8), "a spelling like it"


def brief(mention: Mention, _around: Around) -> tuple[float, str] | None:
    """Two letters, or an acronym that happens to be the name of a village."""
    token = mention.head
    if mention.best.place.kind != "city" or mention.first != mention.last or not token.cased:
        return None
    if len(mention.key) <= 2:
        return NEVER, "two letters"
    return (-3.0, "an acronym") if token.upper and len(mention.key) <= 4 and not token.loud else None


def short(mention: Mention, around: Around) -> tuple[float, str] | None:
    """An abbreviation alone: with dots, or a country's in a text that is not all capitals."""
    if mention.best.how is not How.SHORT or mention.qualifies:
        return None
    token = mention.head
    dotted = "." in around.text[mention.start : mention.end - 1]
    if dotted or (mention.best.place.kind == "country" and token.upper and not token.loud):
        return None
    upper = all(t.upper for t in mention.words)
    return (-1.0 if upper and len(mention.key) > 2 and not token.loud else NEVER), "an abbreviation alone"


def ordinary(mention: Mention, around: Around) -> tuple[float, str] | None:
    """A word that is ordinary, or that people are called by."""
    token = mention.head
    alone = mention.first == mention.last
    if alone and mention.key in MONTHS_AND_DAYS:
        return NEVER, "a month or a day"
    if alone and mention.key in _NOUNS:
        return -6.0, "a common noun"
    if around.gazetteer.ordinary(mention.key):
        return -3.0 - (2.0 if token.opens or token.loud else 0.0), "an ordinary word"
    if mention.key in FAMILY_NAMES:
        return -1.5, "a family name"
    if mention.key in FIRST_NAMES and mention.best.place.kind == "city" and not mention.best.capital:
        return -1.5, "a first name"
    return None


def before(mention: Mention, around: Around) -> tuple[float, str] | None:
    """The word before it."""
    token = mention.before
    if token is None:
        return None
    if token.capital and token.folded in _CALLED and _touches(mention.head.gap):
        return NEVER, "a person's name"
    if named := _named_after(mention, token):
        return named
    if token.folded in BEFORE_PLACE:
        return 2.0, f"after {token.folded!r}"
    if token.folded in WEAKLY_BEFORE:
        return 0.3, f"after {token.folded!r}"
    return _longer_name_before(mention, token)


def _named_after(mention: Mention, token: Token) -> tuple[float, str] | None:
    """A storm, a noble or a dish that bears the name."""
    if token.folded in STORMS and token.capital:
        return NEVER, "a storm"
    if token.folded == "chicken":
        return NEVER, "a dish"
    at = mention.first - 2
    if token.folded == "of" and at >= 0 and mention.tokens[at].folded in NOBLES and mention.tokens[at].capital:
        return NEVER, "a title"
    return None


def _longer_name_before(mention: Mention, token: Token) -> tuple[float, str] | None:
    alone = token.loud or token.opens or not token.capital or mention.head.gap != " "
    if alone or token.folded in MONTHS_AND_DAYS or mention.best.how is How.ADJECTIVE:
        return None
    return (-3.0 if mention.best.place.kind == "city" else -1.0), "the end of a longer name"


def after(mention: Mention, around: Around) -> tuple[float, str] | None:
    """The word after it."""
    token = mention.after
    if token is not None and token.folded in CALLED_AFTER and token.gap == " " and not token.upper:
        return NEVER, f"{token.folded} that are called so"
    if token is None or not token.capital or token.gap != " " or mention.qualified:
        return None
    if mention.best.how is How.ADJECTIVE:
        return None
    for followers, weight, why in _FOLLOWERS:
        if token.folded in followers:
            return weight, why
    return _longer_name_after(mention, token, around)


_FOLLOWERS = (
    (COUNTIES, NEVER, "a county"),
    (ROADS, -5.0, "a street or a landmark"),
    (PAPERS, -4.0, "a newspaper"),
    (BODIES, 0.5, "an institution of the place"),
    (MONTHS_AND_DAYS | SPEECH, 0.0, ""),
)


def _longer_name_after(mention: Mention, token: Token, around: Around) -> tuple[float, str] | None:
    if token.loud and mention.last + 1 in around.begins:
        return None
    common = around.gazetteer.ordinary(token.folded)
    if mention.key in FIRST_NAMES and not common:
        return NEVER, "a person's name"
    if token.loud or token.upper:
        return None
    return (-1.0 if common and mention.best.place.kind != "city" else -3.0), "the start of a longer name"


def person(mention: Mention, around: Around) -> tuple[float, str] | None:
    """A name by which the article calls a person."""
    if re.match(r",\s\d\d?[,.]", around.text[mention.end : mention.end + 6]):
        return (NEVER if mention.key in FIRST_NAMES else -2.0), "a person of that age"
    token = mention.before
    placed = token is not None and token.folded in BEFORE_PLACE
    if mention.key in around.called:
        return (-1.0 if placed else -6.0), "the first name of a person of the article"
    if mention.key not in around.surnames or mention.best.place.kind == "country":
        return None
    return (-1.0 if placed else -4.0), "a person of the article"


def speaks(mention: Mention, _around: Around) -> tuple[float, str] | None:
    """Who speaks is a person or a government."""
    token = mention.after
    if token is None or token.folded not in SPEECH:
        return None
    government = mention.best.capital or mention.best.place.kind == "country"
    return (1.0, "a government speaks") if government else (-2.0, "a person speaks")


def plays(mention: Mention, around: Around) -> tuple[float, str] | None:
    """A team: it beats another one by so many points."""
    beside = {token.folded for token in (mention.before, mention.after) if token}
    if beside.isdisjoint(BEATEN):
        return None
    sentence = around.text[mention.end : mention.end + 120]
    return (NEVER, "a team") if re.search(r"\b\d{1,3}[-–]\d{1,3}\b", sentence) else (-1.0, "a team, perhaps")


def small_in_capitals(mention: Mention, _around: Around) -> tuple[float, str] | None:
    """In a headline where every word has its capital, a small place needs more."""
    place = mention.best.place
    small = place.kind == "city" and place.population < 50_000
    return (-2.0, "every word has its capital") if small and mention.head.loud else None


def dateline(mention: Mention, around: Around) -> tuple[float, str] | None:
    """The first words of an agency's report, in capitals."""
    opening = mention.start <= 3 and all(t.upper for t in mention.words)
    return (4.0, "a dateline") if opening and _DATELINE.match(around.text, mention.end) else None


def caseless(mention: Mention, _around: Around) -> tuple[float, str] | None:
    """A script without capitals gives no hint of names."""
    if mention.head.cased or mention.best.place.kind != "city":
        return None
    large = mention.best.place.population >= 100_000
    return (0.0 if large else -1.5 if mention.last > mention.first else -3.0), "a script without capitals"


def qualifying(mention: Mention, _around: Around) -> tuple[float, str] | None:
    """What follows says where it is, or it says so of what goes before."""
    if mention.qualified or mention.qualifies:
        return 4.0, "town and region name each other"
    return None


def possessive(mention: Mention, around: Around) -> tuple[float, str] | None:
    """It has, or is, of something: "Raqqa's", "Raqqa-born"."""
    follows = around.text[mention.end : mention.end + 6]
    if mention.key.startswith("st ") and re.match(r"['’]s\b", follows):
        return -4.0, "a saint's"
    return (0.4, "it owns something") if re.match(r"['’]s\b|-born|-based", follows) else None


RULES: tuple[Rule, ...] = (
    size, like, brief, short, ordinary, before, after, person, speaks, plays, small_in_capitals, dateline, caseless,
    qualifying, possessive,
)  # fmt: skip


def _touches(gap: str) -> bool:
    return gap in {" ", ". "}
