"""Whose a record is, even where it cannot be read as what its topic carries."""

from typing import Any, Protocol

import orjson

LONGEST = 100  # characters of a name


class Keyed(Protocol):
    """What of a record names its source."""

    @property
    def partition(self) -> int: ...  # noqa: D102
    @property
    def key(self) -> bytes | None: ...  # noqa: D102
    @property
    def value(self) -> bytes | None: ...  # noqa: D102


def source_of(record: Keyed) -> str:
    """The feed or outlet that the record names; where it names none its key, and without a key its partition."""
    try:
        fields = orjson.loads(record.value or b"")
    except orjson.JSONDecodeError:
        fields = None
    return (_named(fields) or _key(record))[:LONGEST]


def _named(fields: Any) -> str | None:
    article = fields.get("article", fields) if isinstance(fields, dict) else None
    if not isinstance(article, dict):
        return None
    for kind in ("feed", "source"):
        name = article.get(kind)
        if isinstance(name, str) and name:
            return f"{kind} {name}"
    return None


def _key(record: Keyed) -> str:
    if record.key:
        return f"key {record.key.decode(errors='replace')}"
    return f"partition {record.partition}"
