"""alert → what a person reads: a subject, plain text, HTML; slack_message.py makes Slack's blocks of the same parts.

::

    alert ──compose──► Message ──plain_text──► text
                          ├──────html────────► a page without pictures, scripts or outside resources
                          └──────payload─────► a Slack message

`compose` takes away what could harm any reader; each form escapes what is special to itself, once, and nowhere else.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from html import escape

from monitor.core.messages.graphemes import cut, utf16_length
from monitor.core.messages.harmless import http_link, one_line, spaced
from monitor.model import Alert, Change, Decision, Field, Hit

SUBJECT_LIMIT = 240  # UTF-16 units, like all limits here
HEADLINE_LIMIT = 400
EXCERPT_LIMIT = 1500
NOTE_LIMIT = 700
NAME_LIMIT = 100
FIRST_CHANGES = 10

LABELS = {
    Decision.NEW: "New",
    Decision.COPY: "Copy",
    Decision.REPORT: "Report",
    Decision.UPDATE: "Update",
    Decision.CORRECTION: "Correction",
    Decision.KILL: "Kill notice",
}

_RELATION = {
    Decision.COPY: "Copy of",
    Decision.REPORT: "Same story as",
    Decision.UPDATE: "Update of",
    Decision.CORRECTION: "Correction of",
    Decision.KILL: "Takes back",
}


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text; `hit` = it is why the article was found."""

    text: str
    hit: bool = False


@dataclass(frozen=True, slots=True)
class Note:
    """One labelled line below the excerpt."""

    label: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """The parts of an alert, each one line without control characters, and not yet escaped for anything."""

    subject: str  # the headline, after what kind of news it is unless it is new
    label: str
    watch: str
    headline: str
    source: str
    when: str
    link: str | None  # safe to follow: http or https, percent-encoded
    host: str | None  # where the link leads
    excerpt: tuple[Piece, ...]
    notes: tuple[Note, ...]


def compose(alert: Alert) -> Message:
    """The parts of the message that tells this alert."""
    judgement = alert.judgement
    link, host = http_link(judgement.url) or (None, None)
    headline = cut(one_line(judgement.title), HEADLINE_LIMIT) or "(no headline)"
    return Message(
        subject=cut(_subject(judgement.decision, headline), SUBJECT_LIMIT),
        label=LABELS[judgement.decision],
        watch=_name(judgement.watch),
        headline=headline,
        source=_name(judgement.source) or "(source not named)",
        when=_when(alert),
        link=link,
        host=host,
        excerpt=_excerpt(alert),
        notes=tuple(Note(label, cut(text, NOTE_LIMIT)) for label, text in _notes(alert) if text),
    )


def plain_text(message: Message) -> str:
    """The message for a terminal without colours or the text part of a mail: hits stand in [brackets]."""
    excerpt = "".join(f"[{piece.text}]" if piece.hit else piece.text for piece in message.excerpt)
    lines = [f"{message.label} · {message.watch}", message.headline, f"{message.source} · {message.when}"]
    lines += [message.link] if message.link else []
    lines += ["", excerpt] if excerpt else []
    return "\n".join([*lines, "", *(f"{note.label}: {note.text}" for note in message.notes)]) + "\n"


def html(message: Message) -> str:
    """The message as a page of its own: every text escaped, its direction left to its script."""
    headline = _html_text(message.headline)
    if message.link:
        headline = f'<a href="{escape(message.link)}" rel="noopener noreferrer nofollow">{headline}</a>'
    excerpt = "".join(f"<mark>{escape(p.text)}</mark>" if p.hit else escape(p.text) for p in message.excerpt)
    source = message.source if message.host is None else f"{message.source} ({message.host})"
    parts = [
        f"<p><strong>{escape(message.label)}</strong> · {_html_text(message.watch)}</p>",
        f"<h2>{headline}</h2>",
        f"<p>{_html_text(source)} · {escape(message.when)}</p>",
        f'<blockquote dir="auto">{excerpt}</blockquote>' if excerpt else "",
        *(f"<p><strong>{escape(note.label)}:</strong> {_html_text(note.text)}</p>" for note in message.notes),
    ]
    head = f'<head><meta charset="utf-8"><title>{escape(message.subject)}</title></head>'
    return f"<!DOCTYPE html>\n<html>{head}\n<body>\n" + "\n".join(filter(None, parts)) + "\n</body></html>\n"


def _html_text(text: str) -> str:
    return f'<span dir="auto">{escape(text)}</span>'


def _subject(decision: Decision, headline: str) -> str:
    label = LABELS[decision]
    says_so_itself = headline.casefold().startswith(decision.value)
    return headline if decision is Decision.NEW or says_so_itself else f"{label}: {headline}"


