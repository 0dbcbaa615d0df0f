"""Whether two reports in different words tell of one event: TF-IDF of the words that tell it, and nearness in time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import numpy.typing as npt

from monitor.core.reports.words import DIGIT, Flags, Hashes, Places, Words, distinct, find_words, folded
from monitor.core.stories.shingles import find

Weights = npt.NDArray[np.float64]

MOST_TERMS = 40
READ_CHARACTERS = 6000  # a report says in its first thousand words what it is about
LEAD_CHARACTERS = 600
NEAR = timedelta(hours=72)
SOON = timedelta(hours=24)
ALIKE, ALIKE_LATER = 0.30, 0.42  # wanted within SOON, and at the end of NEAR
ALIKE_HEADED_OTHERWISE = 0.70  # of two short texts whose headlines have subjects that the other does not name
PRIOR_DOCUMENTS = 50  # documents without the word that are taken for granted, so that few articles make no idf of zero
HIT_WEIGHT = 0.25  # of a word that the watch itself asks for: all that it matches share it

_STEM = 6
_PLACE_BITS = 32  # of the place of a word
_S, _ALEF, _LAM, _WAW, _BA = map(ord, "sالوب")
_IN_TITLE, _IN_LEAD, _NAME = 1, 2, 4
_WEIGHTS = np.array([(2 if n & 1 else 1.4 if n & 2 else 1) * (2 if n & 4 else 1) for n in range(8)])
COMMON_WORDS = """
    a about above according across after again against ago all along already also although always am among an and
    another any are around as asked at away back be became because become been before began begin being below
    between both but by called came can cannot come could day days did do does done down during each early either
    else end enough even ever every few first following for found from full further gave get give given go goes
    going gone good got had half has have having he held her here hers herself him himself his hour hours how
    however i if in including into is it its itself just keep kept know known large last late later least leave left
    less let like likely little local long made main make makes making man many may me means men might more morning
    most much must my near nearly need never new news next night no nobody nor not nothing now number of off officer
    official officials often old on once one only onto open or other others our out over own part past people per
    person place put quite rather read really report reported reports same saw say saying says second see seen set
    several shall she should show since small so some somebody someone source sources spokesman spokeswoman spoke
    speak state stay still such take taken than that the their them themselves then there these they thing things
    think third this those though thought three through time times to today together told tomorrow too took toward
    towards two under until up upon us use used using very want wanted was way we week weeks well went were what
    when where whether which while who whom whose why will with within without woman women word work would year
    years yesterday yet you your monday tuesday wednesday thursday friday saturday sunday january february march
    april june july august september october november december government minister ministry police president group
    statement country city town area region north south east west northern southern eastern western le la les un une
    des de du et en est que qui dans pour sur par au aux avec il elle ils ne pas plus ont été se ce cette son sa ses
    el los las una del y es por con para como su sus lo al más fue han der die das ein eine einen einem und ist von
    zu den dem mit für auf im nicht auch sich als bei nach hat wird am aus an в на и с не что по из к от о для за
    как это его был было он она они а но у في من على أن إلى عن مع ما لا هذا هذه التي الذي كان قال وقال بعد قبل بين
    ve bir bu da de için ile olan
