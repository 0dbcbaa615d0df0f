"""Whether an edit says something else: other content words, names, negations, in a headline or a known sentence.

What only looks different is none: another spelling, another ending, another order, an article more or less.
"""

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from monitor.core.reports.markers import unmark
from monitor.core.reports.sentences import sentences
from monitor.core.reports.words import Hashes, Words, hash_pairs, plain_words
from monitor.core.stories.events import COMMON_WORDS, stem_hashes
from monitor.core.stories.kin import Kin
from monitor.core.stories.outside import stands_outside
from monitor.core.stories.shingles import find
from monitor.core.stories.sketches import Reading, Remembered
from monitor.core.stories.stances import opposed, opposites, takes_sides, turns
from monitor.model import Change

Mask = npt.NDArray[np.bool_]
VERBATIM = 0.90  # of each text that stands in the other, if they are one but for a few words
LOST_PAIRS = 6  # pairs of words that another outlet's copy may lack of a text that is whole in it
SHOWN_CHARACTERS = 160
KNOWN_SHARE = 0.35  # of the pairs of words of a sentence that make it a known one
OTHER_WORDS = 2  # that two headlines may have besides, if one is to say the opposite of the other
_ENDINGS = ("", "s", "es", "d", "ed", "ing", "e", "er", "ly", "al", "ian", "n")
LONGEST_WORD = 32  # letters; in what is longer no slip of the pen is looked for
_SLIP, _LOST_LETTER = 6, 4  # letters from which a word with another letter, or one more or less, is another spelling
_COMMON = frozenset(COMMON_WORDS.split())


def reworded(reading: Reading, kin: Kin) -> tuple[Change, ...]:
    """A headline or sentence that says something else now; in another outlet's copy, no mere style."""
    old, covered, same_page = kin.remembered, kin.coverage, kin.same_page
    headline = headline_change(reading.title, unmark(old.sketch.title, "").title, same_page=same_page)
    verbatim = min(covered.new_in_old, covered.old_in_new) >= VERBATIM
    if not old.sketch.vocabulary or not (same_page or verbatim):
        return (headline,) if headline else ()
    lost = (1 - covered.old_in_new) * old.sketch.size
    sentence = wording_change(reading, old, strict=not same_page, whole=verbatim and (same_page or lost <= LOST_PAIRS))
    return tuple(change for change in (headline, sentence) if change)


def headline_change(new: str, old: str, *, same_page: bool) -> Change | None:
    """Another headline that says something else; from another page, only one that says the opposite."""
    ours, theirs = _numbered(new), _numbered(old)
    if ours == theirs or not ours or not theirs:
        return None
    if not same_page and not opposed(ours, theirs):
        return None
    change = Change(kind="headline", before=" ".join(old.split()), after=" ".join(new.split()))
    fresh, gone = _content(ours, theirs), _content(theirs, ours)
    if same_page:
        return change if fresh or opposed(ours, theirs) else None
    shared = len(set(filter(_says, ours))) > len(set(fresh))
    others = [word for word in (*fresh, *gone) if not takes_sides(word)]
    return change if shared and len(others) <= OTHER_WORDS else None


def wording_change(reading: Reading, old: Remembered, *, strict: bool, whole: bool) -> Change | None:
    """The first known sentence of a text with a word that the old text had not; `whole` if nothing else is gone.

    `strict` counts only names, opposites and what turns a sentence round: between two outlets' versions of one text,
    other words are a matter of style; so they are where they only took the place of words that say nothing.
    """
    words, edit = reading.words, _Edit.of(reading, old, strict=strict)
    turned_back = whole and reading.whole.turns < old.sketch.turns
    for start, end in sentences(words.text[reading.body :]):
        bounds = start + reading.body, end + reading.body
        first, last = np.searchsorted(words.starts, bounds).tolist()
        if not edit.touches_up(first, last) or not (turned_back or any(map(edit.differs, range(first, last)))):
            continue
        sentence = " ".join(words.text[slice(*bounds)].split())
        if not stands_outside(sentence):
            return Change(kind="wording", before=None, after=_cut(sentence))
    return None


