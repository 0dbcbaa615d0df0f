import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.postings import Postings
from monitor.core.shingles import (
    KEPT,
    containment,
    coverage,
    find,
    hash_pairs,
    hash_words,
    pack,
    plain_words,
    sampled,
    sampling_rate,
    share_known,
    unpack,
    unpack_bytes,
)

WORDS = st.lists(
    st.sampled_from(["rain", "bridge", "barge", "ferry", "night", "baker", "mill", "river"]), max_size=40
).map(" ".join)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The  bridge,\nclosed!", "the bridge closed"),
        ("Ｆｕｌｌ ﬁre", "full fire"),
        ("co\u00adoperate snake_case", "cooperate snake case"),
        ("İstanbul", "istanbul"),
        ("مُحَمَّد", "محمد"),
        ("北京下雨", "北 京 下 雨"),
        ("…", ""),
    ],
)
def test_words(text: str, expected: str) -> None:
    assert plain_words(text) == expected


def _mixed(code: int) -> int:
    """The finaliser of SplitMix64 in whole numbers."""
    code = (code ^ (code >> 30)) * 0xBF58476D1CE4E5B9 % 2**64
    code = (code ^ (code >> 27)) * 0x94D049BB133111EB % 2**64
    return code ^ (code >> 31)


def test_hashes_are_the_same_everywhere() -> None:
    the, bridge, closed = (
        _mixed(sum(ord(char) * 0x9E3779B97F4A7C15**n for n, char in enumerate(word)) % 2**64)
        for word in ("the", "bridge", "closed")
    )
    expected = [_mixed((a * 3 + b) % 2**64) >> 32 for a, b in ((the, bridge), (bridge, closed))]
    assert hash_pairs("the bridge closed").tolist() == expected


def test_pairs_know_their_order_and_a_lone_word_stands_for_itself() -> None:
    assert hash_pairs("a b").tolist() != hash_pairs("b a").tolist()
    assert len(hash_pairs("a")) == 1
    assert len(hash_pairs("")) == 0


@given(st.lists(st.text(st.characters(categories=["Ll", "Nd"]), min_size=1, max_size=12), min_size=1, max_size=30))
def test_a_word_has_one_hash_wherever_it_stands(words: list[str]) -> None:
    alone = [hash_words(word)[0] for word in words]
    assert hash_words(" ".join(words)).tolist() == alone
    assert len(set(alone)) == len(set(words))


@given(WORDS, WORDS)
def test_coverage_is_symmetric(one: str, other: str) -> None:
    a, b = np.unique(hash_pairs(one)), np.unique(hash_pairs(other))
    there, back = coverage(a, 1, b, 1), coverage(b, 1, a, 1)
    assert (there.new_in_old, there.old_in_new) == (back.old_in_new, back.new_in_old)
    assert containment(there) == containment(back)
    shared = len(set(a.tolist()) & set(b.tolist()))
    assert there.new_in_old == pytest.approx(shared / len(a) if len(a) else 0, abs=1e-4)


def test_texts_of_different_length_are_compared_at_the_coarser_rate() -> None:
    long = np.unique(hash_pairs(" ".join(f"w{n}" for n in range(4000))))
    part = np.unique(hash_pairs(" ".join(f"w{n}" for n in range(400))))
    rate = sampling_rate(len(long))
    assert len(long) / rate <= KEPT < len(long)
    found = coverage(part, 1, sampled(long, rate), rate)
    assert found.new_in_old == 1
    assert found.old_in_new == pytest.approx(0.1, abs=0.03)


def test_a_sample_that_says_nothing_says_so() -> None:
    odd = np.array([1, 3], np.uint32)
    assert share_known(odd, odd, 2) is None
    assert share_known(odd, odd, 1) == 1
    assert find(odd, np.empty(0, np.uint32))[0].tolist() == [False, False]


@given(st.lists(st.integers(0, 2**32 - 1)))
def test_arrays_survive_as_text(numbers: list[int]) -> None:
    assert unpack(pack(np.array(numbers, np.uint32))).tolist() == numbers
    small = np.array([n % 256 for n in numbers], np.uint8)
    assert unpack_bytes(pack(small)).tolist() == small.tolist()


@given(
    st.lists(st.lists(st.integers(0, 30), unique=True, max_size=8), max_size=25),
    st.lists(st.integers(0, 30), unique=True),
    st.sets(st.integers(0, 24)),
    st.integers(1, 6),
)
def test_postings_find_what_a_dictionary_would(
    texts: list[list[int]], wanted: list[int], dead: set[int], limit: int
) -> None:
    postings = Postings()
    for slot, hashes in enumerate(texts):
        postings.add(slot, np.array(sorted(hashes), np.uint32))
        if slot % 7 == 3:
            postings.find(np.array([0], np.uint32), np.ones(len(texts), np.bool_), limit)
    alive = np.array([slot not in dead for slot in range(len(texts))], np.bool_)
    found, slots = postings.find(np.array(sorted(wanted), np.uint32), alive, limit)
    expected = set()
    for one in wanted:
        holders = [slot for slot, text in enumerate(texts) if one in text and slot not in dead]
        expected |= {(one, slot) for slot in holders if len(holders) <= limit}
    assert set(zip(found.tolist(), slots.tolist(), strict=True)) == expected


def test_postings_merge_as_they_grow() -> None:
    postings = Postings()
    for slot in range(3000):
        postings.add(slot, np.arange(slot, slot + 20, dtype=np.uint32))
    assert len(postings._segments) < 12
    assert len(postings.find(np.array([500], np.uint32), np.ones(3000, np.bool_), 400)[1]) == 20
