"""What a watch holds that an article may belong to: compared once a partition, picked for each watch."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import partial
from itertools import islice
from typing import Generic, TypeVar

import numpy as np

from monitor.core.reports.markers import quoted_headlines
from monitor.core.reports.words import Hashes
from monitor.core.stories.changes import new_sentences
from monitor.core.stories.events import ALIKE, ALIKE_HEADED_OTHERWISE, similarities, stem_hashes, wanted
from monitor.core.stories.forms import headed_otherwise
from monitor.core.stories.kin import COPY_SURELY, SAME_PAGE, Family, Kin, Kinship, Member, compare
from monitor.core.stories.library import Library
from monitor.core.stories.rows import Living
from monitor.core.stories.shingles import containment
from monitor.core.stories.sketches import Reading, Remembered
from monitor.core.stories.wording import reworded
from monitor.model import Change, Hit, Judgement

VERIFIED = 4  # members that share text and are compared, a watch
OWN_PAIRS = 100  # of words in common, from which they are no form's but a report's own
WEIGHED = 8  # members that share words of the event and are compared, a watch
Item = TypeVar("Item")
_NOTHING = np.empty(0, np.uint32)
_ALIKE = frozenset({Kinship.COPY, Kinship.PART})
_OTHER_EVENTS = frozenset({Kinship.TEMPLATE, Kinship.DIGEST, Kinship.APART})


class Replayed(Generic[Item]):
    """What an iterator gives, as often as it is asked for, taken from it once and only as far as it was needed."""

    def __init__(self, items: Iterator[Item]) -> None:
        self._items, self._taken = items, list[Item]()

    def __iter__(self) -> Iterator[Item]:
        yield from self._taken
        for item in self._items:
            self._taken.append(item)
            yield item


class Gathering:
    """All that one partition holds near one article; nothing is compared twice, however many watches ask."""

    def __init__(self, reading: Reading, library: Library, rows: Living) -> None:
        self._reading, self._library, self._rows = reading, library, rows
        self._kins: dict[str, Kin] = {}
        self._roots: dict[str, list[Remembered]] = {}  # article → its revisions
        self._sentences: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._reworded: dict[str, tuple[Change, ...]] = {}
        self._alike: dict[tuple[tuple[str, ...], bytes], list[float]] = {}
        self._wanted: dict[str, float] = {}
        self._named: list[Remembered] | None = None
        self._page = [t for t in self._at_same_page() if t.key != reading.whole.key]
        self._page_keys = {text.key for text in self._page}
        self._textual = Replayed(library.sharing_text(reading.remembered))
        self._eventful: Replayed[Remembered] | None = None

    def family(self, watch: str, hits: Sequence[Hit], event_at: datetime) -> Family:
        """What this watch holds near the article; `event_at` is the article's, for this watch."""
        of_watch = stem_hashes(" ".join({hit.text for hit in hits})) if hits else _NOTHING
        return Family(
            named=lambda: self._members(self.named(), watch),
            page=self._page_member(watch),
            textual=self._sharing_text(watch, of_watch),
            event=lambda part: self._likest(watch, of_watch, event_at, part),
            fresh=self._fresh,
            worded=self._worded,
            undone=self._rows.undone,
        )

    def named(self) -> list[Remembered]:
        """What a notice names: by address, by headline, or by a headline in quotation marks."""
        if self._named is None:
            self._named = list(self._find_named())
        return self._named

    def _find_named(self) -> Iterator[Remembered]:
        names = [self._reading.article.corrects or "", *quoted_headlines(self._reading.text), self._reading.title]
        found = [t for name in names for t in (*self._library.at_address(name), *self._library.with_title(name))]
        return (text for text in found if text.key != self._reading.whole.key)

    def _at_same_page(self) -> Iterator[Remembered]:
        article = self._reading.article
        yield from self._library.at_address(article.url)
        yield from self._library.of_article(article.id)

    def _page_member(self, watch: str) -> Member | None:
        """The latest revision at the same address, unless it has become another report."""
        members = self._members(self._page, watch)
        latest = max(members, key=lambda m: m.kin.remembered.sketch.sequence, default=None)
        if latest is None or latest.row.article == self._reading.article.id:
            return latest
        return latest if containment(latest.kin.coverage) >= SAME_PAGE else None

    def _sharing_text(self, watch: str, of_watch: Hashes) -> list[Member]:
        found: list[Member] = []
        for member in self._iter_members(self._textual, watch):
            found.append(member)
            if len(found) == VERIFIED:
                break
        kept = [m for m in found if m.kin.kinship in _ALIKE and self._tells_of_it(m.kin, of_watch)]
        return sorted(kept, key=_closeness, reverse=True)

    def _tells_of_it(self, kin: Kin, of_watch: Hashes) -> bool:
        """Whether a text that shares wording may tell of the article's event: a form has that, but few of its words."""
        own = (
            self._reading.marker is not None
            or kin.kinship is Kinship.COPY
            or kin.coverage.new_in_old * self._reading.whole.size >= OWN_PAIRS
        )
        least = max(0.0 if own else ALIKE, self._wanted_of(kin))
        return not least or self._similarities([kin.remembered], of_watch)[0] >= least

    def _wanted_of(self, kin: Kin) -> float:
        """The likeness that texts must have which share wording under headlines that name other subjects; else 0.

        One that stands in the other nearly whole says itself what it is of. Where wording is not shared either, another
        name may be another spelling: Raqqa, Raqa.
        """
        key = kin.remembered.key
        if key not in self._wanted:
            formed = self._reading.marker is None and kin.kinship in _ALIKE and containment(kin.coverage) < COPY_SURELY
            other = formed and headed_otherwise(self._reading, kin.remembered)
            self._wanted[key] = ALIKE_HEADED_OTHERWISE if other else 0.0
        return self._wanted[key]

    def _likest(self, watch: str, of_watch: Hashes, event_at: datetime, part: float) -> tuple[Member, float] | None:
        """The member that tells most surely of the same event, if one does."""
        if self._eventful is None:
            self._eventful = Replayed(self._library.sharing_event(self._reading.remembered))
        held = list(islice(self._held(self._eventful, watch), WEIGHED))
        best: tuple[Member, float] | None = None
        for (text, row), alike in zip(held, self._similarities([text for text, _ in held], of_watch), strict=True):
            enough = wanted(event_at - row.event_at)
            if enough is None or alike < part * enough or (best is not None and alike <= best[1]):
                continue
            kin = self._kin(text)
            if kin.kinship not in _OTHER_EVENTS and (part < 1 or alike >= self._wanted_of(kin)):
                best = self._member(text, row), alike
        return best

    def _similarities(self, texts: Sequence[Remembered], of_watch: Hashes) -> list[float]:
        ours = self._reading.remembered
        key = tuple(text.key for text in texts), of_watch.tobytes()
        if texts and key not in self._alike:
            idf = partial(self._library.idf, without=ours)
            self._alike[key] = similarities(ours.terms, [text.terms for text in texts], idf, of_watch)
        return self._alike.get(key, [])

    def _fresh(self, known: Sequence[Remembered]) -> tuple[str, ...]:
        keys = tuple(text.key for text in known)
        if keys not in self._sentences:
            told = [(text.bigrams, text.sketch.rate) for text in known]
            self._sentences[keys] = new_sentences(self._reading.words, self._reading.body, told)
        return self._sentences[keys]

    def _worded(self, kin: Kin) -> tuple[Change, ...]:
        key = kin.remembered.key
        if key not in self._reworded:
            self._reworded[key] = reworded(self._reading, kin)
        return self._reworded[key]

    def _members(self, texts: Iterable[Remembered], watch: str) -> list[Member]:
        return list(self._iter_members(texts, watch))

    def _iter_members(self, texts: Iterable[Remembered], watch: str) -> Iterator[Member]:
        return (self._member(text, row) for text, row in self._held(texts, watch))

    def _held(self, texts: Iterable[Remembered], watch: str) -> Iterator[tuple[Remembered, Judgement]]:
        for text in texts:
            row = self._rows.of_text(text.key).get(watch)
            if row is not None:
                yield text, row

    def _member(self, text: Remembered, row: Judgement) -> Member:
        return Member(self._kin(text), row, self._root(row))

    def _root(self, row: Judgement) -> Member | None:
        """The told article whose copy this is, if it is still remembered."""
        if row.told or row.of is None:
            return None
        if row.of not in self._roots:
            self._roots[row.of] = self._library.of_article(row.of)
        for text in self._roots[row.of]:
            of = self._rows.of_text(text.key).get(row.watch)
            if of is not None and of.told and text.key != self._reading.whole.key:
                return Member(self._kin(text), of)
        return None

    def _kin(self, text: Remembered) -> Kin:
        kin = self._kins.get(text.key)
        if kin is None:
            kin = self._kins[text.key] = compare(self._reading, text, same_page=text.key in self._page_keys)
        return kin


def _closeness(member: Member) -> tuple[float, float, int]:
    """The nearest first: what holds most of the new text, then what the new text holds most of, then the latest."""
    covered = member.kin.coverage
    return round(covered.new_in_old, 2), round(covered.old_in_new, 2), member.kin.remembered.sketch.sequence
