"""Whether an edit says something else: other content words, names, negations, in a headline or a known sentence.

What only looks different is none: another spelling, another ending, another order, an article more or less.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from monitor.core.reports.markers import unmark
from monitor.core.reports.sentences import Span, sentences
from monitor.core.reports.words import Hashes, Words, hash_pairs, plain_words
from monitor.core.stories.changes import KNOWN_SHARE
from monitor.core.stories.events import COMMON_WORDS, stem_hashes, stem_hashes_each
from monitor.core.stories.kin import Kin
from monitor.core.stories.outside import stands_outside
from monitor.core.stories.shingles import Mask, find, told_and_kept
from monitor.core.stories.sketches import Reading, Remembered
from monitor.core.stories.stances import opposed, opposites, takes_sides, turns
from monitor.model import Change

VERBATIM = 0.90  # of each text that stands in the other, if they are one but for a few words
LOST_PAIRS = 6  # pairs of words that another outlet's copy may lack of a text that is whole in it
SHOWN_CHARACTERS = 160
OTHER_WORDS = 2  # that two headlines may have besides, if one is to say the opposite of the other
_ENDINGS = ("", "s", "es", "d", "ed", "ing", "e", "er", "ly", "al", "ian", "n")
AT_ONCE = 64  # words whose spellings are made together: a thousand of each
LONGEST_WORD = 32  # letters; in what is longer no slip of the pen is looked for
_SLIP, _LOST_LETTER = 6, 4  # letters from which a word with another letter, or one more or less, is another spelling
_COMMON = frozenset(COMMON_WORDS.split())


def reworded(reading: Reading, kin: Kin) -> tuple[Change, ...]:
    """A headline or sentence that says something else now; in another outlet's copy, no mere style."""
    old, covered, same_page = kin.remembered, kin.coverage, kin.same_page
    headline = headline_change(reading.title, unmark(old.sketch.title, "").title, same_page=same_page)
    verbatim = min(covered.new_in_old, covered.old_in_new) >= VERBATIM
    if not len(old.vocabulary) or not (same_page or verbatim):
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
    edit = _Edit.of(reading, old, strict=strict)
    head = int(np.searchsorted(reading.words.starts, reading.body))
    if np.array_equal(edit.told[head:], edit.kept[head:]):
        return None  # most copies: each pair of words stood there
    turned_back = whole and reading.whole.turns < old.sketch.turns
    for (start, end), edited in _touched_up(reading, edit):
        if not (turned_back or edit.differ(edited)):
            continue
        sentence = " ".join(reading.words.text[start:end].split())
        if not stands_outside(sentence):
            return Change(kind="wording", before=None, after=_cut(sentence))
    return None


