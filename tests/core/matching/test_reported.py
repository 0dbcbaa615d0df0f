"""Faults that users of other tools reported, on texts of our own: what each watch must find, to the letter."""

from dataclasses import replace

import pytest

from monitor.core.matching.matches import match
from monitor.core.matching.watches import compile_watches
from monitor.model import Watch
from tests.core.reading import article

# Query; text; where it stands in the text.
CASES = {
    "an acronym has no plural and no other language's word": [
        ("ETS", "Le maire et son adjoint ont parlé et voté.", []),
        ("'ETS'", "Le maire et son adjoint ont parlé et voté.", []),
        ("ETS", "Le marché ETS et les quotas: élus et experts débattent.", [(10, 13)]),
        ("'ETS'", "Le marché ETS et les quotas: élus et experts débattent.", [(10, 13)]),
    ],
    "a slash parts words, a hyphen within a phrase does too": [
        ("Andor", "Bring blankets and/or food to the hall.", []),
        ("Andor", "The cast of Andor visited the camp.", [(12, 17)]),
        ('"super bad"', "A super-bad, then superbad, evening.", [(2, 11)]),
    ],
    "the capital İ is one letter": [
        ("istanbul", "Diyarbakır ve İSTANBUL’da iki patlama oldu; Diyarbakir valisi konuştu.", [(14, 22)]),
        ("Diyarbakir", "Diyarbakır ve İSTANBUL’da iki patlama oldu; Diyarbakir valisi konuştu.", [(0, 10), (44, 54)]),
    ],
    "a change of script is a boundary": [
        ("NATO", "岸本外相は29日、NATOの会合でdecision文書に署名した。", [(9, 13)]),
        ("decision", "岸本外相は29日、NATOの会合でdecision文書に署名した。", [(17, 25)]),
        ("NATO", "The NATOnian indecision.", []),
        ("decision", "The NATOnian indecision.", []),
    ],
    "what does not show does not part a word": [
        (
            "Waffenstillstand",
            "Ein Waf\xadfen\xadstill\xadstand ist in Sicht, so die Anfän\u200bgerinnen im Rat.",
            [(4, 23)],
        ),
        (
            "Anfängerinnen",
            "Ein Waf\xadfen\xadstill\xadstand ist in Sicht, so die Anfän\u200bgerinnen im Rat.",
            [(45, 59)],
        ),
    ],
    "Arabic with and without its marks": [
        (
            "إدلب",
            "قصف على ادلب ليلا، ثم عادت الحركة إلى إِدْلِب وإلى أحياء إدلـــب الشرقية.",
            [(8, 12), (38, 45), (57, 64)],
        ),
    ],
    "signs that are several letters": [
        ("ceasefire", "At ½ strength and 20℃, the ceaseﬁre held; ＮＡＴＯ staff left at dawn.", [(27, 35)]),
        ("NATO", "At ½ strength and 20℃, the ceaseﬁre held; ＮＡＴＯ staff left at dawn.", [(42, 46)]),
        ("dawn", "At ½ strength and 20℃, the ceaseﬁre held; ＮＡＴＯ staff left at dawn.", [(61, 65)]),
    ],
    "a word is itself, a stem its forms": [
        ("эвакуаци*", "Эвакуация жителей началась утром.", [(0, 9)]),
        (
            "эвакуаци*",
            "О ходе эвакуации сообщил штаб; отменить эвакуацию нельзя, реэвакуация не планируется.",
            [(7, 16), (40, 49)],
        ),
        ("эвакуация", "О ходе эвакуации сообщил штаб; отменить эвакуацию нельзя, реэвакуация не планируется.", []),
    ],
}


@pytest.mark.parametrize(
    ("query", "text", "spans"), [case for cases in CASES.values() for case in cases], ids=lambda part: str(part)[:30]
)
def test_a_fault_that_others_have(query: str, text: str, spans: list[tuple[int, int]]) -> None:
    watches = compile_watches([Watch(id="w", query=query)], None, {})
    found = match(replace(article(text), language=None), watches)
    assert [(hit.start, hit.end) for hit in found.hits] == spans
    assert bool(found.watches) is bool(spans)