"""


@dataclass(frozen=True, slots=True)
class Terms:
    """The words that tell the event: sorted hashes, and how much each says in this report."""

    hashes: Hashes
    weights: npt.NDArray[np.uint8]  # in sixteenths


def find_terms(words: Words, head: int, common: npt.NDArray[np.bool_]) -> tuple[Terms, Hashes]:
    """The words that say most of what a report is about, and the hashes of all that say something, sorted, each once.

    `head` is the number of words that are the headline's, `common` says of each word whether every report has it.
    """
    telling = np.flatnonzero(_tells(words) & ~common)
    stems = _stems(words, telling)
    begin = words.starts[head] if head < len(words.starts) else 0
    read = int(np.searchsorted(words.starts[telling], begin + READ_CHARACTERS))
    return _terms(words, head, begin, telling[:read], stems[:read]), distinct(stems)


def _terms(words: Words, head: int, begin: int, chosen: Places, stems: Hashes) -> Terms:
    """Of these words those that say most; the text begins at the character `begin`."""
    if not len(chosen):
        return Terms(np.empty(0, np.uint32), np.empty(0, np.uint8))
    entries = np.sort(stems.astype(np.int64) << _PLACE_BITS | np.arange(len(stems)))
    ordered, chosen = (entries >> _PLACE_BITS).astype(np.uint32), chosen[entries & ((1 << _PLACE_BITS) - 1)]
    first = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))
    counts = np.add.reduceat(chosen >= head, first, dtype=np.float64)
    stands = np.bitwise_or.reduceat(_standing(words, chosen, head, begin), first)
    weights = (1 + np.log1p(counts)) * _WEIGHTS[stands]
    hashes = ordered[first]
    if len(hashes) > MOST_TERMS:
        kept = _heaviest(weights)
        hashes, weights = hashes[kept], weights[kept]
    return Terms(hashes, np.minimum(255, np.rint(weights * 16)).astype(np.uint8))


def _heaviest(weights: Weights) -> Places:
    """Positions of the MOST_TERMS heaviest, in their order; of equal ones the first."""
    least = np.partition(weights, -MOST_TERMS)[-MOST_TERMS]
    kept = weights > least
    equal = np.flatnonzero(weights == least)
    kept[equal[: MOST_TERMS - np.count_nonzero(kept)]] = True
    return np.flatnonzero(kept)


def stem_hashes(text: str) -> Hashes:
    """The hashes that `find_terms` would give the words of this text."""
    words = find_words(text)
    return np.unique(_stems(words, np.flatnonzero(_tells(words))))


def similarities(
    ours: Terms, theirs: Sequence[Terms], idf: Callable[[Hashes], Weights], of_watch: Hashes
) -> list[float]:
    """Cosine of a report with each of some others, from 0 to 1; the words of the watch count little."""
    if not len(ours.hashes):
        return [0.0] * len(theirs)
    every = Terms(np.concatenate([t.hashes for t in theirs]), np.concatenate([t.weights for t in theirs]))
    a, b = _weighted(ours, idf, of_watch), _weighted(every, idf, of_watch)
    shared, places = find(every.hashes, ours.hashes)
    product, square = np.where(shared, a[places] * b, 0.0), b * b
    ends = np.cumsum([len(t.hashes) for t in theirs]).tolist()
    parts = zip([0, *ends[:-1]], ends, strict=True)
    norm = float(np.sum(a * a))
    sums = [(float(product[i:j].sum()), norm * float(square[i:j].sum())) for i, j in parts]
    return [round(shared / both**0.5, 6) if both else 0.0 for shared, both in sums]


def wanted(gap: timedelta) -> float | None:
    """The similarity that makes one event of two reports so far apart; None = too far."""
    gap = abs(gap)
    if gap > NEAR:
        return None
    beyond = max(gap - SOON, timedelta()) / (NEAR - SOON)
    return ALIKE + (ALIKE_LATER - ALIKE) * beyond


def stem_hashes_each(texts: Sequence[str]) -> list[Hashes]:
    """What `stem_hashes` gives for each of these, not sorted, in one go: a single word costs as much as a thousand."""
    joined = "\n".join(texts)
    words = find_words(joined)
    if words.text != joined:  # normalised: ends cannot be told by length
        return [stem_hashes(text) for text in texts]
    chosen = np.flatnonzero(_tells(words))
    ends = np.cumsum([len(text) + 1 for text in texts])
    return np.split(_stems(words, chosen), np.searchsorted(words.starts[chosen], ends[:-1]))


def _weighted(terms: Terms, idf: Callable[[Hashes], Weights], of_watch: Hashes) -> Weights:
    weights: Weights = terms.weights * idf(terms.hashes)
    return np.where(find(terms.hashes, of_watch)[0], HIT_WEIGHT * weights, weights) if len(of_watch) else weights


def _standing(words: Words, chosen: Places, head: int, begin: int) -> Flags:
    """Where words stand: in the headline, in the lead, as a name (a capital within a sentence)."""
    starts = words.starts[chosen]
    stands: Flags = np.where(chosen < head, _IN_TITLE, np.where(starts < begin + LEAD_CHARACTERS, _IN_LEAD, 0)).astype(
        np.uint8
    )
    if not words.text[begin:].isupper():
        capital = np.flatnonzero(words.capital[chosen] & (chosen >= head))
        names = capital[~words.opening(chosen[capital])]
        stands[names] |= _NAME
    return stands


def _tells(words: Words) -> npt.NDArray[np.bool_]:
    """Which words are neither numbers nor very short ones in the letters of English."""
    starts, ends = words.starts, words.ends
    first, last = words.flags[starts], words.flags[ends - 1]
    tells: npt.NDArray[np.bool_] = (ends - starts > 2) & (first & last & DIGIT == 0)
    if words.lowered.dtype != np.uint8:
        tells |= (words.lowered[starts] >= 128) | (words.lowered[ends - 1] >= 128)
    return tells


def _stems(words: Words, chosen: Places) -> Hashes:
    """The first letters, without an article or a plural: crude, and alike for most languages written in words."""
    starts, ends = words.starts[chosen], words.ends[chosen]
    if words.lowered.dtype != np.uint8:
        starts = _without_article(words, starts, ends)
    plural = (ends - starts > 3) & (words.lowered[ends - 1] == _S) & (words.lowered[ends - 2] != _S)
    return folded(words.hash_parts(starts, np.minimum(ends - plural, starts + _STEM)))


def _without_article(words: Words, starts: Places, ends: Places) -> Places:
    """Starts of words without the Arabic article, alone or after "and", "with"."""
    letters = words.lowered
    after = (letters[starts] == _WAW) | (letters[starts] == _BA)
    at = np.where(ends - starts > 5, starts + after, starts)
    article = (ends - starts > 5) & (letters[at] == _ALEF) & (letters[at + 1 - (at + 1 == len(letters))] == _LAM)
    return np.where(article, at + 2, starts)