def _touched_up(reading: Reading, edit: "_Edit") -> Iterator[tuple[Span, list[int]]]:
    """The sentences that were there, though not as they are now, with the numbers of their edited words."""
    words, body = reading.words, reading.body
    for start, end in sentences(words.text[body:]):
        first, last = np.searchsorted(words.starts, (start + body, end + body)).tolist()
        if edit.touches_up(first, last):
            yield (start + body, end + body), edit.edited(first, last)


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
        told, kept = told_and_kept(pairs, old.bigrams, old.sketch.rate)
        gone = old.vocabulary[~find(old.vocabulary, reading.remembered.vocabulary)[0]]
        stylistic = not len(gone) and reading.whole.words <= old.sketch.words
        more_turns = reading.whole.turns > old.sketch.turns or not strict
        return cls(reading.words, old.vocabulary, gone, told, kept, more_turns, strict or stylistic)

    def touches_up(self, first: int, last: int) -> bool:
        """Whether a sentence was there, though not as it is now."""
        told, kept = int(self.told[first : last - 1].sum()), int(self.kept[first : last - 1].sum())
        return KNOWN_SHARE * told <= kept < told

    def edited(self, first: int, last: int) -> list[int]:
        """The words that stand beside none of the words that they stood beside."""
        kept = np.concatenate([[False], self.kept, [False]])[first : last + 1]
        edited: list[int] = (np.flatnonzero(~(kept[:-1] | kept[1:])) + first).tolist()
        return edited

    def differ(self, edited: Sequence[int]) -> bool:
        """Whether one of these edited words says what the old text did not."""
        words = {n: self.words.text[self.words.starts[n] : self.words.ends[n]].lower() for n in edited}
        if any(turns(word) and self._turns(n) for n, word in words.items()):
            return True
        telling = (word for n, word in words.items() if not turns(word) and self._would_tell(n, word))
        return next(_unknown(telling, self.known), None) is not None

    def _would_tell(self, n: int, word: str) -> bool:
        """Whether a word says something else if it is new: a name, the opposite of a word that is gone, or any word."""
        return not self.strict or self._is_name(n) or self._was_opposed(word)

    def _turns(self, n: int) -> bool:
        return self.more_turns and bool(self.told[max(0, n - 1) : n + 1].any())

    def _was_opposed(self, word: str) -> bool:
        """Whether the old text had an opposite of the word that is gone."""
        others = opposites(word)
        return bool(others) and bool(find(stem_hashes(" ".join(others)), self.gone)[0].any())

    def _is_name(self, n: int) -> bool:
        return bool(self.words.capital[n]) and not bool(self.words.opening(np.array([n]))[0])


def _numbered(title: str) -> list[str]:
    """The words of a headline; "No 10" says not no."""
    return re.sub(r"\bno (?=\d)", "", plain_words(title)).split()


def _content(words: list[str], other: list[str]) -> list[str]:
    """The content words that the other headline has in no ending or spelling."""
    unknown = set(_unknown((word for word in words if word not in other), stem_hashes(" ".join(other))))
    return [word for word in words if word in unknown]


def _says(word: str) -> bool:
    return len(word) > 2 and not any(c.isdigit() for c in word) and word not in _COMMON


def _unknown(words: Iterable[str], known: Hashes) -> Iterator[str]:
    """Those of these words that say something and stand in the old text with no ending and in no spelling."""
    saying = filter(_says, words)
    while some := set(islice(saying, AT_ONCE)):
        fresh = _without(some, _forms, known)
        perhaps_misspelt = {word for word in fresh if _LOST_LETTER <= len(word) <= LONGEST_WORD}
        yield from fresh - perhaps_misspelt
        yield from _without(perhaps_misspelt, _spellings, known)


def _without(words: Collection[str], forms: Callable[[str], set[str]], known: Hashes) -> set[str]:
    """The words none of whose forms is known."""
    each = stem_hashes_each([" ".join(forms(word)) for word in words]) if words else []
    return {word for word, hashes in zip(words, each, strict=True) if not find(hashes, known)[0].any()}


def _forms(word: str) -> set[str]:
    bases = {word[: len(word) - len(e)] for e in _ENDINGS if word.endswith(e) and len(word) - len(e) > 2}
    bases |= {base[:-1] for base in bases if len(base) > 3 and base[-1] == base[-2]}
    return {base + ending for base in bases for ending in _ENDINGS}


def _spellings(word: str) -> set[str]:
    """The word but for a letter: one less, one more, and if it is long two that changed places, or another one."""
    cuts = [(word[:n], word[n:]) for n in range(len(word) + 1)]
    letters = set(word) | set("abcdefghijklmnopqrstuvwxyz") if word.isascii() else set(word)
    forms = {a + b[1:] for a, b in cuts if b} | {a + c + b for a, b in cuts for c in letters}
    if len(word) >= _SLIP:
        forms |= {a + c + b[1:] for a, b in cuts if b for c in letters}
        forms |= {a + b[1] + b[0] + b[2:] for a, b in cuts if len(b) > 1}
    return forms


def _cut(sentence: str) -> str:
    if len(sentence) <= SHOWN_CHARACTERS:
        return sentence
    return sentence[:SHOWN_CHARACTERS].rsplit(" ", 1)[0] + " …"
