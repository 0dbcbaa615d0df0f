"""Short ways to put a text before a query."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from monitor.core.matching.matches import match
from monitor.core.matching.watches import compile_watches
from monitor.core.places.places import Gazetteer
from monitor.model import Article, Watch
from tests.core.gazetteer import SmallGazetteer

NOW = datetime(2026, 3, 3, 9, tzinfo=UTC)
CONCEPTS = {
    "evacuation": ("evacuat*", "safe passage", "let* … leave", "withdraw* from the city"),
    "siege": ("siege", "besieg*"),
}


def article(text: str = "", title: str = "", *, source: str = "Example Times", edited: bool = False) -> Article:
    return Article(id="a", revision="r", source=source, title=title, text=text, first_seen_at=NOW, edited=edited)


def hits(
    query: str,
    text: str = "",
    title: str = "",
    *,
    source: str = "Example Times",
    concepts: Mapping[str, Sequence[str]] = CONCEPTS,
    gazetteer: Gazetteer | None = None,
) -> list[str] | None:
    """What the article's hits say, title first; None where it does not satisfy the query."""
    watches = compile_watches([Watch(id="w", query=query, allow_all=True)], gazetteer or SmallGazetteer(), concepts)
    read = article(text, title, source=source)
    found = match(read, watches)
    if not found.watches:
        return None
    fields = {"title": title, "text": text}
    shown = [found.hits[number] for number in found.watches[0].hits]
    assert all(fields[hit.field][hit.start : hit.end] == hit.text for hit in shown)
    return [hit.text for hit in shown]
