import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.messages.graphemes import graphemes
from monitor.core.reports.sentences import sentences
from monitor.core.stories.alerts import EXCERPT_CHARACTERS, make_excerpt
from monitor.model import Field, Hit

EVACUATION = "The evacuation begins " + "on a day like any other, " * 6 + "as was said."
FLAG, FAMILY = "🇸🇾", "👩\u200d👩\u200d👧"
PIECES = st.sampled_from(
    [
        "Raqqa ",
        "the old bridge ",
        "fell. ",
        "e\u0301te\u0301 ",
        FLAG,
        FAMILY,
        "\n",
        "? ",
        "北京",
        "Mr. ",
        "x" * 50,
        "word " * 30,
    ]
)


def _hit(text: str, word: str, what: str | None = None, *, nth: int = 0) -> Hit:
    start = -1
    for _ in range(nth + 1):
        start = text.index(word, start + 1)
    return Hit(field=Field.TEXT, start=start, end=start + len(word), text=word, what=what or word)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It fell. Nobody knew.", ["It fell.", "Nobody knew."]),
        ("“It fell.” Nobody knew!", ["“It fell.”", "Nobody knew!"]),
        (
            "Mr. Berg of the U.S. Navy, Gen. Lee and J. Hall met.",
            ["Mr. Berg of the U.S. Navy, Gen. Lee and J. Hall met."],
        ),
        ("A line\n\nanother line", ["A line", "another line"]),
        ("It cost 3.5 crowns. e.g. nothing.", ["It cost 3.5 crowns. e.g. nothing."]),
        ("桥塌了。没有人知道。", ["桥塌了。", "没有人知道。"]),
        ("   ", []),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    assert [text[start:end] for start, end in sentences(text)] == expected


def test_the_sentences_of_the_hits_with_what_lies_between_left_out() -> None:
    text = "Raqqa is quiet. " + "Nothing happens. " * 60 + "The evacuation begins. The end."
    excerpt, hits = make_excerpt(text, [_hit(text, "evacuation"), _hit(text, "Raqqa")])
    assert excerpt == "Raqqa is quiet. … The evacuation begins."
    assert [(hit.text, excerpt[hit.start : hit.end]) for hit in hits] == [("Raqqa", "Raqqa"), ("evacuation",) * 2]


def test_neighbouring_sentences_keep_what_stands_between_them() -> None:
    text = "Raqqa is quiet.\n\nThe evacuation begins."
    assert make_excerpt(text, [_hit(text, "evacuation"), _hit(text, "Raqqa")])[0] == text


def test_each_thing_that_was_hit_comes_before_a_second_sight_of_one() -> None:
    text = "".join(f"Raqqa {n} {'is a city ' * 18}. " for n in range(5)) + EVACUATION
    hits = [*(_hit(text, "Raqqa", nth=n) for n in range(5)), _hit(text, "evacuation")]
    excerpt, _ = make_excerpt(text, hits)
    assert excerpt.startswith("Raqqa 0")
    assert excerpt.endswith(EVACUATION)


def test_without_hits_it_is_the_beginning() -> None:
    assert make_excerpt("One. Two.", []) == ("One. Two.", ())
    excerpt, _ = make_excerpt("First words. " * 100, [])
    assert excerpt.endswith("words.")
    assert 500 < len(excerpt) <= EXCERPT_CHARACTERS
    assert make_excerpt("", []) == ("", ())


def test_a_hit_that_is_not_in_the_text_is_left_out() -> None:
    wrong = Hit(field=Field.TEXT, start=0, end=3, text="Two", what="two")
    assert make_excerpt("One. Two.", [wrong]) == ("One. Two.", ())


def test_an_endless_sentence_is_cut_around_its_hit() -> None:
    text = "word " * 400 + "Raqqa " + "word " * 400
    excerpt, (hit,) = make_excerpt(text, [_hit(text, "Raqqa")])
    assert excerpt[hit.start : hit.end] == "Raqqa"
    assert 400 < len(excerpt) <= EXCERPT_CHARACTERS
    assert excerpt.startswith("word")
    assert excerpt.strip().endswith("word")


@pytest.mark.parametrize("shift", range(4))
def test_the_ends_of_a_window_break_no_character(shift: int) -> None:
    text = FLAG * 400 + "x" * shift + "Raqqa" + "x" * shift + FAMILY * 400
    excerpt, (hit,) = make_excerpt(text, [_hit(text, "Raqqa")])
    assert excerpt[hit.start : hit.end] == "Raqqa"
    assert set(graphemes(excerpt)) == {FLAG, FAMILY, *"Raqqa", *"x" * shift}
    assert 500 < len(excerpt) <= EXCERPT_CHARACTERS


@given(st.lists(PIECES, max_size=60).map("".join), st.data())
def test_hits_are_exactly_their_text_and_no_character_falls_apart(text: str, data: st.DataObject) -> None:
    places = [n for n in range(len(text)) if text.startswith("Raqqa", n)]
    chosen = data.draw(st.lists(st.sampled_from(places), unique=True, max_size=6)) if places else []
    given_hits = [Hit(field=Field.TEXT, start=n, end=n + 5, text="Raqqa", what=f"w{n % 2}") for n in chosen]
    excerpt, hits = make_excerpt(text, given_hits)
    assert len(excerpt) <= EXCERPT_CHARACTERS
    assert all(excerpt[hit.start : hit.end] == hit.text for hit in hits)
    assert bool(hits) == bool(given_hits)
    whole = set(graphemes(text))
    assert {piece for piece in graphemes(excerpt) if FLAG[0] in piece or "\u200d" in piece} <= whole


@given(st.integers(590, 610))
def test_flags_and_families_are_never_cut(length: int) -> None:
    text = "x" * (length - 10) + FLAG * 3 + FAMILY * 3
    excerpt, _ = make_excerpt(text, [])
    assert len(excerpt) <= EXCERPT_CHARACTERS
    assert set(graphemes(excerpt)) <= {"x", FLAG, FAMILY}
