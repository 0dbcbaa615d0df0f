"""Texts that share much and yet tell of different things: one form filled in twice, one block under two reports."""

from datetime import timedelta

import numpy as np

from monitor.core.reports.markers import unmark
from monitor.core.reports.sentences import sentences
from monitor.core.reports.words import Hashes, distinct, find_words, hash_pairs, hash_words, plain_words
from monitor.core.stories.changes import KNOWN_SHARE, new_sentences
from monitor.core.stories.events import COMMON_WORDS, LEAD_CHARACTERS, stem_hashes
from monitor.core.stories.shingles import find, share_known
from monitor.core.stories.sketches import Reading, Remembered

FORM_WORDS, FORM_FIGURES = 250, 0.06  # a longer text is no form; figures to a word, from which a text is one
SAME_SHARE, SELF_TOLD_WORDS = 0.97, 40  # of the smaller text in the other, and how many words it has
REPLACED = 0.20  # of the words of each text, of which the other has none
ANOTHER_DAY = timedelta(hours=12)  # between two cases that are told apart by their words alone
OWN_KNOWN = 0.25  # of the words of what is its own: below it, that speaks of something else
FEWEST_STEMS = 4  # from which that can be said
_LABELS = """
    alert analysis breaking comment developing exclusive explainer flash gallery just latest listen live opinion photos
    pictures urgent video watch urgente exclusiva directo vídeo exclusif direct vidéo eilmeldung exklusiv срочно
    эксклюзив видео son dakika flaş özel
"""  # of the report, before its headline
_NO_SUBJECT = frozenset(f"{COMMON_WORDS} {_LABELS}".split())


def other_case(reading: Reading, old: Remembered) -> bool:
    """Whether two short texts share no figure, and are about other names, or on another day, under
    a like headline, other things.

    The name is that of the headline: one fire or quake and the next have the same words, but not the same place.
    """
    new = reading.remembered
    if not len(old.vocabulary) or max(new.sketch.words, old.sketch.words) > FORM_WORDS:
        return False
    common, smaller = figures_in_common(new, old)
    if common or not smaller:
        return False
    if _names_strange(reading.title, old.vocabulary) and _names_strange(old.sketch.title, new.vocabulary):
        return True
    if abs(new.sketch.event_at - old.sketch.event_at) < ANOTHER_DAY or not _headed_alike(reading.title, old):
        return False
    return min(_strange(new.vocabulary, old.vocabulary), _strange(old.vocabulary, new.vocabulary)) >= REPLACED


def other_subject(reading: Reading, old: Remembered, shared: float) -> bool:
    """Whether two short texts full of figures stand under headlines of different subjects: results, payouts, prices.

    Such a text may say in its headline alone whom it is of. One of some length that is the same as another, word for
    word, says that itself, whatever its headline; and texts that only have some of their words in common (`shared` is
    the share of the smaller one's pairs) are two events only if their figures are others too.
    """
    told_whole = shared >= SAME_SHARE and min(reading.whole.words, old.sketch.words) >= SELF_TOLD_WORDS
    return not told_whole and _are_full(reading, old) and _headed_otherwise(reading, old)


def headed_otherwise(reading: Reading, old: Remembered) -> bool:
    """Whether of two short texts neither names anywhere the subject that the other one has in its headline.

    In a headline in capitals that is a name only if it is one in the text, or if the text is a form full of figures.
    """
    named = not reading.title.isupper() or _is_name(_subject(reading.title), reading) or _are_full(reading, old)
    return named and _headed_otherwise(reading, old)


def _headed_otherwise(reading: Reading, old: Remembered) -> bool:
    new = reading.remembered
    if max(new.sketch.words, old.sketch.words) > FORM_WORDS or not len(old.vocabulary):
        return False
    ours, theirs = (stem_hashes(_subject(title)) for title in (reading.title, unmark(old.sketch.title, "").title))
    return _is_strange(ours, old.vocabulary) and _is_strange(theirs, new.vocabulary)


