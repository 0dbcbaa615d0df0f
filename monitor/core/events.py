"""Whether two reports in different words tell of one event: TF-IDF of the words that tell it, and nearness in time."""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import numpy.typing as npt

from monitor.core.shingles import Hashes, find, hash_terms, plain_words

Weights = npt.NDArray[np.float64]

MOST_TERMS = 64
READ_CHARACTERS = 6000  # a report says in its first thousand words what it is about
LEAD_CHARACTERS = 600
NEAR = timedelta(hours=72)
SOON = timedelta(hours=24)
ALIKE, ALIKE_LATER = 0.28, 0.40  # wanted within SOON, and at the end of NEAR
PRIOR_DOCUMENTS = 50  # documents without the word that are taken for granted, so that few articles make no idf of zero
HIT_WEIGHT = 0.25  # of a word that the watch itself asks for: all that it matches share it

_STEM = 6
_COMMON = frozenset(
    plain_words(
        """
        a about above according across after again against ago all along already also although always am among
        an and another any are around as asked at away back be became because become been before began begin
        being below between both but by called came can cannot come could day days did do does done down
        during each early either else end enough even ever every few first following for found from full
        further gave get give given go goes going gone good got had half has have having he held her here hers
        herself him himself his hour hours how however i if in including into is it its itself just keep kept
        know known large last late later least leave left less let like likely little local long made main
        make makes making man many may me means men might more morning most much must my near nearly need
        never new news next night no nobody nor not nothing now number of off officer official officials often
        old on once one only onto open or other others our out over own part past people per person place put
        quite rather read really report reported reports same saw say saying says second see seen set several
        shall she should show since small so some somebody someone source sources spokesman spokeswoman spoke
        speak state stay still such take taken than that the their them themselves then there these they thing
        things think third this those though thought three through time times to today together told tomorrow
        too took toward towards two under until up upon us use used using very want wanted was way we week
        weeks well went were what when where whether which while who whom whose why will with within without
        woman women word work would year years yesterday yet you your monday tuesday wednesday thursday friday
        saturday sunday january february march april june july august september october november december
        government minister ministry police president group statement country city town area region north
        south east west northern southern eastern western le la les un une des de du et en est que qui dans
        pour sur par au aux avec il elle ils ne pas plus ont été se ce cette son sa ses el los las una del y
        es por con para como su sus lo al más fue han der die das ein eine einen einem und ist von zu den dem
        mit für auf im nicht auch sich als bei nach hat wird am aus an в на и с не что по из к от о для за как
        это его был было он она они а но у في من على أن إلى عن مع ما لا هذا هذه التي الذي كان قال وقال بعد قبل
        بين ve bir bu da de için ile olan
        """
    ).split()
)
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_STARTS = re.compile(r"(?:^|[.!?:\n\"“”])\W*\Z")


@dataclass(frozen=True, slots=True)
class Terms:
    """The words that tell the event: sorted hashes, and how much each says in this report."""

    hashes: Hashes
    weights: npt.NDArray[np.uint8]  # in sixteenths


def find_terms(title: str, text: str) -> tuple[Hashes, npt.NDArray[np.uint8]]:
    """Hashes and weights (in sixteenths) of the words that say most of what a report is about."""
    text = text[:READ_CHARACTERS]
    counts = Counter(_stems(text))
    in_title, in_lead, names = set(_stems(title)), set(_stems(text[:LEAD_CHARACTERS])), _names(text)
    weights = {
        stem: (1 + np.log1p(counts[stem]))
        * (2 if stem in in_title else 1.4 if stem in in_lead else 1)
        * (2 if stem in names else 1)
        for stem in [*counts, *(in_title - counts.keys())]
    }
    kept = sorted(weights, key=lambda stem: (-weights[stem], stem))[:MOST_TERMS]
    hashes, first = np.unique(hash_terms(kept), return_index=True)
    levels = np.array([min(255, round(weights[stem] * 16)) for stem in kept], np.uint8)
    return hashes, levels[first]


def stem_hashes(words: str) -> Hashes:
    """The hashes that `find_terms` would give these words."""
    return np.unique(hash_terms(_stems(words)))


def similarity(ours: Terms, theirs: Terms, idf: Callable[[Hashes], Weights], of_watch: Hashes) -> float:
    """Cosine of two reports, from 0 to 1; the words of the watch count little."""
    a, b = _weighted(ours, idf, of_watch), _weighted(theirs, idf, of_watch)
    shared, places = find(ours.hashes, theirs.hashes)
    norm = np.sqrt(np.sum(a * a) * np.sum(b * b))
    return float(np.sum(a[shared] * b[places[shared]]) / norm) if norm else 0.0


def wanted(gap: timedelta) -> float | None:
    """The similarity that makes one event of two reports so far apart; None = too far."""
    gap = abs(gap)
    if gap > NEAR:
        return None
    beyond = max(gap - SOON, timedelta()) / (NEAR - SOON)
    return ALIKE + (ALIKE_LATER - ALIKE) * beyond


def _weighted(terms: Terms, idf: Callable[[Hashes], Weights], of_watch: Hashes) -> Weights:
    weights: Weights = terms.weights * idf(terms.hashes)
    return np.where(find(terms.hashes, of_watch)[0], HIT_WEIGHT * weights, weights) if len(of_watch) else weights


def _stems(text: str) -> list[str]:
    return [_stem(word) for word in plain_words(text).split() if _tells(word)]


def _tells(word: str) -> bool:
    return word not in _COMMON and not word.isdecimal() and (len(word) > 2 or not word.isascii())


def _stem(word: str) -> str:
    """The first letters, without an article or a plural: crude, and alike for most languages written in words."""
    if word.startswith(("ال", "وال", "بال")) and len(word) > 5:
        word = word.partition("ال")[2]
    if len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        word = word[:-1]
    return word[:_STEM]


def _names(text: str) -> set[str]:
    """Stems of words with a capital where a sentence does not begin; none where the text has no small letters."""
    if text.isupper():
        return set()
    names = set()
    for found in _WORD.finditer(text):
        if found[0][0].isupper() and not _STARTS.search(text[max(0, found.start() - 4) : found.start()]):
            names.update(_stems(found[0]))
    return names
