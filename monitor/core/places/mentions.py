"""Where a text may name a place: the longest known names, and the spellings that come close to one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from monitor.core.places import spelling
from monitor.core.places.atlas import Gazetteer, How, Named, Place, prominence
from monitor.core.places.placewords import INNER
from monitor.core.places.tokens import Token, joins

LONGEST_NAME = 8  # words
APOSTROPHES = frozenset("'’‘`´")  # hamza and ayn, as some write them: "Ta'izz"
# And, in, to, so, as: written onto the next word; with "to", the article loses its first letter.
CLITICS = (*((clitic, "") for clitic in ("و", "ب", "ل", "ف", "ك", "وب", "ول")), ("لل", "ال"), ("ولل", "ال"))
CYRILLIC_ENDINGS = (  # as folded: й is и
    "ами", "ями", "ові", "еві", "єві", "ои", "еи", "ом", "ем", "ую", "ою", "ах", "ях", "ов", "а", "я", "у", "ю", "е",
    "и", "і", "ы", "ь", "о",
)  # fmt: skip
NOMINATIVES = ("", "а", "я", "ь", "о", "ия", "и")
OPEN_SYLLABLES = (("ов", "ів"), ("ев", "їв"), ("єв", "іів"), ("єв", "иів"))  # Ukrainian: Київ, Києва; Львів, Львова
GREEK_ENDINGS = (("ασ", "α"), ("ησ", "η"), ("ου", "οσ"), ("ο", "οσ"), ("ων", "α"))  # folded: the final sigma is a sigma
INFLECTED_LEAST_POPULATION = 15_000
ALIKE_LEAST_POPULATION = 20_000  # of a place that a single word is like
LONG_WORD = 6  # letters


@dataclass(slots=True)
class Mention:
    """Words that may name a place, with all that they may mean."""

    tokens: Sequence[Token]  # of the whole field
    first: int
    last: int  # inclusive
    start: int
    end: int
    key: str
    options: tuple[Named, ...]
    alike: bool = False  # found by a like spelling only
    qualified: bool = False  # what follows says which place of the name: "Paris, Texas"
    qualifies: bool = False
    weight: float = 0.0
    reasons: list[tuple[float, str]] = field(default_factory=list)

    @property
    def best(self) -> Named:
        """What it most likely means, nothing else being known."""
        return max(self.options, key=prominence)

    @property
    def before(self) -> Token | None:
        """The word before it in the same sentence."""
        return None if self.first == 0 or self.tokens[self.first].opens else self.tokens[self.first - 1]

    @property
    def after(self) -> Token | None:
        """The word after it in the same sentence."""
        at = self.last + 1
        return None if at >= len(self.tokens) or self.tokens[at].opens else self.tokens[at]


def mentions(found: Sequence[Token], gazetteer: Gazetteer) -> list[Mention]:
    """The mentions of a text in order, none overlapping another."""
    told: list[Mention] = []
    at = 0
    while at < len(found):
        if not _may_begin(found, at):
            at += 1
            continue
        mention, past = _longest(found, at, gazetteer)
        if mention is not None:
            told.append(mention)
        at = past
    return told


def _may_begin(found: Sequence[Token], at: int) -> bool:
    token = found[at]
    if token.capital or not token.cased:
        return not token.folded.isdigit()
    following = found[at + 1] if at + 1 < len(found) else None
    return bool(token.folded in spelling.ARTICLES and following and following.capital and following.gap == "-")


def _longest(found: Sequence[Token], at: int, gazetteer: Gazetteer) -> tuple[Mention | None, int]:
    """The longest mention that begins here, and where to go on."""
    run = _run(found, at)
    key = " ".join(token.folded for token in run)
    exact = next(_known(key, run, gazetteer), None)
    length, options = exact or (0, ())
    cut = 0
    alike = _alike(run, length, gazetteer)
    if alike:
        length, options = alike
    elif exact and not options:
        return None, at + length  # a phrase that a user ruled out
    elif not exact:
        length, options, cut = _attached(run, gazetteer)
        if not options:
            return None, at + 1
    if exact and length == 1 and run[0].capital:
        options = _with_better(options, _inflected(run[0].folded, gazetteer))
    key = " ".join(token.folded for token in run[:length])
    start, last = found[at].start + cut, at + length - 1
    return Mention(found, at, last, start, found[last].end, key[cut:], options, alike=bool(alike)), at + length


def _run(found: Sequence[Token], at: int) -> list[Token]:
    """The words from here on that one name may consist of."""
    run = [found[at]]
    for token in found[at + 1 : at + LONGEST_NAME]:
        inner = (
            token.capital or not token.cased or token.folded in INNER or token.gap == "-" or token.gap in APOSTROPHES
        )
        if not joins(run[-1], token.gap) or not inner:
            break
        run.append(token)
    return run


def _known(key: str, run: Sequence[Token], gazetteer: Gazetteer) -> Iterator[tuple[int, tuple[Named, ...]]]:
    """Known names at the start of the run, longest first: how many words, and what they mean."""
    for known in gazetteer.starting(key):
        length = known.count(" ") + 1
        last = run[length - 1]
        if last.capital or not last.cased or (last.gap in APOSTROPHES and last.folded != "s"):
            named = tuple(gazetteer.named(known))
            usable = tuple(n for n in named if n.how is not How.SHORT or _short(run[:length]))
            if usable or not named:
                yield length, usable
    if len(run) > 1 and run[0].folded in spelling.ARTICLES:  # "al-Raqqa" is listed as "Raqqa"
        for length, named in _known(key.partition(" ")[2], run[1:], gazetteer):
            cities = tuple(n for n in named if n.place.kind == "city")
            if cities:
                yield length + 1, cities


def _short(run: Sequence[Token]) -> bool:
    """Whether the capitals are those of an abbreviation: "us" and "Us" are no country."""
    return all(token.upper or token.dotted or token.end - token.start == 1 for token in run)


def _alike(run: Sequence[Token], known: int, gazetteer: Gazetteer) -> tuple[int, tuple[Named, ...]] | None:
    """Places that more words than the known ones are like; a single word only if none is known."""
    for length in range(min(3, len(run)), known, -1):
        if (
            not run[length - 1].capital
            or run[length - 1].folded in spelling.ARTICLES
            or any(token.gap not in {" ", "-"} for token in run[1:length])
        ):
            continue
        key = " ".join(token.folded for token in run[:length])
        if len(key) < spelling.LEAST_LETTERS or gazetteer.ordinary(key):
            continue
        places = [place for place in gazetteer.alike(key) if length > 1 or _sure(place, key)]
        if places and not (length == 1 and run[0].upper and len(key) < 5):
            return length, tuple(Named(place, How.OTHER) for place in places)
    return None


def _sure(place: Place, key: str) -> bool:
    """Whether a single word may be another spelling of a place: a long word, or a large place."""
    return place.population >= ALIKE_LEAST_POPULATION or (place.population == 0 and len(key) >= LONG_WORD)


def _attached(run: Sequence[Token], gazetteer: Gazetteer) -> tuple[int, tuple[Named, ...], int]:
    """A name under an Arabic clitic or a Russian ending: how many words, what it means, letters cut off its front."""
    word, *others = (token.folded for token in run)
    for clitic, article in () if run[0].cased else CLITICS:
        rest = article + word.removeprefix(clitic)
        if not word.startswith(clitic) or len(rest) < 3:
            continue
        for length, named in _known(" ".join([rest, *others]), run, gazetteer):
            if large := _large(named):
                return length, large, len(clitic)
    return 1, _inflected(word, gazetteer) if run[0].capital else (), 0


def _with_better(options: tuple[Named, ...], inflected: tuple[Named, ...]) -> tuple[Named, ...]:
    """What a word means as it stands, and what it means inflected if that is the larger place by far."""
    best = max(map(prominence, options), default=0.0)
    known = {named.place.geonames_id for named in options}
    better = (n for n in inflected if prominence(n) > best + 1 and n.place.geonames_id not in known)
    return (*options, *better)


def _inflected(word: str, gazetteer: Gazetteer) -> tuple[Named, ...]:
    """What a Russian, Ukrainian or Greek name means whose case ending is not the nominative's."""
    if len(word) < 4:
        return ()
    tried = _nominatives(word) if "а" <= word[0] <= "ї" else _greek_nominatives(word) if "α" <= word[0] <= "ω" else ()
    return next(filter(None, (_large(gazetteer.named(name)) for name in tried)), ())


def _nominatives(word: str) -> Iterator[str]:
    for stem in [word.removesuffix(ending) for ending in CYRILLIC_ENDINGS if word.endswith(ending)]:
        if len(stem) >= 3:
            yield from (stem + ending for ending in NOMINATIVES)
            yield from (stem.removesuffix(o) + closed for o, closed in OPEN_SYLLABLES if stem.endswith(o))


def _greek_nominatives(word: str) -> Iterator[str]:
    return (word.removesuffix(ending) + first for ending, first in GREEK_ENDINGS if word.endswith(ending))


def _large(named: Sequence[Named]) -> tuple[Named, ...]:
    return tuple(n for n in named if n.place.kind != "city" or n.place.population >= INFLECTED_LEAST_POPULATION)
