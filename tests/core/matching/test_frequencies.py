"""How common words are, from articles seen."""

from monitor.core.matching.frequencies import counted

SEEN = counted(["The siege of Raqqa", "The market; THE sieges", "The market of Idlib", "Sieged"])


def test_a_word_counts_once_an_article() -> None:
    assert SEEN("the") == 3 / 5
    assert SEEN("market") == 2 / 5
    assert SEEN("siege") == 1 / 5


def test_a_phrase_is_as_rare_as_its_rarest_word() -> None:
    assert SEEN("the siege of") == SEEN("siege")


def test_a_start_counts_every_word_that_begins_so() -> None:
    assert SEEN("siege*") == 3 / 5
    assert SEEN("the*") == SEEN("the")


def test_unseen_words_are_rarer_than_seen_ones_and_the_longer_the_rarer() -> None:
    assert 0 < SEEN("evacuation") < SEEN("oud") < SEEN("siege")


def test_without_articles_length_decides() -> None:
    nothing = counted([])
    assert 0 < nothing("evacuation") <= nothing("a") <= 1
