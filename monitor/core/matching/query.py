"""The watch language: a query's text → a tree of terms joined by AND, OR and NOT.

::

    Or( And(Term, PlaceRef, …), Not(…), ConceptRef, Near(Term, Term) )

`str` of a tree is a query that parses to the same tree.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TypeAlias

from monitor.errors import QueryError
from monitor.model import Field

DEEPEST = 50  # levels of parentheses
MOST_PAIRS = 200  # terms that one NEAR/n between two groups may join


class Style(StrEnum):
    """How a term is written, and so how strictly it is meant."""

    BARE = "bare"
    PHRASE = "phrase"
    EXACT = "exact"


class Source(StrEnum):
    """The fields of an article that are no text of it: the outlet, the language it says it is in."""

    SOURCE = "source"
    LANG = "lang"


Where: TypeAlias = Field | Source | None


@dataclass(frozen=True, slots=True)
class Spot:
    """Where in a query something stands, from 1."""

    line: int = 1
    column: int = 1


@dataclass(frozen=True, slots=True)
class Term:
    """A word, a phrase, or an exact spelling, in one field or (None) in title and text."""

    text: str
    style: Style = Style.BARE
    where: Where = None
    slop: int | None = None  # words that may stand between those of a phrase
    at: Spot = field(default=Spot(), compare=False)

    def __str__(self) -> str:
        quote = {Style.BARE: "", Style.PHRASE: '"', Style.EXACT: "'"}[self.style]
        slop = "" if self.slop is None else f"~{self.slop}"
        return f"{_prefix(self.where)}{quote}{self.text}{quote}{slop}"

    @property
    def minds_case(self) -> bool:
        """Whether it is an acronym: a bare word of 2 to 6 letters, all of them capitals."""
        word = self.text.removesuffix("*")
        return self.style is Style.BARE and word.isalpha() and word.isupper() and 2 <= len(word) <= 6


@dataclass(frozen=True, slots=True)
class PlaceRef:
    """A place by any of its names, or any place within it."""

    name: str
    where: Field | None = None
    at: Spot = field(default=Spot(), compare=False)

    def __str__(self) -> str:
        return f"{_prefix(self.where)}place:{_quoted(self.name)}"


@dataclass(frozen=True, slots=True)
class ConceptRef:
    """Any wording of a named list."""

    name: str
    where: Field | None = None
    at: Spot = field(default=Spot(), compare=False)

    def __str__(self) -> str:
        return f"{_prefix(self.where)}concept:{_quoted(self.name)}"


@dataclass(frozen=True, slots=True)
class Near:
    """Two leaves of one field with at most so many words between them, in either order."""

    left: "Term | PlaceRef | ConceptRef"
    right: "Term | PlaceRef | ConceptRef"
    words: int

    def __str__(self) -> str:
        return f"{self.left} NEAR/{self.words} {self.right}"


@dataclass(frozen=True, slots=True)
class And:
    """All of them."""

    parts: "tuple[Node, ...]"

    def __str__(self) -> str:
        return " AND ".join(f"({part})" if isinstance(part, Or) else str(part) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Or:
    """At least one of them."""

    parts: "tuple[Node, ...]"

    def __str__(self) -> str:
        return " OR ".join(f"({part})" if isinstance(part, And) else str(part) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Not:
    """Anything but it."""

    part: "Node"

    def __str__(self) -> str:
        return f"NOT ({self.part})" if isinstance(self.part, And | Or | Near) else f"NOT {self.part}"


Simple: TypeAlias = Term | PlaceRef | ConceptRef
Leaf: TypeAlias = Simple | Near
Node: TypeAlias = Leaf | And | Or | Not


def leaves(node: Node) -> Iterator[Leaf]:
    """All leaves of a tree, left to right."""
    if isinstance(node, And | Or):
        for part in node.parts:
            yield from leaves(part)
    elif isinstance(node, Not):
        yield from leaves(node.part)
    else:
        yield node


def joined(kind: type[And] | type[Or], parts: list[Node]) -> Node:
    """The parts under one AND or OR; nested ones of the same kind are levelled, one part stays itself."""
    flat: list[Node] = []
    for part in parts:
        flat.extend(part.parts if isinstance(part, kind) else [part])
    return flat[0] if len(flat) == 1 else kind(tuple(flat))


def negated(part: Node) -> Node:
    """NOT of it; two in a row cancel out."""
    return part.part if isinstance(part, Not) else Not(part)


def near(left: Node, right: Node, words: int, at: Spot) -> Node:
    """NEAR between two leaves, or between any of one OR group and any of another."""
    pairs: list[Node] = [Near(a, b, words) for a in _alternatives(left, at) for b in _alternatives(right, at)]
    if len(pairs) > MOST_PAIRS:
        raise QueryError(f"NEAR/n joins {len(pairs)} pairs here; at most {MOST_PAIRS}", at.line, at.column)
    return joined(Or, pairs)


def scoped(name: str, node: Node, at: Spot) -> Node:
    """The node within a field: title:, text: (body:), source:, place: or concept:. Raises QueryError for another."""
    scope = _SCOPES.get(name)
    if scope is None:
        raise QueryError(_unknown_scope(name), at.line, at.column)
    return _within(node, scope)


Scope: TypeAlias = Callable[[Simple], Simple]


def _within(node: Node, scope: Scope) -> Node:
    if isinstance(node, And | Or):
        return type(node)(tuple(_within(part, scope) for part in node.parts))
    if isinstance(node, Not):
        return Not(_within(node.part, scope))
    if isinstance(node, Near):
        return Near(scope(node.left), scope(node.right), node.words)
    return scope(node)


def _in_field(where: Field | Source) -> Scope:
    def scope(leaf: Simple) -> Simple:
        if leaf.where is not None:
            raise _refused(leaf, f"it is in {leaf.where}: already and cannot be in {where}: too")
        if where is Source.LANG and not (isinstance(leaf, Term) and _LANGUAGE.fullmatch(leaf.text)):
            raise _refused(leaf, "lang: takes a code of two or three letters, such as lang:fr")
        if isinstance(leaf, Term):
            text = leaf.text.lower() if where is Source.LANG else leaf.text
            return replace(leaf, text=text, where=where)
        if isinstance(where, Source):
            raise _refused(leaf, "source: takes the name of an outlet")
        return replace(leaf, where=where)

    return scope


def _named(kind: type[PlaceRef] | type[ConceptRef], label: str) -> Scope:
    def scope(leaf: Simple) -> Simple:
        if not isinstance(leaf, Term) or leaf.where is not None or leaf.slop is not None or "*" in leaf.text:
            raise _refused(leaf, f"{label}: takes a name, such as {label}:{_EXAMPLES[label]}")
        return kind(leaf.text, at=leaf.at)

    return scope


_LANGUAGE = re.compile("[A-Za-z]{2,3}")
_EXAMPLES = {"place": 'Raqqa or place:"Paris, Texas"', "concept": "evacuation"}
_SCOPES: dict[str, Scope] = {
    "title": _in_field(Field.TITLE),
    "text": _in_field(Field.TEXT),
    "body": _in_field(Field.TEXT),
    "source": _in_field(Source.SOURCE),
    "lang": _in_field(Source.LANG),
    "place": _named(PlaceRef, "place"),
    "concept": _named(ConceptRef, "concept"),
}


def _unknown_scope(name: str) -> str:
    from difflib import get_close_matches

    close = get_close_matches(name.lower(), _SCOPES, 1)
    hint = f"Did you mean {close[0]}:?" if close else f"Fields are {', '.join(f'{known}:' for known in _SCOPES)}."
    return f"there is no field {name}. {hint} To look for a colon, quote the words."


def _alternatives(node: Node, at: Spot) -> tuple[Simple, ...]:
    parts = node.parts if isinstance(node, Or) else (node,)
    simple = tuple(part for part in parts if isinstance(part, Term | PlaceRef | ConceptRef))
    if len(simple) < len(parts):
        raise QueryError("NEAR/n stands between two terms, or groups of terms joined by OR", at.line, at.column)
    return simple


def _refused(leaf: Simple, why: str) -> QueryError:
    return QueryError(f"{leaf}: {why}", leaf.at.line, leaf.at.column)


def _prefix(where: Where) -> str:
    return f"{where}:" if where else ""


_BARE_NAME = re.compile(r"[^\W_][\w./-]*")


def _quoted(name: str) -> str:
    return name if _BARE_NAME.fullmatch(name) else f'"{name}"'
