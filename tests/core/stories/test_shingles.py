import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.reports.words import Hashes, Lexicon, find_words, hash_words, plain_words
from monitor.core.reports.words import hash_pairs as pairs_of
from monitor.core.stories.postings import Postings
from monitor.core.stories.shingles import (
    KEPT,
    containment,
    coverage,
    find,
    pack,
    pack_hashes,
    sampled,
    sampling_rate,
    share_known,
    unpack,
    unpack_hashes,
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


def hash_pairs(text: str) -> Hashes:
    return pairs_of(hash_words(text))


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
    expected = [_mixed((a * 3 + b) % 2**64) >> 32 & 0xFFFFFF for a, b in ((the, bridge), (bridge, closed))]
    assert hash_pairs("the bridge closed").tolist() == expected


def test_pairs_know_their_order_and_a_lone_word_stands_for_itself() -> None:
    assert hash_pairs("a b").tolist() != hash_pairs("b a").tolist()
    assert len(hash_pairs("a")) == 1
    assert len(hash_pairs("")) == 0


@given(
    st.lists(
        st.text(st.characters(categories=["Ll", "Nd"], max_codepoint=0xFF), min_size=1, max_size=12),
        min_size=1,
        max_size=30,
    )
)
@settings(deadline=None)  # the first text that is not ASCII fills a table
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


@given(st.lists(st.integers(0, 2**24 - 1)))
def test_arrays_survive_as_text(numbers: list[int]) -> None:
    assert unpack_hashes(pack_hashes(np.array(numbers, np.uint32))).tolist() == numbers
    small = np.array([n % 256 for n in numbers], np.uint8)
    assert unpack(pack(small)).tolist() == small.tolist()


@given(st.text(max_size=200))
@settings(deadline=None)  # the first text that is not ASCII fills a table
def test_words_stand_where_they_are_said_to(text: str) -> None:
    words = find_words(text)
    found = [words.text[a:b].lower() for a, b in zip(words.starts.tolist(), words.ends.tolist(), strict=True)]
    assert words.hashes.tolist() == [hash_words(word)[0] for word in found]
    assert all(char.isalnum() or ord(char) >= 0x20000 for word in found for char in word)
    if text.isascii():
        assert found == plain_words(text).split()


@given(WORDS)
def test_a_lexicon_knows_its_words_and_no_others(text: str) -> None:
    lexicon = Lexicon((1, "rain bridge"), (2, "bridge ferry"))
    expected = [{"rain": 1, "bridge": 3, "ferry": 2}.get(word, 0) for word in text.split()]
    assert lexicon.look_up(hash_words(text)).tolist() == expected


@given(
    st.lists(st.lists(st.integers(0, 30), unique=True, max_size=8), max_size=25),
    st.lists(st.integers(0, 30), unique=True),
    st.sets(st.integers(0, 24)),
)
def test_postings_find_what_a_dictionary_would(texts: list[list[int]], wanted: list[int], dead: set[int]) -> None:
    postings = Postings(young=16)
    for slot, hashes in enumerate(texts):
        postings.add(slot, np.array(sorted(hashes), np.uint32))
    alive = np.array([slot not in dead for slot in range(len(texts))], np.bool_)
    wanted = sorted(wanted)
    expected = {(one, slot) for one in wanted for slot, text in enumerate(texts) if one in text and slot not in dead}
    which, slots = postings.find(np.array(wanted, np.uint32), alive)
    assert {(wanted[n], slot) for n, slot in zip(which.tolist(), slots.tolist(), strict=True)} == expected
    renumbered = np.where(alive, np.cumsum(alive) - 1, -1)
    postings.keep(renumbered)
    which, slots = postings.find(np.array(wanted, np.uint32), np.ones(len(texts), np.bool_))
    found = {(wanted[n], slot) for n, slot in zip(which.tolist(), slots.tolist(), strict=True)}
    assert found == {(one, int(renumbered[slot])) for one, slot in expected}


def test_postings_merge_as_they_grow() -> None:
    postings = Postings(young=1024)
    for slot in range(3000):
        postings.add(slot, np.arange(slot, slot + 20, dtype=np.uint32))
    assert len(postings._segments) < 6
    assert len(postings.find(np.array([500], np.uint32), np.ones(3000, np.bool_))[1]) == 20
