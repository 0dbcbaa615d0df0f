"""What an article must have to satisfy a query: the clauses under which a watch may be filed."""

from collections.abc import Callable, Collection
from typing import TypeAlias

from monitor.core.matching.query import And, Near, Node, Not, Or, PlaceRef, Simple, joined

Clause: TypeAlias = frozenset[Simple]


def plain(node: Node, *, negated: bool = False) -> Node:
    """The same condition with NOT before single leaves only (De Morgan)."""
    if isinstance(node, Not):
        return plain(node.part, negated=not negated)
    if isinstance(node, And | Or):
        kind = Or if isinstance(node, And) == negated else And
        return kind(tuple(plain(part, negated=negated) for part in node.parts))
    return Not(node) if negated else node


def clauses(node: Node, weight: Callable[[Clause], float]) -> list[Clause]:
    """Sets of leaves of which each must have one that is met where a plain node is true.

    Empty = nothing is required: the node could be true of any article.
    """
    if isinstance(node, Not):
        return []
    if isinstance(node, And):
        return list(dict.fromkeys(clause for part in node.parts for clause in clauses(part, weight)))
    if isinstance(node, Or):
        return _alternatives([clauses(part, weight) for part in node.parts], weight)
    sides = (node.left, node.right) if isinstance(node, Near) else (node,)
    return list(dict.fromkeys(frozenset([side]) for side in sides))


def rest(node: Node, met: Collection[Clause]) -> Node | None:
    """What is left of a plain node to be found out where these clauses are met; None = nothing."""
    parts = node.parts if isinstance(node, And) else (node,)
    left = [part for part in parts if _one_of_leaves(part) not in met]
    return joined(And, left) if left else None


def _one_of_leaves(node: Node) -> Clause | None:
    """The clause that says the same as the node, if there is one."""
    leaves = [part for part in (node.parts if isinstance(node, Or) else (node,)) if isinstance(part, Simple)]
    whole = len(leaves) == (len(node.parts) if isinstance(node, Or) else 1)
    return frozenset(leaves) if whole else None


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
    return not any(isinstance(leaf, PlaceRef) for leaf in clause)


def placed(clause: Clause) -> bool:
    """Whether it has only places."""
    return all(isinstance(leaf, PlaceRef) for leaf in clause)


def _any_kind(_clause: Clause) -> bool:
    return True
