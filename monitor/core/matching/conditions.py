"""A query's tree as functions of numbered leaves: whether an article satisfies it, and which leaves prove it.

Both ask a mapping from the number of a leaf to whether the article meets it, which finds that out when it is first
asked. Words are asked for before places, since finding these costs the most.
"""

from collections.abc import Callable, Container, Mapping
from operator import itemgetter, methodcaller
from typing import TypeAlias

from monitor.core.matching.query import And, ConceptRef, Leaf, Near, Node, Not, Or, PlaceRef, Term

Facts: TypeAlias = Mapping[int, bool]
Numbers: TypeAlias = Mapping[Leaf, int]
Condition: TypeAlias = Callable[[Facts], bool]
Proof: TypeAlias = Callable[[Facts], tuple[int, ...]]


def condition(node: Node, numbers: Numbers, scanned: Container[int]) -> Condition:
    """The function that tells whether an article satisfies a plain node.

    A leaf that is `scanned` is among the facts where it is met, and only there.
    """
    if isinstance(node, And):
        return _every([condition(part, numbers, scanned) for part in sorted(node.parts, key=_cost)])
    if isinstance(node, Or):
        return _some([condition(part, numbers, scanned) for part in sorted(node.parts, key=_cost)])
    if isinstance(node, Not):
        met = condition(node.part, numbers, scanned)
        return lambda facts: not met(facts)
    number = numbers[node]
    return methodcaller("__contains__", number) if number in scanned else itemgetter(number)


def proof(node: Node, numbers: Numbers, scanned: Container[int]) -> Proof:
    """The function that tells which leaves made a plain node true: of an OR those parts that hold, none of a NOT."""
    shallow = _shallow(node, numbers)
    if shallow is not None and all(leaf in scanned for leaf in shallow):
        return lambda facts: tuple([leaf for leaf in shallow if leaf in facts])
    if shallow is not None:
        return lambda facts: tuple([leaf for leaf in shallow if facts[leaf]])
    if isinstance(node, And):
        return _all_of([proof(part, numbers, scanned) for part in node.parts])
    assert isinstance(node, Or)
    return _any_of([(condition(part, numbers, scanned), proof(part, numbers, scanned)) for part in node.parts])


def certain(node: Node, numbers: Numbers) -> tuple[int, ...] | None:
    """The leaves that prove a plain node whenever it is true; None if that depends on the article."""
    if isinstance(node, And):
        parts = [certain(part, numbers) for part in node.parts]
        told = [leaf for part in parts if part is not None for leaf in part]
        return None if None in parts else tuple(dict.fromkeys(told))
    if isinstance(node, Or):
        return None
    return () if isinstance(node, Not) else (numbers[node],)


def _shallow(node: Node, numbers: Numbers) -> tuple[int, ...] | None:
    """The leaves of a node of which those that are met prove it; None where some might be met in vain."""
    if isinstance(node, Not):
        return ()
    if not isinstance(node, And | Or):
        return (numbers[node],)
    told = [_shallow(part, numbers) for part in node.parts]
    if isinstance(node, Or) and any(isinstance(part, And) for part in node.parts):
        return None
    return None if None in told else tuple(dict.fromkeys(leaf for part in told if part for leaf in part))


def _all_of(proofs: list[Proof]) -> Proof:
    return lambda facts: tuple(dict.fromkeys(leaf for one in proofs for leaf in one(facts)))


def _any_of(options: list[tuple[Condition, Proof]]) -> Proof:
    return lambda facts: tuple(dict.fromkeys(leaf for holds, one in options if holds(facts) for leaf in one(facts)))


def _every(conditions: list[Condition]) -> Condition:
    def test(facts: Facts) -> bool:
        for one in conditions:  # noqa: SIM110 a loop is twice as fast as all() here
            if not one(facts):
                return False
        return True

    return test


def _some(conditions: list[Condition]) -> Condition:
    def test(facts: Facts) -> bool:
        for one in conditions:  # noqa: SIM110 a loop is twice as fast as any() here
            if one(facts):
                return True
        return False

    return test


def _cost(node: Node) -> int:
    if isinstance(node, And | Or):
        return max(map(_cost, node.parts))
    if isinstance(node, Not):
        return _cost(node.part)
    if isinstance(node, Near):
        return max(_cost(node.left), _cost(node.right), 2)
    return (
        3 if isinstance(node, PlaceRef) else 1 if isinstance(node, ConceptRef) else 0 if isinstance(node, Term) else 2
    )
