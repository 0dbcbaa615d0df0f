"""Alerts for tests: an ordinary one, and headlines that mean harm."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from monitor.model import Alert, Decision, Field, Hit, Judgement

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)

HOSTILE = {
    "long": "Water returns " * 14 + "to all",
    "emoji": "Family 👨‍👩‍👧 of 🇸🇾 " * 12,
    "mention": "<!channel> <@U024BE7LH> <!here> come and see",
    "dressed link": "<http://evil.example.net|bank.example.com> asks for your password",
    "header": "Rain\r\nBcc: victim@example.net\r\n\r\nBody of another mail",
    "script": "<script>alert(1)</script><img src='https://t.example.net/p.gif'>",
    "bidi": "Invoice \u202egpj.exe\u202c \u2066x\u2069",
    "terminal": "Red \x1b[31mALERT\x1b[0m \x9b2J \x00 end\x07\b\b",
    "half a pair": "Half \ud83d of an emoji",
    "lines": "One\u2028two\u2029three\x85four\vfive",
    "formatting": "*bold* _italic_ ~gone~ `code` ```block``` > quote :rotating_light:",
}


def make_alert(title: str = "Water returns to the old town", **fields: Any) -> Alert:
    """An alert; fields of its judgement may be given too."""
    own = {name: fields.pop(name) for name in list(fields) if name in Alert.__dataclass_fields__}
    judgement = Judgement(
        **{
            "watch": "water",
            "article": "article-1",
            "revision": "r1",
            "decision": Decision.NEW,
            "told": True,
            "story": "story-1",
            "reason": "first report of its story",
            "source": "Harbour Post",
            "title": title,
            "url": "https://post.example.org/water",
            "event_at": NOON,
            **fields,
        }
    )
    excerpt = own.pop("excerpt", "Engineers opened the main valve in Raqa, and water reached the old town.")
    ordinary = {
        "id": "alert-1",
        "channel": "desk",
        "loud": True,
        "hits": find(excerpt, {"Raqa": "place:Raqqa"}),
        "published_at": NOON,
    }
    return Alert(judgement=judgement, excerpt=excerpt, **{**ordinary, **own})


def find(excerpt: str, words: dict[str, str]) -> Sequence[Hit]:
    """A hit for each word that stands in the excerpt."""
    return tuple(
        Hit(field=Field.TEXT, start=excerpt.index(word), end=excerpt.index(word) + len(word), text=word, what=what)
        for word, what in words.items()
        if word in excerpt
    )


def numbered(number: int, channel: str = "desk", story: str | None = None) -> Alert:
    """One of many alerts."""
    alert = make_alert(f"Headline {number}", story=story or f"story-{number}")
    return replace(alert, id=f"alert-{number}", channel=channel)
