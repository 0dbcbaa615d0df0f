"""Where a text may name a place: the longest known names, and the spellings that come close to one."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from monitor.core.places import spelling
from monitor.core.places.atlas import Gazetteer, How, Named, Place, prominence
from monitor.core.places.placewords import INNER
from monitor.core.places.tokens import APOSTROPHES, Token, Tokens, joins

LONGEST_NAME = 8  # words
MOST_REMEMBERED = 50_000  # runs of words
LONGEST_REMEMBERED = 200  # characters
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

    tokens: Tokens  # of the whole field
    first: int
    last: int  # inclusive
    cut: int  # letters of the first word that are none of the name
    key: str
    options: tuple[Named, ...]
    best: Named  # what it most likely means, nothing else being known
    alike: bool = False  # found by a like spelling only
    qualified: bool = False  # what follows says which place of the name: "Paris, Texas"
    qualifies: bool = False
    weight: float = 0.0
    reasons: list[tuple[float, str]] = field(default_factory=list)
    start: int = field(init=False)
    end: int = field(init=False)
    head: Token = field(init=False)
    before: Token | None = field(init=False)  # the word before it in the same sentence
    after: Token | None = field(init=False)  # and the one after it

    def __post_init__(self) -> None:
        tokens, first, following = self.tokens, self.first, self.last + 1
        self.head = head = tokens[first]
        self.start, self.end = head.start + self.cut, tokens.ends[self.last]
        self.before = None if head.opens else tokens[first - 1]
        after = None if following == len(tokens.raw) else tokens[following]
        self.after = None if after is None or after.opens else after

    def narrow(self, options: tuple[Named, ...]) -> None:
        """Let it mean these only."""
        self.options, self.best = options, _best(options)

    @property
    def words(self) -> list[Token]:
        """Its own words."""
        return self.tokens.part(self.first, self.last)


class _Reading(NamedTuple):
    """What the first words of a run name: nothing, if there are no options."""

    length: int  # of the name, or where to go on
    options: tuple[Named, ...]
    cut: int  # letters of the first word before the name
    alike: bool
    best: Named | None  # of the options


class Names:
    """The names of a gazetteer as texts write them; what a run of words names is remembered, since names recur."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._gazetteer = gazetteer
        self._read: dict[str, _Reading] = {}
        self._read_before: dict[str, _Reading] = {}  # what of this is met again is taken over, the rest forgotten

    @property
    def remembered(self) -> int:
        """How many runs of words it remembers, at most twice 50,000."""
        return len(self._read) + len(self._read_before)

    def mentions(self, found: Tokens, begins: Iterable[int]) -> list[Mention]:
        """The mentions that begin at one of these words, in order, none overlapping another."""
        told: list[Mention] = []
        past = 0
        for at in begins:
            if at < past:
                continue
            length, options, cut, alike, best = self._reading(found, at)
            past = at + length
            if best is not None:
                key = found.folded[at] if length == 1 else " ".join(found.folded[at:past])
                told.append(Mention(found, at, past - 1, cut, key[cut:], options, best, alike))
        return told

    def _reading(self, found: Tokens, at: int) -> _Reading:
        last = _end_of_run(found, at)
        written = found.written(at, last)
        if len(written) > LONGEST_REMEMBERED:
            return _read(found.part(at, last), self._gazetteer)
        told = self._read.get(written)
        if told is None:
            if len(self._read) == MOST_REMEMBERED:
                self._read_before, self._read = self._read, {}
            told = self._read_before.get(written) or _read(found.part(at, last), self._gazetteer)
            self._read[written] = told
        return told


def _end_of_run(found: Tokens, at: int) -> int:
    """The last of the words from here on that one name may consist of."""
    last, gaps, folded = at, found.gaps, found.folded
    for following in range(at + 1, min(at + LONGEST_NAME, len(folded))):
        gap = gaps[following]
        inner = found.as_name(following) or folded[following] in INNER or gap == "-" or gap in APOSTROPHES
        if not inner or not (gap == " " or joins(found[last], gap)):
            break
        last = following
    return last


def _read(run: Sequence[Token], gazetteer: Gazetteer) -> _Reading:
    length, options, cut, alike = _longest(run, gazetteer)
    return _Reading(length, options, cut, alike, _best(options) if options else None)


def _best(options: Sequence[Named]) -> Named:
    return options[0] if len(options) == 1 else max(options, key=prominence)


def _longest(run: Sequence[Token], gazetteer: Gazetteer) -> tuple[int, tuple[Named, ...], int, bool]:
    """The longest name at the start of a run: its words, what it may mean, what is cut off, whether it is only like."""
    key = " ".join(token.folded for token in run)
    exact = next(_known(key, run, gazetteer), None)
    length, options = exact or (0, ())
    if like := _alike(run, length, gazetteer):
        return *like, 0, True
    if not exact:
        return *_attached(run, gazetteer), False
    if options and length == 1 and run[0].capital:
        options = _with_better(options, _inflected(run[0].folded, gazetteer))
    return length, options, 0, False


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
