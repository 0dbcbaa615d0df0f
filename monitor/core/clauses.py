"""What an article must have to satisfy a query: the clauses under which a watch may be filed."""

from collections.abc import Callable
from typing import TypeAlias

from monitor.core.query import And, Leaf, Near, Node, Not, Or, PlaceRef

Clause: TypeAlias = frozenset[Leaf]


def clauses(node: Node, weight: Callable[[Clause], float], *, negated: bool = False) -> list[Clause]:
    """Sets of leaves of which each must have one that is met where the node is true (false, if negated).

    Empty = nothing is required: the node could be true of any article.
    """
    if isinstance(node, Not):
        return clauses(node.part, weight, negated=not negated)
    if isinstance(node, And | Or):
        parts = [clauses(part, weight, negated=negated) for part in node.parts]
        if isinstance(node, And) != negated:
            return [clause for part in parts for clause in part]
        return _alternatives(parts, weight)
    return [] if negated else [frozenset([node])]


def _alternatives(parts: list[list[Clause]], weight: Callable[[Clause], float]) -> list[Clause]:
    """Clauses of an OR: the lightest of each part together, of words alone and of places alone where there are such.

    None where a part has none.
    """
    merged: list[Clause] = []
    for only in (wordy, placed, _any_kind):
        options = [[clause for clause in part if only(clause)] for part in parts]
        if all(options):
            merged.append(frozenset().union(*(min(option, key=weight) for option in options)))
    return list(dict.fromkeys(merged))


def wordy(clause: Clause) -> bool:
    """Whether it has no places."""
    return not any(map(is_place, clause))


def placed(clause: Clause) -> bool:
    """Whether it has only places."""
    return all(map(is_place, clause))


def _any_kind(_clause: Clause) -> bool:
    return True


def is_place(leaf: Leaf) -> bool:
    """Whether no word, only a place, can meet it."""
    return isinstance(leaf, PlaceRef) or (isinstance(leaf, Near) and is_place(leaf.left) and is_place(leaf.right))
