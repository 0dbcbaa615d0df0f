"""The stories of one partition: a match comes in, and for each of its watches goes out what it is and who hears of it.

::

    match ─► whom does it concern? ─► gather what is alike ─► decide (verdicts) ─► hold it back? ─► Outcome ─► apply

`judge` changes nothing, `apply` decides nothing. The index is a function of its rows: `restore` builds it from them.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain, takewhile

from monitor.core.reports.markers import takes_back, unmark
from monitor.core.stories.alerts import independent, make_alerts
from monitor.core.stories.arena import OpenDisk, no_disk
from monitor.core.stories.gather import Gathering
from monitor.core.stories.library import Library
from monitor.core.stories.rows import Living, Rows, text_key
from monitor.core.stories.rulings import ruled
from monitor.core.stories.sketches import Reading, Remembered, digest, read, remember
from monitor.core.stories.verdicts import Verdict, decide, promoted
from monitor.model import (
    Alert,
    Article,
    Decision,
    Hit,
    Judgement,
    Match,
    Removal,
    Ruling,
    Sketch,
    Suppressed,
    WatchSettings,
)

AHEAD = timedelta(minutes=10)  # that a clock may be wrong
_UNDOING = frozenset({Decision.CORRECTION, Decision.KILL})


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is to be written, sent and forgotten for one match; rows that were there already come again unchanged."""

    judgements: tuple[Judgement, ...] = ()
    rewritten: tuple[Judgement, ...] = ()  # that were there, and say something else now
    sketch: Sketch | None = None  # None where nothing new is to be remembered
    sequence: int = 0
    alerts: tuple[Alert, ...] = ()
    suppressed: tuple[Suppressed, ...] = ()
    expired_judgements: tuple[str, ...] = ()  # keys of rows to delete
    expired_sketches: tuple[str, ...] = ()
    cut: tuple[str, ...] = ()  # watches that remember no more: some of what expired did so before its time


@dataclass(frozen=True, slots=True)
class _Concerned:
    """A watch that is to be told, or not; hits are those that the article gave it, if it matches now."""

    watch: str
    settings: WatchSettings
    hits: tuple[Hit, ...] = ()


