"""What a report says that those told before it did not: figures, and sentences of its own."""

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from monitor.core.reports.sentences import sentences
from monitor.core.reports.words import DIGIT, Hashes, Words, hash_pairs
from monitor.core.stories.figures import MOST, Figure
from monitor.core.stories.outside import stands_outside
from monitor.core.stories.shingles import told_and_kept
from monitor.model import Change

MOST_CHANGES = 8
KNOWN_SHARE = 0.35  # of the pairs of words of a sentence that make it a known one
SHORTEST_SENTENCE = 6  # words; below it only its figures count
SHOWN_CHARACTERS = 160


def figure_changes(
    new: Sequence[Figure], known: Iterable[Sequence[Figure]], base: Sequence[Figure], words: int
) -> tuple[Change, ...]:
    """The figures of a report that no text in `known` has, each with what stood in its place in `base`.

    `words` is the length of the new text: beside a text of some length, a figure of the headline alone says nothing.
    """
    tables = [new, base, *known]
    if any(len(table) >= MOST for table in tables):
        return ()
    values = {figure.value for table in tables[1:] for figure in table}
    said = {figure.value for figure in new if figure.field == "t" or words < 30}
    fresh = [figure for figure in new if figure.value not in values and figure.value in said]
    changes: dict[str, Change] = {}
    for figure in sorted(fresh, key=lambda f: f.field, reverse=True):
        replaced = _replaced(figure, base, new)
        key = figure.span or figure.value
        if key not in changes or (changes[key].before is None and replaced):
            before = replaced.shown if replaced else None
            changes[key] = Change(kind="figure", before=before, after=figure.shown)
    return tuple(changes.values())[:MOST_CHANGES]


def new_sentences(words: Words, body: int, known: Sequence[tuple[Hashes, int]]) -> tuple[str, ...]:
    """The sentences of a text that stand in none of the known ones (sorted hashes, rate), in their order.

    The text begins at the character `body`. Left out are sentences too short to say something and those outside the
    report: credits, invitations, notices.
    """
    text, pairs = words.text, hash_pairs(words.hashes)
    samples = [told_and_kept(pairs, hashes, rate) for hashes, rate in known]
    head = int(np.searchsorted(words.starts, body))
    if any(np.array_equal(told[head:], kept[head:]) for told, kept in samples):
        return ()  # most copies: all of it was told before
    spans = np.array(sentences(text[body:]), np.int64).reshape(-1, 2) + body
    first, last = np.searchsorted(words.starts, spans[:, 0]), np.searchsorted(words.starts, spans[:, 1])
    fresh = _count(~_numbers(words), first, last) >= SHORTEST_SENTENCE
    for told, kept in samples:
        fresh &= _count(kept, first, last - 1) < KNOWN_SHARE * _count(told, first, last - 1)
    found = (text[start:end] for start, end in spans[fresh].tolist())
    return tuple(sentence for sentence in found if not stands_outside(sentence))


def added(found: Sequence[str]) -> Change:
    """The change that sentences of its own make."""
    first = " ".join(found[0].split())
    shown = first if len(first) <= SHOWN_CHARACTERS else first[:SHOWN_CHARACTERS].rsplit(" ", 1)[0] + " …"
    return Change(kind="added", before=None, after=shown)


def shown_changes(changes: Sequence[Change]) -> str:
    """Changes as a reason says them."""
    return "; ".join(_shown(change) for change in changes)


def _shown(change: Change) -> str:
    if change.kind == "marker":
        return f"marked {change.after}"
    if change.kind == "added":
        return f"adds “{change.after}”"
    if change.kind == "headline":
        return f"headline “{change.before}” → “{change.after}”"
    if change.kind == "wording":
        return f"now says “{change.after}”"
    return f"{change.before} → {change.after}" if change.before else f"new figure {change.after}"


def _replaced(figure: Figure, base: Sequence[Figure], new: Sequence[Figure]) -> Figure | None:
    """The figure of the base that stood between the same words and is gone from there."""
    kept = {(f.value, f.before, f.after) for f in new}
    gone = [f for f in base if f.value != figure.value and (f.value, f.before, f.after) not in kept]
    for same in (_both_sides, _after, _before):
        for old in gone:
            if same(figure, old):
                return old
    return None


def _both_sides(new: Figure, old: Figure) -> bool:
    return _after(new, old) and new.before == old.before


def _after(new: Figure, old: Figure) -> bool:
    return bool(new.after) and new.after == old.after and new.field == old.field


def _before(new: Figure, old: Figure) -> bool:
    return bool(new.before) and new.before == old.before and new.field == old.field and len(new.before) > 3


def _numbers(words: Words) -> npt.NDArray[np.bool_]:
    numbers: npt.NDArray[np.bool_] = words.flags[words.starts] & words.flags[words.ends - 1] & DIGIT != 0
    return numbers


def _count(
    chosen: npt.NDArray[np.bool_], first: npt.NDArray[np.int64], last: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """How many are chosen from each first position up to, and without, its last."""
    sums = np.zeros(len(chosen) + 1, np.int64)
    np.cumsum(chosen, out=sums[1:])
    counts: npt.NDArray[np.int64] = sums[np.minimum(last, len(chosen))] - sums[np.minimum(first, len(chosen))]
    return counts
