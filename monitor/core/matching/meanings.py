"""What the names in queries stand for: places, concepts, wordings; and how often words occur."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import NamedTuple, TypeAlias

from monitor.core.matching.exceptions import is_exception, read_list
from monitor.core.matching.query import ConceptRef, PlaceRef, Simple, Term
from monitor.core.matching.terms import Wording, with_clitics, wording_of
from monitor.core.places.places import Gazetteer, Place
from monitor.errors import InputError, QueryError

Concepts: TypeAlias = Mapping[str, Sequence[str]]
Starts: TypeAlias = Mapping[str, tuple[Wording, ...]]  # wordings by the pattern of their first segment
Frequency: TypeAlias = Callable[[str], float]  # words, folded → share of articles that hold them, 0 to 1


def length_frequency(words: str) -> float:
    """How common words probably are where nothing is known: the longer the rarer."""
    return float(0.7 ** len(words.replace(" ", "")))


class Worded(NamedTuple):
    """The wordings of a term or concept; of each the pattern of its rarest segment; how common they are together."""

    wordings: tuple[Wording, ...]
    starts: Starts
    rarest: tuple[str, ...]
    frequency: float


@dataclass(frozen=True, slots=True)
class Meanings:
    """What names in queries stand for, and how often words occur."""

    gazetteer: Gazetteer | None
    concepts: Concepts
    frequency: Frequency = length_frequency
    known: dict[Simple, Worded] = field(default_factory=dict, repr=False)  # what was looked up before

    def place(self, ref: PlaceRef) -> Place:
        """The place that a query means. Raises QueryError with the nearest names."""
        if self.gazetteer is None:
            raise _at(ref, f"{ref}: there is no gazetteer to look places up in")
        found = self.gazetteer.resolve(ref.name)
        if not found:
            raise _at(ref, f"there is no place {ref.name!r}{_suggestion(self.gazetteer.nearest(ref.name))}")
        return found[0]

    def worded(self, leaf: Term | ConceptRef) -> Worded:
        """How a term or concept may be worded. Raises QueryError."""
        found = self.known.get(leaf)
        if found is None:
            wordings = self._wordings(leaf)
            rarest = [min((self._of_pattern(s.pattern), s.pattern) for s in wording.segments) for wording in wordings]
            weight = sum(frequency for frequency, _ in rarest)
            found = Worded(wordings, _by_start(wordings), tuple(pattern for _, pattern in rarest), weight)
            self.known[leaf] = found
        return found

    def afresh(self) -> "Meanings":
        """The same, with nothing remembered of what is asked for no more."""
        return replace(self, known={})

    def _of_pattern(self, pattern: str) -> float:
        return self.frequency(pattern.strip() + "*" * (not pattern.endswith(" ")))

    def _wordings(self, leaf: Term | ConceptRef) -> tuple[Wording, ...]:
        try:
            return with_clitics(wording_of(leaf)) if isinstance(leaf, Term) else self._of_concept(leaf)
        except QueryError:
            raise
        except InputError as error:
            raise _at(leaf, f"{leaf}: {error}") from error

    def _of_concept(self, ref: ConceptRef) -> tuple[Wording, ...]:
        wordings = self.concepts.get(ref.name)
        if wordings is None:
            close = get_close_matches(ref.name, self.concepts, 3, 0.5)
            raise _at(ref, f"there is no concept {ref.name!r}{_suggestion(close or sorted(self.concepts))}")
        if all(map(is_exception, wordings)):
            raise _at(ref, f"the concept {ref.name!r} has no wordings")
        return read_list(wordings)


def _by_start(wordings: Sequence[Wording]) -> Starts:
    starts: dict[str, tuple[Wording, ...]] = {}
    for wording in wordings:
        starts[wording.segments[0].pattern] = (*starts.get(wording.segments[0].pattern, ()), wording)
    return starts


def _at(leaf: Simple, message: str) -> QueryError:
    return QueryError(message, leaf.at.line, leaf.at.column)


def _suggestion(names: Sequence[str]) -> str:
    return f"; the nearest are {', '.join(names[:5])}" if names else ""
