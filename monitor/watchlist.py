"""What news.watches says: watches, own places, concepts and homes, folded record by record; what an apply changes.

A key is the kind and the name: `watch|raqqa`, `place|Tell Amun`, `concept|checkpoint`, `home|Ohio News`. Of each key
the newest record counts, and null removes it. Any beginning of the topic is a set that makes sense: what watches need
is written before them, and removed after them.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from monitor import wire
from monitor.errors import WireError
from monitor.model import Concept, Home, OwnPlace, Watch
from monitor.records import Record
from monitor.watchfile import WatchFile

Saved: TypeAlias = Watch | OwnPlace | Concept | Home
KINDS: tuple[type[Saved], ...] = (Watch, OwnPlace, Concept, Home)


@dataclass(slots=True)
class Watchlist:
    """What is saved, by key, up to and with the record at `offset`; -1 = nothing was read yet."""

    saved: dict[str, Saved] = field(default_factory=dict)
    offset: int = -1
    damaged: dict[str, str] = field(default_factory=dict)  # key → what is wrong with its newest record

    def take(self, record: Record) -> str | None:
        """Take over the next record; its key if it changed something. What cannot be read leaves what was there."""
        self.offset = record.offset
        key = (record.key or b"").decode("utf-8", "replace")
        try:
            noun = _noun(key, record.value)
        except (WireError, RecursionError) as error:
            if len(self.damaged) < _MOST_DAMAGED:
                self.damaged[key] = str(error)
            return None
        self.damaged.pop(key, None)
        if noun is None:
            return key if self.saved.pop(key, None) is not None else None
        if self.saved.get(key) == noun:
            return None
        self.saved[key] = noun
        return key

    def copy(self) -> "Watchlist":
        """The same, apart from what comes to this one later."""
        return Watchlist(dict(self.saved), self.offset, dict(self.damaged))

    def without(self, keys: Collection[str]) -> "Watchlist":
        """The same but for what these keys name."""
        return Watchlist({key: noun for key, noun in self.saved.items() if key not in keys}, self.offset)

    @property
    def watches(self) -> tuple[Watch, ...]:
        """The watches, sorted by id."""
        found = [saved for saved in self.saved.values() if isinstance(saved, Watch)]
        return tuple(sorted(found, key=lambda watch: watch.id))

    @property
    def places(self) -> tuple[OwnPlace, ...]:
        """The users' own places, sorted by name."""
        found = [saved for saved in self.saved.values() if isinstance(saved, OwnPlace)]
        return tuple(sorted(found, key=lambda place: place.name))

    @property
    def concepts(self) -> Mapping[str, tuple[str, ...]]:
        """The users' own wordings by concept."""
        return {saved.name: saved.wordings for _, saved in sorted(self.saved.items()) if isinstance(saved, Concept)}

    @property
    def homes(self) -> Mapping[str, str]:
        """Where outlets are at home."""
        return {saved.outlet: saved.place for _, saved in sorted(self.saved.items()) if isinstance(saved, Home)}


_MOST_DAMAGED = 1000


@dataclass(frozen=True, slots=True)
class Changes:
    """What an apply would write: keys in the order in which they must be written."""

    added: Mapping[str, Saved]
    changed: Mapping[str, Saved]
    removed: tuple[str, ...]
    unchanged: int

    def records(self) -> Iterator[tuple[str, bytes | None]]:
        """Key and value of each record: what watches need, then watches; removals the other way round."""
        written = {**self.added, **self.changed}
        for key in sorted(written, key=_watches_last):
            yield key, wire.encode(written[key])
        for key in sorted(self.removed, key=_watches_last, reverse=True):
            yield key, None

    @property
    def removed_watches(self) -> list[str]:
        """The ids of watches that are gone."""
        return [key.removeprefix("watch|") for key in self.removed if key.startswith("watch|")]


def saved_of(file: WatchFile) -> dict[str, Saved]:
    """What a file of watches says, by key."""
    nouns: list[Saved] = [
        *(entry.watch() for entry in file.watches),
        *(place.place() for place in file.places),
        *(Concept(name=name, wordings=wordings) for name, wordings in file.concepts.items()),
        *(Home(outlet=outlet, place=place) for outlet, place in file.homes.items()),
    ]
    return {key_of(noun): noun for noun in nouns}


def changes(held: Mapping[str, Saved], wanted: Mapping[str, Saved]) -> Changes:
    """What turns the one into the other."""
    return Changes(
        added={key: noun for key, noun in wanted.items() if key not in held},
        changed={key: noun for key, noun in wanted.items() if key in held and held[key] != noun},
        removed=tuple(key for key in held if key not in wanted),
        unchanged=sum(held.get(key) == noun for key, noun in wanted.items()),
    )


def key_of(noun: Saved) -> str:
    """The key of its record."""
    if isinstance(noun, Watch):
        return f"watch|{noun.id}"
    if isinstance(noun, Home):
        return f"home|{noun.outlet}"
    return f"{'place' if isinstance(noun, OwnPlace) else 'concept'}|{noun.name}"


def _noun(key: str, value: bytes | None) -> Saved | None:
    if value is None:
        return None
    noun: Saved = wire.decode_any(value, KINDS)
    if key_of(noun) != key:
        raise WireError(f"the key {key!r:.120} is not that of what it holds, {key_of(noun)!r:.120}")
    return noun


def _watches_last(key: str) -> tuple[bool, str]:
    return key.startswith("watch|"), key