def _are_full(reading: Reading, old: Remembered) -> bool:
    return all(len(side.figures) >= FORM_FIGURES * side.words for side in (reading.whole, old.sketch))


def _is_name(word: str, reading: Reading) -> bool:
    """Whether a word stands in the text of a report, and always with a capital."""
    words = reading.words
    stands = (words.starts >= reading.body) & np.isin(words.hashes, hash_words(word))
    return bool(stands.any() and words.capital[stands].all())


def figures_in_common(new: Remembered, old: Remembered) -> tuple[int, int]:
    """How many figures two texts have in common, and how many the one has that has fewer."""
    ours, theirs = ({figure.value for figure in side.figures} for side in (new, old))
    return len(ours & theirs), min(len(ours), len(theirs))


def _subject(title: str) -> str:
    """The names of a headline after its first word; of one in capitals, its first word that says something.

    An abbreviation like "GM" says who it is, but is too short to be looked up. In title case no name is to be seen,
    nor in scripts without capitals, where a headline may begin with a verb.
    """
    words = title.split()
    if title.isupper():
        telling = (word for word in plain_words(title).split() if len(word) > 1 and word.isalpha())
        return next((word for word in telling if word not in _NO_SUBJECT), "")
    names = [word for word in words[1:] if word[:1].isupper()]
    return " ".join(names) if len(names) <= len(words) / 2 else ""


def _is_strange(stems: Hashes, vocabulary: Hashes) -> bool:
    return len(stems) > 0 and not find(stems, vocabulary)[0].any()


def _headed_alike(title: str, old: Remembered) -> bool:
    """Whether two headlines have two neighbouring words in common, as those of a form have."""
    ours, theirs = (distinct(hash_pairs(find_words(head).hashes)) for head in (title, old.sketch.title))
    return bool(find(ours, theirs)[0].any())


def standing(new: Remembered, old: Remembered) -> bool:
    """Whether two texts of one source stand under the same headline on two days."""
    ours, theirs = new.sketch, old.sketch
    alike = ours.source == theirs.source and plain_words(ours.title) == plain_words(theirs.title) != ""
    return alike and abs(ours.event_at - theirs.event_at) >= ANOTHER_DAY


def apart(reading: Reading, old: Remembered) -> bool:
    """Whether the new text begins with its own words, and these and its headline speak of nothing the old one tells.

    What the two share is then no report: a block of the site, readers' comments, a quotation that fits anywhere.
    """
    if not len(old.vocabulary) or not _begins_itself(reading, old):
        return False
    fresh = new_sentences(reading.words, reading.body, [(old.bigrams, old.sketch.rate)])
    own = _telling(reading, " ".join((reading.title, *fresh))[:LEAD_CHARACTERS])
    return len(own) >= FEWEST_STEMS and 1 - _strange(own, old.vocabulary) < OWN_KNOWN


def _telling(reading: Reading, text: str) -> Hashes:
    """The words of a part of this text that say something."""
    stems = stem_hashes(text)
    return stems[find(stems, reading.remembered.vocabulary)[0]]


def _begins_itself(reading: Reading, old: Remembered) -> bool:
    """Whether the first sentence of the text does not stand in the old one."""
    first = next(iter(sentences(reading.words.text[reading.body :])), None)
    if first is None:
        return False
    start, end = np.searchsorted(reading.words.starts, [first[0] + reading.body, first[1] + reading.body])
    known = share_known(hash_pairs(reading.words.hashes[start:end]), old.bigrams, old.sketch.rate)
    return known is not None and known < KNOWN_SHARE


def _strange(ours: Hashes, theirs: Hashes) -> float:
    """The share of these words that the other text has not."""
    return 1 - float(find(ours, theirs)[0].mean()) if len(ours) else 0.0


def _names_strange(title: str, vocabulary: Hashes) -> bool:
    """Whether a headline has names, and a text with these words has none of them; not where all words are capital."""
    return not title.isupper() and _is_strange(stem_hashes(_subject(title)), vocabulary)
