"""An article against watches: who is satisfied, by what evidence, and what record goes where."""

import re
from collections.abc import Iterator
from dataclasses import replace
from zlib import crc32

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.matching.matches import MOST_HITS, match, split
from monitor.core.matching.query import And, Near, Node, Not, Or, Style, Term, joined, negated
from monitor.core.matching.watches import compile_watches
from monitor.model import Field, Hit, Watch
from tests.core.gazetteer import SmallGazetteer
from tests.core.reading import CONCEPTS, article, hits


def test_and_or_not() -> None:
    assert hits("raqqa AND siege", "Raqqa under siege") == ["Raqqa", "siege"]
    assert hits("raqqa AND siege", "Raqqa") is None
    assert hits("raqqa OR siege", "a siege") == ["siege"]
    assert hits("raqqa NOT siege", "Raqqa") == ["Raqqa"]
    assert hits("raqqa NOT siege", "Raqqa siege") is None
    assert hits("NOT siege", "Raqqa") == []
    assert hits("NOT (NOT raqqa OR siege)", "Raqqa") == ["Raqqa"]


def test_only_what_made_it_true_is_evidence() -> None:
    assert hits("(raqqa AND siege) OR market OR idlib", "Raqqa and its market, and Idlib") == ["market", "Idlib"]


def test_fields() -> None:
    assert hits("raqqa", "Raqqa", "Raqqa") == ["Raqqa", "Raqqa"]
    assert hits("title:raqqa", "Raqqa", "News") is None
    assert hits("text:raqqa", "Raqqa", "Raqqa today") == ["Raqqa"]
    assert hits("source:times raqqa", "Raqqa", source="The Times") == ["Raqqa"]
    assert hits("source:times raqqa", "Raqqa times", source="The Post") is None
    assert hits("times", "x", source="The Times") is None
    assert hits('source:"the times"', "x", source="The Times") == []
    assert hits("title:place:Raqqa", "He left Raqqa.", "News") is None


def test_places_by_any_name_and_by_what_is_around_them() -> None:
    text = "Civilians left Raqa on Monday."
    assert hits("place:Raqqa", text) == ["Raqa"]
    assert hits("place:Syria", text) == ["Raqa"]
    assert hits("place:Idlib", text) is None
    assert hits("concept:evacuation NOT place:Idlib", f"{text} Safe passage was given.") == ["Safe passage"]


def test_concepts_by_any_wording() -> None:
    assert hits("concept:evacuation", "They let the last of them leave") == ["let the last of them leave"]
    assert hits("concept:evacuation", "Safe passage for evacuated people") == ["Safe passage", "evacuated"]
    assert hits("concept:siege", "safe passage") is None


def test_near() -> None:
    text = "The siege of the old town of Raqqa. Far from there, in the south, nobody heard of a siege."
    assert hits("siege NEAR/6 place:Raqqa", text) == ["siege", "Raqqa"]
    assert hits("raqqa NEAR/6 siege", text) == ["siege", "Raqqa"]
    assert hits("siege NEAR/2 raqqa", text) is None
    assert hits("siege NEAR/2 (raqqa OR town)", text) is None
    assert hits("siege NEAR/3 (raqqa OR town)", text) == ["siege", "town"]
    assert hits("siege NEAR/9 raqqa", "a siege", "Raqqa") is None
    assert hits("siege NEAR/0 siege", "a siege siege") == ["siege", "siege"]
    assert hits("siege NEAR/5 siege", "a siege") is None


def test_what_one_watch_asks_in_vain_misleads_no_other() -> None:
    near = "raqqa AND ((zebra NEAR/2 checkpoint) OR (oud NEAR/2 checkpoint))"
    queries = [near, "raqqa NOT zebra", near]
    watches = [Watch(id=str(number), query=query) for number, query in enumerate(queries)]
    found = match(article("Raqqa and its checkpoint"), compile_watches(watches, None, {}))
    assert [one.watch for one in found.watches] == ["1"]