class StoryIndex:
    """The state of one partition of news.matches.

    With a disk, what is seldom looked at lies there and not in memory: most of what is remembered of a text.
    """

    def __init__(self, open_disk: OpenDisk = no_disk) -> None:
        self._library = Library(open_disk)
        self._rows = Rows(self._library.sketch_of, open_disk)
        self._read: Remembered | None = None  # the last text judged, which is likely to be applied next

    def restore(self, sketches: Iterable[Sketch], judgements: Iterable[Judgement]) -> None:
        """Take over the rows of a partition, in any order; a sketch that no judgement speaks of is left out."""
        rows = list(judgements)
        spoken_of = {text_key(row) for row in rows}
        held = sorted((s for s in sketches if s.key in spoken_of), key=lambda sketch: sketch.sequence)
        self._library.add_all(map(remember, held))
        of_text = {sketch.key: sketch for sketch in held}
        for row in rows:
            sketch = of_text.get(text_key(row))
            self._rows.add(row, sketch.sequence if sketch else 0, sketch)

    def judge(self, match: Match, offset: int | None = None) -> Outcome:
        """What this match is to each watch that it concerns. Nothing is changed, and the same again gives the same.

        `offset` is the record's place in the partition: one that comes again concerns whom it concerned at first.
        """
        article = match.article
        bare = unmark(article.title, article.text)
        notice = takes_back(bare.marker, article.corrects)
        earlier = self._library.of_article(article.id)
        if not (match.watches or earlier or notice):
            return Outcome()
        window = max((found.settings.window_days for found in match.watches), default=WatchSettings().window_days)
        known = next((text for text in earlier if text.sketch.revision == article.revision), None)
        place = known.sketch.sequence if known else self._library.next_sequence if offset is None else offset
        sequence = place if known else max(place, self._library.next_sequence)
        reading = read(article, event_at(article, window), sequence, bare)
        # What is over by its own date is gone for this article, but dropped only when the dates of many say so.
        come_to = self._library.come_to(sequence) or reading.whole.event_at
        early = [] if known else self._leaving_early(match, earlier, come_to, keeping=reading.whole.key)
        expired, texts = ((), ()) if known else self.expired(come_to, early, keeping=reading.whole.key)
        now = max(reading.whole.event_at, come_to)
        rows = Living(self._rows, now, reading.whole.key, frozenset([row.key for row in early]))
        self._read = reading.remembered
        gathering = Gathering(reading, self._library, rows)
        texts_before = [*earlier, *(gathering.named() if notice else ())]
        concerned = _concerned(match, texts_before, rows, place)
        judged = [(self._row(reading, gathering, rows, each), each.hits) for each in concerned]
        if not judged:
            return Outcome()
        return Outcome(
            judgements=tuple(row for row, _ in judged),
            sketch=reading.whole if known is None else None,
            sequence=sequence,
            alerts=tuple(a for row, hits in judged if row.told for a in _alerts(rows, row, article, hits)),
            suppressed=tuple(Suppressed(judgement=row) for row, _ in judged if not row.told),
            expired_judgements=expired,
            expired_sketches=texts,
            cut=tuple(dict.fromkeys(row.watch for row in early)),
        )

    def apply(self, outcome: Outcome) -> None:
        """Take over what `judge` found; an outcome that was applied before changes nothing."""
        for key in outcome.expired_judgements:
            self._rows.drop(key)
        for key in outcome.expired_sketches:
            self._library.drop(key)
        if outcome.sketch is not None and outcome.sketch.key not in self._library:
            last = self._read
            self._library.add(last if last and last.sketch is outcome.sketch else remember(outcome.sketch))
        for row in outcome.rewritten:
            self._rows.drop(row.key)
            sketch = self._library.sketch_of(text_key(row))
            self._rows.add(row, sketch.sequence if sketch else 0)
        for row in outcome.judgements:
            if row.watch not in self._rows.of_text(text_key(row)):
                self._rows.add(row, outcome.sequence)

    def expired(
        self, at: datetime, early: Iterable[Judgement] = (), keeping: str = ""
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Keys of the judgements and sketches whose time is over at this event time, and of those that leave `early`.

        Those of text `keeping` stay; what leaves early is none of them, and not due.
        """
        return self._without([*(row for row in self._rows.due(at) if text_key(row) != keeping), *early])

    def _leaving_early(
        self, match: Match, earlier: Iterable[Remembered], at: datetime, keeping: str
    ) -> list[Judgement]:
        """What watches must forget before its time, since they may be told of this article and hold all they may."""
        told = chain.from_iterable(self._rows.of_text(text.key) for text in earlier)
        watches = dict.fromkeys([*(found.watch for found in match.watches), *told])
        beyond = [row for watch in watches for row in self._rows.beyond(watch)]
        due = {row.key for row in self._rows.due(at)} if beyond else ()
        return [row for row in beyond if row.key not in due and text_key(row) != keeping]

    def forget(self, removal: Removal) -> Outcome:
        """What is to be deleted since a watch is gone. Nothing is changed."""
        judgements, texts = self._without(self._rows.of_watch(removal.watch))
        return Outcome(expired_judgements=judgements, expired_sketches=texts)

    def rule(self, ruling: Ruling) -> Outcome:
        """What a person's ruling makes of the rows. Nothing is changed."""
        return Outcome(rewritten=ruled(self._rows.story(ruling.story), ruling))

    def _without(self, rows: Sequence[Judgement]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Keys of these judgements, and of the sketches that no other judgement is of."""
        over = Counter(text_key(row) for row in rows)
        texts = [key for key, count in over.items() if count == len(self._rows.of_text(key)) and key in self._library]
        return tuple(row.key for row in rows), tuple(texts)

    def _row(self, reading: Reading, gathering: Gathering, rows: Living, concerned: _Concerned) -> Judgement:
        """The judgement given before, or a new one."""
        given = rows.of_text(reading.whole.key).get(concerned.watch)
        return given or _judge(reading, gathering, rows, concerned)


def _concerned(match: Match, texts: Iterable[Remembered], rows: Living, place: int) -> Iterator[_Concerned]:
    """The watches that match; then those told one of these texts: an earlier revision, or what this is a notice of."""
    seen = set()
    for found in match.watches:
        seen.add(found.watch)
        yield _Concerned(found.watch, found.settings, tuple(match.hits[n] for n in found.hits))
    for row in _told_before(rows, match.article, texts, place):
        if row.watch not in seen:
            seen.add(row.watch)
            yield _Concerned(row.watch, row.settings or WatchSettings())


def _told_before(rows: Living, article: Article, texts: Iterable[Remembered], place: int) -> Iterator[Judgement]:
    """Judgements that told one of these texts, if it stands before the article in the partition, or are of this one.

    So a record that comes again, when later ones are known already, concerns the same watches as at first.
    """
    for text in texts:
        own = text.key == _text_key(article)
        if own or text.sketch.sequence < place:
            told = sorted(rows.of_text(text.key).values(), key=_watch)
            yield from (row for row in told if row.told or own)


def _judge(reading: Reading, gathering: Gathering, rows: Living, concerned: _Concerned) -> Judgement:
    article, watch, settings = reading.article, concerned.watch, concerned.settings
    at = event_at(article, settings.window_days)
    verdict = decide(reading, gathering.family(watch, concerned.hits, at))
    of = verdict.of.row if verdict.of else None
    story = of.story if of else digest("story", watch, article.id)
    told_before = any(row.told for row in rows.story(story))
    if verdict.decision is Decision.REPORT and Decision.NEW in settings.alert_on and not told_before:
        verdict = promoted(verdict)
    origin = reading.whole.origin or (of.origin if of and verdict.copy_of else None)
    waiting = 0 if told_before else settings.origins - _independent(rows, story, verdict, origin or article.source)
    held = _held_back(verdict, article, settings, waiting)
    ruling = of.ruling if of else None
    return Judgement(
        watch=watch,
        article=article.id,
        revision=article.revision,
        decision=verdict.decision,
        told=held is None,
        story=story,
        reason=verdict.reason
        + _WHY_HELD[held].format(decision=verdict.decision, waiting=waiting)
        + (f"; in this story by ruling {ruling[:12]}" if ruling else ""),
        source=article.source,
        title=article.title,
        url=article.url,
        event_at=at,
        of=of.article if of else None,
        of_title=of.title if of else None,
        of_source=of.source if of else None,
        copy_of=verdict.copy_of,
        coverage=verdict.of.kin.coverage if verdict.of else None,
        origin=origin,
        changes=verdict.changes,
        held=held,
        settings=settings,
        expires_at=max(at, article.first_seen_at) + timedelta(days=settings.window_days),
        ruling=ruling,
    )


def _independent(rows: Living, story: str, verdict: Verdict, source: str) -> int:
    """How many have reported this on their own, this one included."""
    own = set(independent(rows.story(story)))
    return len(own | {source} if verdict.copy_of is None else own)


def _alerts(rows: Living, row: Judgement, article: Article, hits: Sequence[Hit]) -> tuple[Alert, ...]:
    before = takewhile(lambda earlier: earlier.key != row.key, rows.story(row.story))
    return make_alerts(row, article, hits, list(before))


def event_at(article: Article, window_days: float) -> datetime:
    """When it was published, held between first seen − the watch's window and first seen + 10 minutes."""
    seen = article.first_seen_at
    earliest = seen - timedelta(days=window_days)
    return min(max(article.published_at or seen, earliest), seen + AHEAD)


def _watch(row: Judgement) -> str:
    return row.watch


def _text_key(article: Article) -> str:
    return f"{article.id}|{article.revision}"


def _held_back(verdict: Verdict, article: Article, settings: WatchSettings, waiting: int) -> str | None:
    """Why this is not told, as a bounded label; a correction or kill is never held back as old."""
    if verdict.decision is Decision.COPY:
        return "copy"
    if article.backlog and not settings.backlog and verdict.decision not in _UNDOING:
        return "backlog"
    if verdict.decision not in settings.alert_on:
        return "alert_on"
    return "origins" if waiting > 0 else None


_WHY_HELD = {
    None: "",
    "copy": "",
    "backlog": "; not told: it was already in its feed when the feed was first seen",
    "alert_on": "; not told: this watch does not ask for “{decision}”",
    "origins": "; not told yet: independent sources still wanted: {waiting}",
}
