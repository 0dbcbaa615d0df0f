"""Message → the payload of a Slack message, within the limits that Slack sets.

Limits and escaping as in Slack's reference for block kit and for formatting text: a header takes 150 characters, a
section 3,000; `&`, `<` and `>` are written as entities. How it counts is not said, so entities and UTF-16 units count.
"""

import re
from html import escape
from typing import Any

from monitor.core.messages.graphemes import cut, utf16_length
from monitor.core.messages.messages import Message, Note, Piece

HEADER_LIMIT = 150
EXCERPT_LIMIT = 2800
NOTES_LIMIT = 2800
LINK_LIMIT = 1900
LABEL_LIMIT = 300
NAME_LIMIT = 120

Payload = dict[str, Any]

# Marks that could begin or end formatting, as characters that look alike. Inside a word (snake_case) they do neither.
_MARK = re.compile(r"(?<![^\W_])[*_~]|[*_~](?![^\W_])|`|^[>•]")
_ALIKE = {"*": "∗", "_": "＿", "~": "∼", "`": "ˋ", ">": "›", "•": "·"}
_EMOJI_NAME = re.compile(r":(?=[a-z0-9_+'-]+:)")
_ZERO_WIDTH_SPACE = "\u200b"


def payload(message: Message) -> Payload:
    """The arguments of a Slack message: `text` for notifications and screen readers, `blocks` for the eye."""
    blocks = [
        {"type": "header", "text": {"type": "plain_text", "text": _header(message.subject), "emoji": False}},
        _section(f"*{_text(message.label)}* · {_name(message.watch)}\n{_linked(message)}\n{_origin(message)}"),
        *([_section(_excerpt(message.excerpt))] if message.excerpt else []),
        *([_section(_notes(message.notes))] if message.notes else []),
    ]
    text = f"{_name(message.watch)}: {_linked(message)} ({_name(message.source)})"
    return {"text": text, "blocks": blocks, "unfurl_links": False, "unfurl_media": False}


def _section(text: str) -> Payload:
    """A section whose text Slack must not search for addresses, channels or people to link."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}


def _escape(text: str) -> str:
    return escape(text, quote=False)


def _text(text: str) -> str:
    """The text as Slack shows it letter by letter: no mention, no link, no formatting, no emoji by name."""
    plain = _MARK.sub(lambda mark: _ALIKE[mark[0]], text)
    return _escape(_EMOJI_NAME.sub(":" + _ZERO_WIDTH_SPACE, plain))


def _length(text: str) -> int:
    return utf16_length(_escape(text)) + text.count(":")


def _name(text: str) -> str:
    return _text(cut(text, NAME_LIMIT, _length))


def _header(subject: str) -> str:
    return _escape(cut(subject, HEADER_LIMIT, _length))


def _linked(message: Message) -> str:
    """The headline as a link that can lead only where it says: a pipe in the address is percent-encoded."""
    label = _text(cut(message.headline, LABEL_LIMIT, _length))
    target = _escape(message.link or "")
    if not target:
        return label
    return f"<{target}|{label}>" if len(target) <= LINK_LIMIT else f"{label} (its link is too long to show)"


def _origin(message: Message) -> str:
    host = f" ({_text(message.host)})" if message.host else ""
    return f"{_name(message.source)}{host} · {_text(message.when)}"


def _excerpt(pieces: tuple[Piece, ...]) -> str:
    shown, room = "", EXCERPT_LIMIT
    following = [piece.text[:1] for piece in pieces[1:]] + [""]
    for piece, after in zip(pieces, following, strict=True):
        text = cut(piece.text, max(room, 1), _length)
        shown += _bold(_text(text), shown[-1:], after) if piece.hit else _text(text)
        room -= _length(text) + 4 * piece.hit
        if text != piece.text or room <= 4:
            break
    return shown


def _bold(text: str, before: str, after: str) -> str:
    """The text in bold; inside a word a zero-width space makes Slack see where that begins and ends."""
    begin, end = (_ZERO_WIDTH_SPACE if char.isalnum() else "" for char in (before, after))
    return f"{begin}*{text.strip()}*{end}" if text.strip() else text


def _notes(notes: tuple[Note, ...]) -> str:
    lines, room = [], NOTES_LIMIT
    for note in notes:
        text = cut(note.text, min(room, 700), _length)
        lines.append(f"*{_text(note.label)}:* {_text(text)}")
        room -= _length(text) + len(note.label) + 5
        if room < 50:
            break
    return "\n".join(lines)