def test_what_says_the_part_of_the_query() -> None:
    query = "place:Raqqa AND (concept:evacuation OR 'SDF') AND title:Buses AND evacuat*"
    watches = compile_watches([Watch(id="w", query=query)], SmallGazetteer(), CONCEPTS)
    found = match(article("The SDF evacuated people.", "Buses leave Raqa"), watches)
    assert [(hit.what, hit.field, hit.start, hit.end) for hit in found.hits] == [
        ("title:Buses", Field.TITLE, 0, 5),
        ("place:Raqqa", Field.TITLE, 12, 16),
        ("'SDF'", Field.TEXT, 4, 7),
        ("concept:evacuation", Field.TEXT, 8, 17),
        ("evacuat*", Field.TEXT, 8, 17),
    ]


def test_watches_share_hits_and_keep_their_order() -> None:
    watches = [Watch(id=name, query=query) for name, query in [("z", "raqqa siege"), ("a", "raqqa"), ("m", "idlib")]]
    found = match(article("Raqqa siege"), compile_watches(watches, None, {}))
    assert (found.count, found.ids) == (2, ["z", "a"])
    assert [(one.watch, one.hits) for one in found.watches] == [("z", (0, 1)), ("a", (0,))]
    assert [hit.text for hit in found.hits] == ["Raqqa", "siege"]


def test_of_many_hits_the_first_of_each_part_is_kept() -> None:
    found = hits("raqqa AND siege", "Raqqa " * 80 + "siege")
    assert found is not None
    assert len(found) == MOST_HITS
    assert found[-1] == "siege"


def test_watches_without_articles_and_articles_without_words() -> None:
    nothing = match(article("Raqqa"), compile_watches([], None, {}))
    assert (nothing.ids, nothing.watches, nothing.hits) == ([], (), ())
    everything = compile_watches([Watch(id="w", query="NOT a", allow_all=True)], None, {})
    assert [one.watch for one in match(article("", "…"), everything).watches] == ["w"]


def owner(watch: str, partitions: int) -> int:
    return crc32(watch.encode()) % partitions


def test_each_partition_gets_its_watches_with_their_hits() -> None:
    watches = [Watch(id=f"w{number}", query=f"word{number % 5} OR none") for number in range(20)]
    read = article("word4 word3 word2 word1 word0")
    matched = match(read, compile_watches(watches, None, {}))
    records = split(read, matched, 7, owner)
    assert list(records) == sorted({owner(watch.id, 7) for watch in watches})
    for number, record in records.items():
        assert record.article is read
        assert {owner(found.watch, 7) for found in record.watches} == {number}
        for found in record.watches:
            whole = next(one for one in matched.watches if one.watch == found.watch)
            assert [record.hits[i] for i in found.hits] == [matched.hits[i] for i in whole.hits]
        assert {i for found in record.watches for i in found.hits} == set(range(len(record.hits)))
    assert sum(len(record.watches) for record in records.values()) == 20


def test_an_edit_goes_to_every_partition() -> None:
    watches = compile_watches([Watch(id="w", query="raqqa")], None, {})
    for text, owners in [("Raqqa", {owner("w", 3)}), ("Idlib", set())]:
        edit = article(text, edited=True)
        records = split(edit, match(edit, watches), 3, owner)
        assert list(records) == [0, 1, 2]
        assert {number for number, record in records.items() if record.watches} == owners
    assert split(article("Idlib"), match(article("Idlib"), watches), 3, owner) == {}


def test_a_notice_reaches_every_partition_whatever_it_says() -> None:
    watches = compile_watches([Watch(id="w", query="raqqa")], None, {})
    notice = article("The report on the deal is withdrawn.", title="KILL: Fighters leave the city")
    assert list(split(notice, match(notice, watches), 3, owner)) == [0, 1, 2]
    named = replace(article("It was not so."), corrects="https://news.example/deal")
    assert list(split(named, match(named, watches), 3, owner)) == [0, 1, 2]


