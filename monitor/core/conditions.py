"""A query's tree as one function: whether an article satisfies it, with as little looking as possible.

Most leaves of most candidates are not met, and most of these because a word is not there at all; that takes one
look-up. Places come last, since finding them costs the most.
"""

from collections.abc import Callable, Mapping, Set
from typing import Protocol, TypeAlias

from monitor.core.query import And, ConceptRef, Near, Node, Not, Or, PlaceRef, Simple, Term
from monitor.core.terms import Wording


class Facts(Protocol):
    """What a condition asks of an article."""

    @property
    def patterns(self) -> Set[str]:
        """All patterns that stand in its title, text or source."""

    @property
    def worded(self) -> Set[str]:
        """Those that stand in its title or text."""

    def holds(self, node: Node) -> bool:
        """Whether it meets a leaf: the full check."""


Condition: TypeAlias = Callable[[Facts], bool]
Wordings: TypeAlias = Mapping[Simple, tuple[Wording, ...]]


def condition(node: Node, wordings: Wordings) -> Condition:
    """The function that tells whether an article satisfies the node."""
    if isinstance(node, And):
        return _every([condition(part, wordings) for part in sorted(node.parts, key=_cost)])
    if isinstance(node, Or):
        return _some([condition(part, wordings) for part in sorted(node.parts, key=_cost)])
    if isinstance(node, Not):
        return _unless(condition(node.part, wordings))
    if isinstance(node, Near | PlaceRef):
        return lambda facts: facts.holds(node)
    return _worded(node, wordings[node])


def _worded(leaf: Term | ConceptRef, wordings: tuple[Wording, ...]) -> Condition:
    patterns = frozenset(wording.segments[0].pattern for wording in wordings)
    if leaf.where is None and all(wording.certain for wording in wordings):
        return _any_pattern(patterns)
    return lambda facts: not patterns.isdisjoint(facts.patterns) and facts.holds(leaf)


def _any_pattern(patterns: frozenset[str]) -> Condition:
    if len(patterns) > 1:
        return lambda facts: not patterns.isdisjoint(facts.worded)
    (pattern,) = patterns
    return lambda facts: pattern in facts.worded


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


def _unless(one: Condition) -> Condition:
    return lambda facts: not one(facts)


def _cost(node: Node) -> int:
    if isinstance(node, And | Or):
        return max(map(_cost, node.parts))
    if isinstance(node, Not):
        return _cost(node.part)
    if isinstance(node, Near):
        return max(_cost(node.left), _cost(node.right), 1)
    return 0 if isinstance(node, Term) else 2 if isinstance(node, PlaceRef) else 1
