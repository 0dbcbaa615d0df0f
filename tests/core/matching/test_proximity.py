"""How far apart two sides stand: the same as trying every run of the one with every run of the other."""

from hypothesis import example, given
from hypothesis import strategies as st

from monitor.core.matching.proximity import NOWHERE, Runs, near, pairs

RUNS = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 3)), unique_by=lambda run: run[0], max_size=6).map(
    lambda made: Runs([first for first, _ in sorted(made)], [first + more for first, more in sorted(made)])
)


def between(one: tuple[int, int], other: tuple[int, int]) -> int | None:
    """The words between two runs; None where they overlap."""
    before, after = sorted([one, other])
    return after[0] - before[1] - 1 if after[0] > before[1] else None


@given(RUNS, RUNS, st.integers(0, 8))
@example(Runs([0], [0]), Runs([3], [3]), 2)
@example(Runs([3], [3]), Runs([0], [0]), 2)
def test_near_is_what_trying_every_pair_tells(left: Runs, right: Runs, most: int) -> None:
    tried = [between(one, other) for one in zip(*left, strict=True) for other in zip(*right, strict=True)]
    assert near(left, right, most) == any(words is not None and words <= most for words in tried)


@given(RUNS, RUNS)
def test_each_run_is_paired_with_the_nearest_on_either_side(left: Runs, right: Runs) -> None:
    others = list(zip(*right, strict=True))
    told = list(pairs(left, right))
    for at, run in enumerate(zip(*left, strict=True)):
        before = [words for other in others if other[1] < run[0] and (words := between(run, other)) is not None]
        after = [words for other in others if other[0] > run[1] and (words := between(run, other)) is not None]
        expected = [min(side) for side in (after, before) if side]
        assert [words for one, _, words in told if one == at] == expected
        assert all(between(run, others[other]) == words for one, other, words in told if one == at)


def test_a_side_that_stands_nowhere_is_near_nothing() -> None:
    assert not near(NOWHERE, Runs([1], [1]), 50)
    assert not near(Runs([1], [1]), NOWHERE, 50)