# Words that overlap, and capitals, so that boundaries, prefixes and case matter.
VOCABULARY = ("raq", "raqqa", "qa", "is", "IS", "siege", "sieges", "a")
WORDS = st.sampled_from(VOCABULARY)
WHERE = st.sampled_from([None, Field.TITLE, Field.TEXT])
TERMS = st.one_of(
    st.builds(Term, WORDS, st.just(Style.BARE), WHERE),
    st.builds(Term, WORDS.map(lambda word: f"{word}*"), st.just(Style.BARE), WHERE),
    st.builds(Term, WORDS, st.just(Style.EXACT), WHERE),
    st.builds(Term, st.lists(WORDS, min_size=1, max_size=3).map(" ".join), st.just(Style.PHRASE), WHERE),
    st.builds(
        Term, st.lists(WORDS, min_size=2, max_size=3).map(" ".join), st.just(Style.PHRASE), WHERE, st.integers(0, 3)
    ),
)
NODES: st.SearchStrategy[Node] = st.recursive(
    st.one_of(TERMS, st.builds(Near, TERMS, TERMS, st.integers(0, 3))),
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: joined(And, parts)),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: joined(Or, parts)),
        inner.map(negated),
    ),
    max_leaves=6,
)
LINES = st.lists(st.tuples(WORDS, st.sampled_from([" ", "-", ", ", "/"])), max_size=12).map(
    lambda pairs: "".join(word + gap for word, gap in pairs)
)


@settings(deadline=None)
@given(st.lists(NODES, min_size=1, max_size=5), LINES, LINES)
def test_the_answers_are_those_of_reading_every_watch(nodes: list[Node], title: str, text: str) -> None:
    watches = [Watch(id=str(number), query=str(node), allow_all=True) for number, node in enumerate(nodes)]
    found = match(article(text, title), compile_watches(watches, None, {}))
    assert [one.watch for one in found.watches] == [
        str(number) for number, node in enumerate(nodes) if naive(node, title, text)
    ]


def naive(node: Node, title: str, text: str) -> bool:
    if isinstance(node, And):
        return all(naive(part, title, text) for part in node.parts)
    if isinstance(node, Or):
        return any(naive(part, title, text) for part in node.parts)
    if isinstance(node, Not):
        return not naive(node.part, title, text)
    fields = {Field.TITLE: title, Field.TEXT: text}
    if isinstance(node, Near):
        return any(naive_near(node, where, field) for where, field in fields.items())
    assert isinstance(node, Term)
    return any(True for where, field in fields.items() for _ in naive_term(node, where, field))


def naive_near(node: Near, where: Field, text: str) -> bool:
    assert isinstance(node.left, Term)
    assert isinstance(node.right, Term)
    return any(
        0 <= later[0] - earlier[1] - 1 <= node.words
        for left in naive_term(node.left, where, text)
        for right in naive_term(node.right, where, text)
        for earlier, later in [sorted((left, right))]
    )


def naive_term(term: Term, where: Field, text: str) -> Iterator[tuple[int, int]]:
    """First and last word of each run of words that holds the term's in their order and has nothing to spare."""
    if term.where not in (None, where):
        return
    words = re.findall(r"\w+", text)
    gaps = re.findall(r"\W+", text)
    wanted = term.text.split()
    for first in range(len(words)):
        for last in range(first + len(wanted) - 1, min(first + len(wanted) + (term.slop or 0), len(words))):
            if naive_run(term, wanted, words, first, last) and (
                term.slop or all(gap in " -" for gap in gaps[first:last])
            ):
                yield first, last
                break


def naive_run(term: Term, wanted: list[str], words: list[str], first: int, last: int) -> bool:
    if not term.slop:
        return all(map(lambda want, have: naive_word(term, want, have, words), wanted, words[first : last + 1]))
    rest = iter(words[first + 1 : last])
    return (
        naive_word(term, wanted[0], words[first], words)
        and all(any(naive_word(term, want, have, words) for have in rest) for want in wanted[1:-1])
        and naive_word(term, wanted[-1], words[last], words)
    )


