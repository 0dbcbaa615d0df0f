from monitor.core.reports.words import Hashes, distinct, find_words, hash_pairs, hash_words
from monitor.core.stories.changes import added, figure_changes, new_sentences, shown_changes
from monitor.core.stories.figures import MOST, Figure
from monitor.model import Change
from tests.core.newsroom import figures_in


def _figures(text: str, title: str = "") -> tuple[Figure, ...]:
    return figures_in(title, text)


def _changes(old: str, new: str, *, words: int = 100) -> list[tuple[str | None, str | None]]:
    base = _figures(old)
    return [(c.before, c.after) for c in figure_changes(_figures(new), [base], base, words)]


def test_a_figure_in_the_place_of_another() -> None:
    assert _changes("It killed 9 people, 400 families fled.", "It killed 14 people, 400 families fled.") == [
        ("9 people", "14 people")
    ]


def test_a_range_that_became_a_number() -> None:
    old, new = "Between 300 and 400 militants hold out.", "Some 500 militants hold out."
    assert _changes(old, new) == [("300 to 400 militants", "500 militants")]


def test_a_range_that_became_another_is_one_change() -> None:
    old, new = "Some 300 to 400 militants hold out.", "Some 500-600 militants hold out."
    assert _changes(old, new) == [("300 to 400 militants", "500 to 600 militants")]


def test_what_is_counted_is_named() -> None:
    old, new = "Some 260 local fighters are to leave.", "Some 160 local fighters are to leave."
    assert _changes(old, new) == [("260 fighters", "160 fighters")]


def test_a_figure_of_something_else_is_added() -> None:
    assert _changes("It killed 9 people.", "It killed 9 people. 12 bridges fell.") == [(None, "12 bridges")]


def test_a_figure_that_any_told_text_had_is_no_news() -> None:
    base, other = _figures("It killed 9 people."), _figures("It killed 14 people.")
    assert figure_changes(_figures("It killed 14 people."), [base, other], base, 100) == ()


def test_the_same_number_in_another_spelling_is_no_news() -> None:
    assert _changes("It killed 14 people, 1200 fled.", "It killed fourteen people, 1,200 fled.") == []


def test_a_figure_of_the_headline_alone_counts_beside_no_text_only() -> None:
    base, new = _figures("Rain fell."), figures_in("12 dead", "Rain fell.")
    assert figure_changes(new, [base], base, 100) == ()
    assert [c.after for c in figure_changes(new, [base], base, 5)] == ["12 dead"]


def test_tables_are_not_compared() -> None:
    table = tuple(Figure("t", str(n), "a", "b") for n in range(MOST))
    assert figure_changes(_figures("9 people"), [table], table, 100) == ()


def _known(text: str) -> tuple[Hashes, int]:
    return distinct(hash_pairs(hash_words(text))), 1


def _fresh(text: str, old: str) -> tuple[str, ...]:
    return new_sentences(find_words(f"Bridge shut\n{text}"), len("Bridge shut\n"), [_known(old)])


OLD = "The bridge over the Onar was closed on Friday. Lorries are sent by way of the ferry at Sund."


def test_sentences_of_its_own() -> None:
    new = OLD + " The crew of the barge was arrested in the evening. Amen."
    assert _fresh(new, OLD) == ("The crew of the barge was arrested in the evening.",)


def test_what_stands_outside_the_report_is_left_out() -> None:
    for outside in (
        "Read more: ten bridges that fell in a storm",
        "© 2026 Velm Post. All rights reserved to it.",
        "Sign up here for the letter that we send on Sundays.",
    ):
        assert _fresh(f"{OLD}\n{outside}", OLD) == ()


def test_a_touched_up_sentence_is_a_known_one() -> None:
    assert _fresh("The bridge over the Onar has been closed on Friday.", OLD) == ()


def test_a_long_addition_is_shown_in_part() -> None:
    change = added(["word " * 80])
    assert change.kind == "added"
    assert change.after is not None
    assert len(change.after) < 170
    assert change.after.endswith("word …")


def test_changes_in_words() -> None:
    changes = [
        Change(kind="marker", before=None, after="UPDATE 1"),
        Change(kind="figure", before="9 people", after="14 people"),
        Change(kind="figure", before=None, after="12 bridges"),
        Change(kind="added", before=None, after="It rains."),
    ]
    assert shown_changes(changes) == "marked UPDATE 1; 9 people → 14 people; new figure 12 bridges; adds “It rains.”"
