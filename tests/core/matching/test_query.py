"""The watch language: what parses to what, what is printed, and what the refused is told."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.matching.grammar import parse
from monitor.core.matching.query import (
    And,
    ConceptRef,
    Near,
    Node,
    Not,
    Or,
    PlaceRef,
    Source,
    Style,
    Term,
    joined,
    leaves,
    negated,
)
from monitor.errors import QueryError
from monitor.model import Field

A, B, C, D = (Term(text) for text in "abcd")


@pytest.mark.parametrize(
    ("query", "tree"),
    [
        ("a", A),
        ("a b", And((A, B))),
        ("a AND b c", And((A, B, C))),
        ("a OR b c", Or((A, And((B, C))))),
        ("(a OR b) c", And((Or((A, B)), C))),
        ("a OR (b OR c)", Or((A, B, C))),
        ("NOT a", Not(A)),
        ("a NOT b", And((A, Not(B)))),
        ("NOT NOT a", A),
        ("NOT (a OR b)", Not(Or((A, B)))),
        ('"safe passage"', Term("safe passage", Style.PHRASE)),
        ('"safe passage"~3', Term("safe passage", Style.PHRASE, slop=3)),
        ("'SDF'", Term("SDF", Style.EXACT)),
        ("'Sana'a'", Term("Sana'a", Style.EXACT)),
        ("Sana'a", Term("Sana'a")),
        ("evacuat*", Term("evacuat*")),
        ("“a b” ‘c’", And((Term("a b", Style.PHRASE), Term("c", Style.EXACT)))),
        ("title:a", Term("a", where=Field.TITLE)),
        ("TEXT: a", Term("a", where=Field.TEXT)),
        ("body:(a OR b)", Or((Term("a", where=Field.TEXT), Term("b", where=Field.TEXT)))),
        ("title:(a AND NOT b)", And((Term("a", where=Field.TITLE), Not(Term("b", where=Field.TITLE))))),
        ("title:(a NEAR/2 b)", Near(Term("a", where=Field.TITLE), Term("b", where=Field.TITLE), 2)),
        ('source:"The Daily"', Term("The Daily", Style.PHRASE, Source.SOURCE)),
        ("place:Raqqa", PlaceRef("Raqqa")),
        ('place:"Paris, TX"', PlaceRef("Paris, TX")),
        ("place:geonames/4717560", PlaceRef("geonames/4717560")),
        ("place:(Raqqa OR Idlib)", Or((PlaceRef("Raqqa"), PlaceRef("Idlib")))),
        ("title:place:Raqqa", PlaceRef("Raqqa", Field.TITLE)),
        ("concept:evacuation", ConceptRef("evacuation")),
        ("a NEAR/5 b", Near(A, B, 5)),
        ("a NEAR/5 (b OR c)", Or((Near(A, B, 5), Near(A, C, 5)))),
        ("near AND\n android", And((Term("near"), Term("android")))),
    ],
)
def test_parses_to(query: str, tree: Node) -> None:
    assert parse(query) == tree


@pytest.mark.parametrize(
    ("query", "line", "column", "words"),
    [
        ("", 1, 1, "empty"),
        (" \n ", 1, 1, "empty"),
        ("a AND", 1, 6, "ends where a term was expected"),
        ("a OR\nOR b", 2, 1, "expected a term, found 'OR'"),
        ("(a", 1, 3, "a ( is not closed"),
        ("a)", 1, 2, "this ) closes nothing"),
        ("()", 1, 2, "expected a term, found ')'"),
        ('a "b', 1, 3, "quotation mark is not closed"),
        ("a 'b", 1, 3, "quotation mark is not closed"),
        ("a or b", 1, 3, "write OR in capitals"),
        ("a near/3 b", 1, 3, "write NEAR/3 in capitals"),
        ("a -b", 1, 3, "write NOT b"),
        ("a –b", 1, 3, "write NOT b"),
        ("a Not b", 1, 3, "write NOT in capitals"),
        ("a AND/OR b", 1, 3, "write OR"),
        ("a|b", 1, 1, "write OR or AND"),
        ("left,right", 1, 1, "write OR or AND"),
        ("a, b", 1, 1, "write OR or AND"),
        ("a;b", 1, 1, "write OR or AND"),
        ("evacuat?", 1, 1, "wildcard ?"),
        ("+a", 1, 1, "leading +"),
        ("a && b", 1, 3, "write AND"),
        ("a || b", 1, 3, "write OR"),
        ("!a", 1, 1, "write NOT"),
        ("/ab+/", 1, 1, "regular expressions"),
        ("[a TO b]", 1, 1, "ranges"),
        ("a^2", 1, 1, "weight"),
        ("wom?n", 1, 1, "wildcard ?"),
        ("ev*n", 1, 1, "inside a word"),
        ("*son", 1, 1, "leading *"),
        ("a *", 1, 3, "match everything"),
        ("raqa~", 1, 5, "only behind a phrase"),
        ("10:30", 1, 3, "quote the words"),
        ("titel:a", 1, 1, "Did you mean title:?"),
        ("http://a", 1, 1, "there is no field http"),
        ("lang:french", 1, 6, "a code of two or three letters"),
        ("lang:place:Paris", 1, 12, "a code of two or three letters"),
        ("a NEAR b", 1, 3, "NEAR/5"),
        ("a NEAR/2 b NEAR/2 c", 1, 12, "found 'NEAR/2'"),
        ("a NEAR/2 (b c)", 1, 3, "between two terms"),
        ("title:text:a", 1, 12, "cannot be in title: too"),
        ("source:place:X", 1, 14, "name of an outlet"),
        ("place:Raq*", 1, 7, "takes a name"),
        ("place:concept:x", 1, 15, "takes a name"),
        ("(" * 51 + "a" + ")" * 51, 1, 51, "more than 50 deep"),
    ],
)
def test_refuses(query: str, line: int, column: int, words: str) -> None:
    with pytest.raises(QueryError) as refused:
        parse(query)
    assert words in refused.value.message
    assert (refused.value.line, refused.value.column) == (line, column)


def test_refuses_a_near_of_very_many() -> None:
    group = f"({' OR '.join(f'w{number}' for number in range(15))})"
    with pytest.raises(QueryError, match="joins 225 pairs"):
        parse(f"{group} NEAR/3 {group}")


def test_parentheses_in_quotes_are_not_nested() -> None:
    assert parse('"' + "(" * 60 + 'a"') == Term("(" * 60 + "a", Style.PHRASE)


def test_leaves_know_where_they_stand() -> None:
    spots = [leaf.at for leaf in leaves(parse("a\n  place:B 'c'")) if not isinstance(leaf, Near)]
    assert [(spot.line, spot.column) for spot in spots] == [(1, 1), (2, 9), (2, 11)]


WHERE = st.sampled_from([None, Field.TITLE, Field.TEXT, Source.SOURCE])
TEXTS = st.sampled_from([None, Field.TITLE, Field.TEXT])
TERMS = st.one_of(
    st.builds(Term, st.sampled_from(["a", "SDF", "evacuat*", "Sana'a", "U.S."]), st.just(Style.BARE), WHERE),
    st.builds(Term, st.sampled_from(["a b", "x", "let* go"]), st.just(Style.PHRASE), WHERE, st.sampled_from([None, 3])),
    st.builds(Term, st.sampled_from(["SDF", "a, B"]), st.just(Style.EXACT), WHERE),
)
SIMPLE = st.one_of(
    TERMS,
    st.builds(PlaceRef, st.sampled_from(["Raqqa", "Paris, TX", "geonames/1"]), TEXTS),
    st.builds(ConceptRef, st.sampled_from(["evacuation", "aid-access"]), TEXTS),
)
NODES: st.SearchStrategy[Node] = st.recursive(
    st.one_of(SIMPLE, st.builds(Near, SIMPLE, SIMPLE, st.integers(0, 20))),
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=4).map(lambda parts: joined(And, parts)),
        st.lists(inner, min_size=2, max_size=4).map(lambda parts: joined(Or, parts)),
        inner.map(negated),
    ),
    max_leaves=12,
)


@settings(deadline=None)
@given(NODES)
def test_the_printed_form_parses_to_the_same_query(node: Node) -> None:
    assert parse(str(node)) == node


@pytest.mark.parametrize("query", ["AT&T", "U.S.", "10,000", "C++", '"not in"', "'Or'"])
def test_marks_that_belong_to_a_name_are_no_operators(query: str) -> None:
    assert isinstance(parse(query), Term)