def _name(text: str) -> str:
    return cut(one_line(text), NAME_LIMIT)


def _when(alert: Alert) -> str:
    if alert.published_at is None:
        return f"undated, taken as {_instant(alert.judgement.event_at)}"
    assumed = " (date assumed: the report gives none that can be used)" if alert.date_assumed else ""
    return _instant(alert.published_at) + assumed


def _instant(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M} UTC"


def _excerpt(alert: Alert) -> tuple[Piece, ...]:
    pieces, room = [], EXCERPT_LIMIT
    for piece in _marked(alert.excerpt, alert.hits):
        text = cut(spaced(piece.text), room)
        if text:
            pieces.append(Piece(text, piece.hit))
        room -= utf16_length(text)
        if room <= 0 or len(text) < len(spaced(piece.text)):
            break
    return _trimmed(pieces)


def _marked(excerpt: str, hits: tuple[Hit, ...]) -> Iterator[Piece]:
    """The excerpt in pieces that alternate at the hits; hits that overlap are one, hits outside of it are left out."""
    position = 0
    spans = sorted((h.start, h.end) for h in hits if h.field is Field.TEXT and 0 <= h.start < h.end <= len(excerpt))
    for start, end in _merged(spans):
        yield Piece(excerpt[position:start])
        yield Piece(excerpt[start:end], hit=True)
        position = end
    yield Piece(excerpt[position:])


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in spans:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _trimmed(pieces: list[Piece]) -> tuple[Piece, ...]:
    if pieces:
        pieces[0] = Piece(pieces[0].text.lstrip(), pieces[0].hit)
        pieces[-1] = Piece(pieces[-1].text.rstrip(), pieces[-1].hit)
    return tuple(piece for piece in pieces if piece.text)


def _notes(alert: Alert) -> Iterator[tuple[str, str]]:
    """Label and text of each line that explains: why it was sent, what changed, what else is known of the story."""
    judgement = alert.judgement
    if alert.perhaps_repeated:
        yield "Possibly repeated", "it was not confirmed whether an earlier attempt to tell you this arrived"
    yield "Why", one_line(judgement.reason)
    yield "Changed", _changes(judgement.changes)
    if judgement.of_title and judgement.decision in _RELATION:
        source = f" ({_name(judgement.of_source)})" if judgement.of_source else ""
        yield _RELATION[judgement.decision], f"“{cut(one_line(judgement.of_title), 200)}”{source}"
    yield "Found", _found(alert.hits)
    yield "Origin", _name(judgement.origin or "")
    yield "Also reported by", _names(alert.reported_by)
    yield "Carried by", _carried(alert)
    if alert.backlog:
        yield "Not fresh", "it already stood in its feed when the feed was first read"
    if not alert.loud:
        yield "Quiet", "a report of a story that you were told of: no need to look at once"


def _carried(alert: Alert) -> str:
    """How many carry the story and who reported it independently: 9 outlets, one original by AFP; copies in …"""
    copies = _names(alert.carried_by)
    if not alert.outlets:  # told by a version that did not count
        return copies
    outlets = "1 outlet" if alert.outlets == 1 else f"{alert.outlets} outlets"
    originals = "no original known"
    if alert.originals:
        count = "one original" if len(alert.originals) == 1 else f"{len(alert.originals)} originals"
        originals = f"{count} by {_names(alert.originals)}"
    return f"{outlets}, {originals}" + (f"; copies in {copies}" if copies else "")


def _changes(changes: tuple[Change, ...]) -> str:
    shown = [f"{_name(c.kind)}: {_side(c.before)} → {_side(c.after)}" for c in changes[:FIRST_CHANGES]]
    more = len(changes) - FIRST_CHANGES
    return "; ".join([*shown, f"and {more} more"] if more > 0 else shown)


def _side(text: str | None) -> str:
    return "nothing" if text is None else cut(one_line(text), 160)


def _found(hits: tuple[Hit, ...]) -> str:
    """What the watch asked for, each with the words that met it: place:Raqqa (“Raqa”), …"""
    words: dict[str, list[str]] = {}
    for hit in hits:
        seen, text = words.setdefault(_name(hit.what), []), _name(hit.text)
        if text not in seen:
            seen.append(text)
    return ", ".join(_evidence(what, texts) for what, texts in words.items())


def _evidence(what: str, texts: list[str]) -> str:
    if [what.casefold()] == [text.casefold() for text in texts]:
        return what
    return f"{what} ({', '.join(f'“{text}”' for text in texts[:4])})"


def _names(names: tuple[str, ...]) -> str:
    return ", ".join(_name(name) for name in names)
