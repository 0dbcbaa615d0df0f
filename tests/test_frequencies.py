"""The shipped table of how common words are."""

from importlib.resources import files

from monitor.frequencies import ARTICLES, shipped_frequency


def test_common_words_are_common_and_rare_ones_rare() -> None:
    frequency = shipped_frequency()
    assert frequency("the") > 0.9
    assert frequency("evacuation") < frequency("city") < frequency("said")
    assert frequency("the evacuation of") == frequency("evacuation")


def test_every_row_is_a_word_in_its_order_and_a_share() -> None:
    lines = files("monitor").joinpath("data", "frequencies.txt").read_text("utf-8").splitlines()
    rows = [line.split() for line in lines if not line.startswith("#")]
    assert [word for word, _ in rows] == sorted({word for word, _ in rows})
    assert all(word.isalpha() and 0 < int(count) <= ARTICLES for word, count in rows)