def naive_word(term: Term, want: str, have: str, words: list[str]) -> bool:
    if term.style is Style.EXACT:
        return want == have
    stem = want.removesuffix("*")
    if term.style is Style.BARE and re.fullmatch("[A-Z]{2,6}", stem):
        shouted = len(words) > 1 and all(word.isupper() for word in words)
        return not shouted and (have.startswith(stem) if want != stem else have == stem)
    folded = have.lower()
    return folded.startswith(stem.lower()) if want != stem else folded == stem.lower()


ETS_IN_FRENCH = "Le marché ETS et les quotas: élus et experts débattent."
BLASTS = "Diyarbakır ve İSTANBUL’da iki patlama oldu; Diyarbakir valisi konuştu."
TREATY = "岸本外相は29日、NATOの会合でdecision文書に署名した。"
TRUCE = "Ein Waf\u00adfen\u00adstill\u00adstand ist in Sicht, so die Anfän\u200bgerinnen im Rat."
SHELLING = "قصف على ادلب ليلا، ثم عادت الحركة إلى إِدْلِب وإلى أحياء إدلـــب الشرقية."
DAWN = "At ½ strength and 20℃, the ceaseﬁre held; ＮＡＴＯ staff left at dawn."
EVACUATION = "О ходе эвакуации сообщил штаб; отменить эвакуацию нельзя, реэвакуация не планируется."


@pytest.mark.parametrize(
    ("query", "title", "text", "spans"),
    [
        ("ETS", "Budget", "Le maire et son adjoint ont parlé et voté.", []),
        ("'ETS'", "Budget", "Le maire et son adjoint ont parlé et voté.", []),
        ("ETS", "Climat", ETS_IN_FRENCH, [("text", 10, 13)]),
        ("'ETS'", "Climat", ETS_IN_FRENCH, [("text", 10, 13)]),
        ("Andor", "Donations", "Bring blankets and/or food to the hall.", []),
        ("Andor", "Series", "The cast of Andor visited the camp.", [("text", 12, 17)]),
        ('"super bad"', "Review", "A super-bad, then superbad, evening.", [("text", 2, 11)]),
        ("istanbul", "İSTANBUL’DA PATLAMA", BLASTS, [("title", 0, 8), ("text", 14, 22)]),
        ("Diyarbakir", "İSTANBUL’DA PATLAMA", BLASTS, [("text", 0, 10), ("text", 44, 54)]),
        ("NATO", "外交", TREATY, [("text", 9, 13)]),
        ("decision", "外交", TREATY, [("text", 17, 25)]),
        ("NATO OR decision", "Words", "The NATOnian indecision.", []),
        ("Waffenstillstand", "Waf\u00adfen\u00adruhe", TRUCE, [("text", 4, 23)]),
        ("Anfängerinnen", "Waf\u00adfen\u00adruhe", TRUCE, [("text", 45, 59)]),
        ("إدلب", "سوريا", SHELLING, [("text", 8, 12), ("text", 38, 45), ("text", 57, 64)]),
        ("ceasefire", "Note", DAWN, [("text", 27, 35)]),
        ("NATO", "Note", DAWN, [("text", 42, 46)]),
        ("dawn", "Note", DAWN, [("text", 61, 65)]),
        ("эвакуаци*", "Херсон", "Эвакуация жителей началась утром.", [("text", 0, 9)]),
        ("эвакуаци*", "Херсон", EVACUATION, [("text", 7, 16), ("text", 40, 49)]),
        ("эвакуация", "Херсон", "Эвакуация жителей началась утром.", [("text", 0, 9)]),
        ("эвакуация", "Херсон", EVACUATION, []),
    ],
)
def test_reported_case(query: str, title: str, text: str, spans: list[tuple[str, int, int]]) -> None:
    watches = compile_watches([Watch(id="w", query=query)], None, {})
    assert [place(hit) for hit in match(article(text, title), watches).hits] == spans


def place(hit: Hit) -> tuple[str, int, int]:
    return hit.field.value, hit.start, hit.end