@dataclass(frozen=True, slots=True)
class _Edit:
    """A text beside what an old one had: its vocabulary, what has gone from that, its pairs of neighbouring words."""

    words: Words
    known: Hashes
    gone: Hashes
    told: Mask  # of each pair of neighbouring words: whether the sample of the old text would tell of it
    kept: Mask  # and whether the old text has it
    more_turns: bool
    strict: bool

    @classmethod
    def of(cls, reading: Reading, old: Remembered, *, strict: bool) -> "_Edit":
        pairs = hash_pairs(reading.words.hashes)
        told: Mask = pairs & np.uint32(old.sketch.rate - 1) == 0
        kept: Mask = told & find(pairs, old.bigrams)[0]
        gone = old.vocabulary[~find(old.vocabulary, reading.remembered.vocabulary)[0]]
        stylistic = not len(gone) and reading.whole.words <= old.sketch.words
        more_turns = reading.whole.turns > old.sketch.turns or not strict
        return cls(reading.words, old.vocabulary, gone, told, kept, more_turns, strict or stylistic)

    def touches_up(self, first: int, last: int) -> bool:
        """Whether a sentence was there, though not as it is now."""
        told, kept = int(self.told[first : last - 1].sum()), int(self.kept[first : last - 1].sum())
        return KNOWN_SHARE * told <= kept < told

    def differs(self, n: int) -> bool:
        """Whether this word says what the old text did not."""
        beside = slice(max(0, n - 1), n + 1)
        if self.kept[beside].any():
            return False
        word = self.words.text[self.words.starts[n] : self.words.ends[n]].lower()
        if turns(word):
            return self.more_turns and bool(self.told[beside].any())
        if not _says(word) or _known(word, self.known) or _spelt_otherwise(word, self.known):
            return False
        return not self.strict or self._is_name(n) or any(_has(other, self.gone) for other in opposites(word))

    def _is_name(self, n: int) -> bool:
        return bool(self.words.capital[n]) and not bool(self.words.opening(np.array([n]))[0])


def _numbered(title: str) -> list[str]:
    """The words of a headline; "No 10" says not no."""
    return re.sub(r"\bno (?=\d)", "", plain_words(title)).split()


def _content(words: list[str], other: list[str]) -> list[str]:
    """The content words that the other headline has in no ending or spelling."""
    known = stem_hashes(" ".join(other))
    return [w for w in words if _says(w) and w not in other and not _known(w, known) and not _spelt_otherwise(w, known)]


def _says(word: str) -> bool:
    return len(word) > 2 and not any(c.isdigit() for c in word) and word not in _COMMON


def _has(word: str, known: Hashes) -> bool:
    return bool(find(stem_hashes(word), known)[0].any())


def _known(word: str, known: Hashes) -> bool:
    """Whether the old text has the word with this or another ending."""
    return _has(" ".join(_forms(word)), known)


def _forms(word: str) -> set[str]:
    bases = {word[: len(word) - len(e)] for e in _ENDINGS if word.endswith(e) and len(word) - len(e) > 2}
    bases |= {base[:-1] for base in bases if len(base) > 3 and base[-1] == base[-2]}
    return {base + ending for base in bases for ending in _ENDINGS}


def _spelt_otherwise(word: str, known: Hashes) -> bool:
    """Whether the old text has the word but for a letter: one less, one more, two changed places, another one."""
    if not _LOST_LETTER <= len(word) <= LONGEST_WORD:
        return False
    cuts = [(word[:n], word[n:]) for n in range(len(word) + 1)]
    letters = set(word) | set("abcdefghijklmnopqrstuvwxyz") if word.isascii() else set(word)
    forms = {a + b[1:] for a, b in cuts if b} | {a + c + b for a, b in cuts for c in letters}
    if len(word) >= _SLIP:
        forms |= {a + c + b[1:] for a, b in cuts if b for c in letters}
        forms |= {a + b[1] + b[0] + b[2:] for a, b in cuts if len(b) > 1}
    return _has(" ".join(forms), known)


def _cut(sentence: str) -> str:
    if len(sentence) <= SHOWN_CHARACTERS:
        return sentence
    return sentence[:SHOWN_CHARACTERS].rsplit(" ", 1)[0] + " …"
