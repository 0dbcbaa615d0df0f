"""A decision → the alerts that tell it, one a channel, with the part of the text that shows why."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import accumulate

from monitor.core.messages.graphemes import graphemes
from monitor.core.reports.sentences import Span, sentences
from monitor.core.stories.sketches import digest
from monitor.model import Alert, Article, Decision, Field, Hit, Judgement

EXCERPT_CHARACTERS = 600
READ_CHARACTERS = EXCERPT_CHARACTERS + 100  # of a text whose beginning is shown
MOST_NAMED = 20  # outlets
ELLIPSIS = " … "


def make_alerts(
    judgement: Judgement, article: Article, hits: Sequence[Hit], story: Sequence[Judgement]
) -> tuple[Alert, ...]:
    """The alerts of a judgement that is told: one for each channel of its watch, under one id.

    `story` is what was judged to belong to its story before it.
    """
    excerpt, shown = make_excerpt(article.text, [hit for hit in hits if hit.field is Field.TEXT])
    alert = Alert(
        id=alert_id(judgement.watch, article.id, article.revision),
        channel="",
        judgement=judgement,
        loud=judgement.decision is not Decision.REPORT,
        excerpt=excerpt,
        hits=(*(hit for hit in hits if hit.field is Field.TITLE), *shown),
        published_at=article.published_at,
        date_assumed=article.date_assumed,
        first_seen_at=article.first_seen_at,
        backlog=article.backlog,
        carried_by=_first(row.source for row in story if row.decision is Decision.COPY),
        reported_by=_first(
            row.source for row in story if row.decision is not Decision.COPY and row.source != judgement.source
        ),
        outlets=len({row.source for row in (*story, judgement)}),
        originals=_first(independent((*story, judgement))),
    )
    channels = judgement.settings.channels if judgement.settings else ()
    return tuple(replace(alert, channel=channel) for channel in channels)


def independent(story: Iterable[Judgement]) -> Iterator[str]:
    """Who reported a story on their own: of each such report the agency that it is by, else its outlet."""
    return (row.origin or row.source for row in story if row.copy_of is None)


def alert_id(watch: str, article: str, revision: str) -> str:
    """The id of an alert: the same under replay, split, merge and another order of arrival."""
    return digest("alert", watch, article, revision)


def label(judgement: Judgement) -> str:
    """The decision as metrics name it: why it is not told, else what it is."""
    return judgement.held or judgement.decision.value


def make_excerpt(text: str, hits: Sequence[Hit]) -> tuple[str, tuple[Hit, ...]]:
    """The sentences around the hits, at most 600 characters, and the hits that stand in them, placed anew.

    Without hits it is the beginning of the text. No character as a reader sees it is cut in two.
    """
    hits = sorted((h for h in hits if text[h.start : h.end] == h.text), key=lambda h: (h.start, h.end))
    chosen = _choose(text, sentences(text), hits) if hits else _beginning(text)
    return _join(text, chosen, hits)


def _choose(text: str, spans: Sequence[Span], hits: Sequence[Hit]) -> list[Span]:
    """Sentences that show most: one for each thing that was hit, in order, then the others while there is room."""
    order = sorted(hits, key=lambda hit: (_nth(hit, hits), hit.start))
    chosen: list[Span] = []
    room = EXCERPT_CHARACTERS
    for hit in order:
        if any(start <= hit.start and hit.end <= end for start, end in chosen):
            continue
        span = _around(text, hit, spans, room)
        if span is not None and not any(start < span[1] and span[0] < end for start, end in chosen):
            chosen.append(span)
            room -= span[1] - span[0] + len(ELLIPSIS)
    return sorted(chosen)


def _nth(hit: Hit, hits: Sequence[Hit]) -> int:
    return [h for h in hits if h.what == hit.what].index(hit)


def _around(text: str, hit: Hit, spans: Sequence[Span], room: int) -> Span | None:
    """The sentence of a hit (sentences, if it crosses an end), or as much of it as there is room for."""
    touched = [span for span in spans if span[0] < hit.end and hit.start < span[1]]
    start, end = min(span[0] for span in touched), max(span[1] for span in touched)
    if end - start <= room:
        return start, end
    if room < EXCERPT_CHARACTERS // 2 or hit.end - hit.start > room - 2 * len(ELLIPSIS):
        return None
    spare = room - 2 * len(ELLIPSIS) - (hit.end - hit.start)
    low = max(start, min(hit.start - spare // 2, end - spare - (hit.end - hit.start)))
    return _narrowed(text, (low, min(end, hit.end + spare - (hit.start - low))), (start, end), hit)


def _narrowed(text: str, window: Span, whole: Span, hit: Hit) -> Span:
    """The window, its ends moved inward to where a reader would cut; a hit stays whole."""
    cuts = list(_cuts(text, *whole))
    start = min((c for c in cuts if c >= window[0]), default=hit.start)
    end = max((c for c in cuts if c <= window[1]), default=hit.end)
    space_before, space_after = text.find(" ", start, hit.start), text.rfind(" ", hit.end, end)
    if start > whole[0] and 0 <= space_before - start < 40:
        start = space_before + 1
    if end < whole[1] and 0 <= end - space_after < 40:
        end = space_after
    return min(start, hit.start), max(end, hit.end)


def _cuts(text: str, start: int, end: int) -> Iterator[int]:
    """The positions between characters as readers see them."""
    return accumulate(map(len, graphemes(text[start:end])), initial=start)


def _beginning(text: str) -> list[Span]:
    blank = len(text) - len(text.lstrip())
    spans = sentences(text[: blank + READ_CHARACTERS])
    if not spans:
        return []
    start = spans[0][0]
    fitting = [end for _, end in spans if end - start <= EXCERPT_CHARACTERS]
    if fitting:
        return [(start, fitting[-1])]
    end = max(c for c in _cuts(text, start, spans[0][1]) if c - start <= EXCERPT_CHARACTERS - len(ELLIPSIS))
    space = text.rfind(" ", start, end)
    return [(start, space if space > end - 40 else end)]


def _join(text: str, spans: Sequence[Span], hits: Sequence[Hit]) -> tuple[str, tuple[Hit, ...]]:
    """The spans as one text, what lies between them shortened to an ellipsis, and their hits in it."""
    excerpt, shown, last = "", [], 0
    for start, end in spans:
        between = text[last:start]
        excerpt += between if excerpt and between.isspace() else ELLIPSIS if excerpt else ""
        shift = len(excerpt) - start
        shown += [_moved(hit, shift) for hit in hits if start <= hit.start and hit.end <= end]
        excerpt += text[start:end]
        last = end
    return excerpt, tuple(shown)


def _moved(hit: Hit, shift: int) -> Hit:
    return replace(hit, start=hit.start + shift, end=hit.end + shift)


def _first(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(list(dict.fromkeys(names))[:MOST_NAMED])
