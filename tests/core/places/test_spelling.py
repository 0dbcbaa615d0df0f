import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.places import spelling


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Deir ez-Zor", "deir ez zor"),
        ("KHĀN SHAYKHŪN", "khan shaykhun"),
        ("Łódź", "lodz"),
        ("Großräschen", "grossraschen"),
        ("الرَّقّة", "الرقه"),
        ("Waf\u00adfen\u200bruhe", "waffenruhe"),
        ("北京", "北 京"),
        ("St. Louis", "st louis"),
        ("N'Djamena", "n djamena"),
        ("…", ""),
    ],
)
def test_a_key_has_no_case_accents_joiners_or_punctuation(text: str, expected: str) -> None:
    assert spelling.key(text) == expected


@given(st.text(st.one_of(st.characters(), st.sampled_from("\u0301\u064b\u200b\u00ad ’"))))
def test_words_and_what_stands_between_them_are_the_text(text: str) -> None:
    parts = spelling.split(text)
    assert "".join(parts) == text
    assert all(spelling.fold(word) == spelling.fold_word(word) != "" for word in parts[1::2])
    assert not any(letter.isalnum() and spelling.fold(letter) for gap in parts[::2] for letter in gap)


@given(st.text(st.characters(codec="cp1252")))
def test_western_texts_take_a_short_way_to_the_same_words(text: str) -> None:
    *parts, behind = spelling.split(text)
    assert spelling.split(f"{text} ア") == [*parts, f"{behind} ", "ア", ""]


@given(st.text(alphabet=st.characters(max_codepoint=127)))
def test_plain_letters_take_the_short_way_to_the_same_key(text: str) -> None:
    assert spelling.key(text) == " ".join(map(spelling.fold, spelling.split(text)[1::2]))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Raqa", "Ar Raqqah"),
        ("Deir Ezzor", "Dayr az Zawr"),
        ("Khan Sheikhoun", "Khān Shaykhūn"),
        ("Kamishly", "Al Qāmishlī"),
        ("Idleb", "Idlib"),
        ("Hawija", "Al Ḩawījah"),
        ("Tel Abyad", "Tal Abiad"),
        ("Zaporizhzhya", "Zaporizhzhia"),
    ],
)
def test_transliterations_of_one_name_meet(one: str, other: str) -> None:
    assert set(_skeletons(one)) & set(_skeletons(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Bengals", "Benghazi"),
        ("Albany", "Albania"),
        ("Rico", "Ar Raqqah"),
        ("Raka", "Ar Raqqah"),
        ("Iraq", "Ar Raqqah"),
        ("Rock", "Ar Raqqah"),
        ("Mosul", "Masala"),
    ],
)
def test_other_names_do_not(one: str, other: str) -> None:
    assert not set(_skeletons(one)) & set(_skeletons(other))


@pytest.mark.parametrize("name", ["Bab", "al-Bab", "al", "الرقة", "Route 66", ""])
def test_what_is_short_or_no_latin_name_has_no_skeleton(name: str) -> None:
    assert _skeletons(name) == ()


@given(st.text(alphabet="abcdehiqkoruwyz "))
def test_a_name_has_at_most_four_skeletons(name: str) -> None:
    assert len(_skeletons(name)) <= 4


def _skeletons(name: str) -> tuple[str, ...]:
    return spelling.skeletons(spelling.key(name))


@given(st.lists(st.sampled_from(["deir", "beere", "abu", "iqa", "qasri", "wye", "al", "ezzor"]), min_size=2))
def test_a_skeleton_begins_as_its_first_word_says(words: list[str]) -> None:
    openings = spelling.openings(words[0])
    assert all(skeleton.startswith(openings) for skeleton in spelling.skeletons(" ".join(words)))


@pytest.mark.timeout(30)  # with the square of the length it would be minutes
def test_marks_without_letters_are_no_words_however_many_they_are() -> None:
    marks = "\u0301 " * 2**19
    assert spelling.split(f"{marks}Raqqa {marks}") == [marks, "Raqqa", f" {marks}"]
