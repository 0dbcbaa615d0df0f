import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.places import spelling
from monitor.core.places.mentions import Names
from monitor.core.places.places import Gazetteer, Toponym, locate
from monitor.core.places.tokens import Tokens
from tests.core.gazetteer import SmallGazetteer

RAQQA, DEIR_EZZOR, ALEPPO, SYRIA = 172955, 170794, 170063, 163843


def places(text: str, gazetteer: Gazetteer, *, home: str | None = None) -> dict[str, int]:
    """GeoNames ids by the wording that names them."""
    return {found.text: found.place.geonames_id for found in located(text, gazetteer, home=home)}


def located(text: str, gazetteer: Gazetteer, *, home: str | None = None) -> tuple[Toponym, ...]:
    return locate("", text, gazetteer, home=gazetteer.resolve(home)[0] if home else None)[1]


@pytest.mark.parametrize(
    ("text", "wording", "geonames_id"),
    [
        ("Civilians fled Raqa on Tuesday.", "Raqa", RAQQA),
        ("Civilians fled al-Raqqa on Tuesday.", "al-Raqqa", RAQQA),
        ("Civilians fled Ar-Raqqah on Tuesday.", "Ar-Raqqah", RAQQA),
        ("Shells fell on Deir Ezzor overnight.", "Deir Ezzor", DEIR_EZZOR),
        ("Shells fell on Deir al-Zor overnight.", "Deir al-Zor", DEIR_EZZOR),
        ("Planes bombed Khan Sheikhoun at dawn.", "Khan Sheikhoun", 168325),
        ("The road to Qamishli is open.", "Qamishli", 173377),
        ("The road to Al-Bab is open.", "Al-Bab", 174018),
        ("Sirens wailed in Kiev again.", "Kiev", 703448),
        ("Sirens wailed in Kyiv again.", "Kyiv", 703448),
        ("Buses reached Idleb in the evening.", "Idleb", 169389),
        ("Les habitants ont fui vers Homs.", "Homs", 169577),
        ("Tausende flohen aus Rakka.", "Rakka", RAQQA),
        ("Çatışmalar Rakka'da sürüyor.", "Rakka", RAQQA),
        ("Жители покинули Ракку в среду.", "Ракку", RAQQA),
        ("Бои идут под Москвой.", "Москвой", 524901),
        ("Автобусы идут в Дейр-эз-Зор.", "Дейр-эз-Зор", DEIR_EZZOR),
        ("استهدف القصف الرقة ليلا.", "الرقة", RAQQA),
        ("القصف على حلب ودير الزور مستمر.", "دير الزور", DEIR_EZZOR),
        ("来自北京的消息", "北京", 1816670),
        ("The guns fell silent in Tal Afar.", "Tal Afar", 90393),
        ("The convoy reached Hawija.", "Hawija", 390188),
    ],
)
def test_any_spelling_finds_its_place(gazetteer: Gazetteer, text: str, wording: str, geonames_id: int) -> None:
    assert places(text, gazetteer) == places(text, gazetteer) | {wording: geonames_id}


@pytest.mark.parametrize(
    "text",
    [
        "Jordan Pickford saved a penalty.",
        "Mr Paris left early.",
        "Paris Hilton opened a shop.",
        "The firm hired Sarah London and Jack Paris.",
        "“It was dark,” recalled Jordan, 34, a nurse.",
        "The ambassador left before noon.",
        "An atlas of rights and mobile phones was nice reading.",
        "The Bengals won their opening game.",
        "He read it in the Washington Post and the Boston Globe.",
        "They live on Dallas Street.",
        "We met in May and again in August.",
        "It is for us to say. In or out? As ever, OK.",
        "WE ASK FOR MORE HELP, SAY NURSES",
        "Georgetown beat Villanova 71-64 on Saturday.",
        "St. Patrick's Day was wet.",
        "Sinjaar is calm.",
        "Then Carlisle said he was sorry.",
        "Judge Ellen Trapani spoke for an hour about the case. Trapani smiled.",
        "Mary Lincoln spoke. Then Lincoln left.",
        "Strong Winds Close Alloa School Until Friday",
        "St. Paul's Cathedral reopened.",
        "Later Charlotte laughed and left.",
        "In the end Garcia won.",
        "قال السلام عليكم في البيت.",
        "نزل بسوق كبير.",
        "Иванов сказал это в пятницу.",
        "Am Ende kam er.",
    ],
)
def test_what_only_looks_like_a_place_is_none(gazetteer: Gazetteer, text: str) -> None:
    assert places(text, gazetteer) == {}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The deal was signed in Paris, Texas, on Monday.", {"Paris": 4717560, "Texas": 4736286}),
        ("The deal was signed in Paris on Monday.", {"Paris": 2988507}),
        ("LONDON, Ont. (CP) - Crews came.", {"LONDON": 6058560, "Ont.": 6093943}),
        ("Dock workers in Georgetown, Guyana, walked out.", {"Georgetown": 3378644, "Guyana": 3378535}),
        ("They drove from Columbia, S.C., to Columbia.", {"Columbia": 4575352, "S.C.": 4597040}),
        ("He lives in Columbia (Missouri).", {"Columbia": 4381982, "Missouri": 4398678}),
    ],
)
def test_a_qualifier_says_which_place(gazetteer: Gazetteer, text: str, expected: dict[str, int]) -> None:
    assert places(text, gazetteer) == expected


def test_a_county_lies_in_its_state_and_the_article_says_in_which(gazetteer: Gazetteer) -> None:
    text = "Deputies in Madison County, Kentucky, found the car. Madison County is closed. Laurel County is open."
    found = [place for place in located(text, gazetteer) if place.place.kind == "county"]
    assert [(place.text, place.place.region) for place in found] == [
        ("Madison County", "Kentucky"), ("Madison County", "Kentucky"), ("Laurel County", "Kentucky"),
    ]  # fmt: skip
    assert places("In Montgomery County the river rose.", gazetteer).keys() == {"Montgomery County"}  # not the town
    assert places("A county fair was held.", gazetteer) == {}


def test_a_name_means_one_place_in_an_article(gazetteer: Gazetteer) -> None:
    found = located("A crash closed the road in Troy, Michigan. Police in Troy asked for witnesses.", gazetteer)
    assert [f.place.geonames_id for f in found if f.text == "Troy"] == [5012639, 5012639]


def test_a_title_and_its_text_are_read_together(gazetteer: Gazetteer) -> None:
    in_title, in_text = locate("Crash near Troy", "The road in Troy, Michigan, is closed.", gazetteer)
    assert [found.place.geonames_id for found in in_title] == [5012639]
    assert [found.text for found in in_text] == ["Troy", "Michigan"]


def test_the_regions_that_an_article_names_vote(gazetteer: Gazetteer) -> None:
    text = "TROY, N.C. (AP) -- A sawmill burned on Monday, and smoke was seen as far as Greensboro."
    assert places(text, gazetteer) == {"TROY": 4495714, "N.C.": 4482348, "Greensboro": 4469146}


def test_the_outlets_home_votes(gazetteer: Gazetteer) -> None:
    text = "Police in Dublin asked for witnesses."
    assert places(text, gazetteer) == {"Dublin": 2964574}
    assert places(text, gazetteer, home="Ohio") == {"Dublin": 5152333}


def test_a_capital_that_speaks_is_a_government(gazetteer: Gazetteer) -> None:
    text = "Washington said that its envoy would return to Doha once Tehran and Baghdad had answered."
    assert places(text, gazetteer) == {"Washington": 4140963, "Doha": 290030, "Tehran": 112931, "Baghdad": 98182}


def test_close_names_are_not_reached(gazetteer: Gazetteer) -> None:
    assert places("The warehouse fire in Albany was out by Monday.", gazetteer) == {"Albany": 5106834}
    found = located("Professors at Columbia voted on Friday.", gazetteer)
    assert all(f.place.country == "US" for f in found)


def test_headlines_in_title_case_and_capitals(gazetteer: Gazetteer) -> None:
    assert places("Storm Grounds London And Brussels Flights", gazetteer) == {"London": 2643743, "Brussels": 2800866}
    found = places("ST. LOUIS, MO., SHELTERS FULL AS RIVER RISES", gazetteer)
    assert found == {"ST. LOUIS": 4407066, "MO": 4398678}
    found = places("Syrian Troops Enter Raqqa As Civilians Flee", gazetteer)
    assert found == {"Syrian": SYRIA, "Raqqa": RAQQA}


def test_a_word_that_is_ordinary_stays_so_at_the_start_of_a_sentence(gazetteer: Gazetteer) -> None:
    found = located("Nice weather is coming. She lives in Nice, France.", gazetteer)
    assert [(f.text, f.start) for f in found] == [("Nice", 37), ("France", 43)]


def test_institutions_and_adjectives_tell_of_their_place(gazetteer: Gazetteer) -> None:
    text = "The Raqqa Civil Council met Russian officers; a Raqqa-born doctor and Aleppo's mayor came too."
    assert [f.place.geonames_id for f in located(text, gazetteer)] == [RAQQA, 2017370, RAQQA, ALEPPO]


def test_spans_scores_and_reasons(gazetteer: Gazetteer) -> None:
    text = "🎉 Residents of Raqqa, and of Syria’s north, waited; US and U.S. planes came."
    found = located(text, gazetteer)
    assert [f.text for f in found] == ["Raqqa", "Syria", "US", "U.S."]
    assert all(text[f.start : f.end] == f.text and 0.5 < f.score <= 1 and f.why for f in found)


@pytest.mark.parametrize(
    ("less", "more"),
    [
        ("It is for Marib.", "It is for Marib's envoy."),
        ("Aleppo waited.", "They waited in Aleppo."),
        ("They waited for Hawija.", "They waited for Hawija in Iraq."),
    ],
)
def test_hints_add_up(gazetteer: Gazetteer, less: str, more: str) -> None:
    scores = [
        max((f.score for f in located(text, gazetteer) if f.place.kind == "city"), default=0) for text in (less, more)
    ]
    assert scores[0] < scores[1]


def test_a_small_town_in_a_script_without_capitals_needs_its_country(gazetteer: Gazetteer) -> None:
    assert places("وصلوا كفر نبل.", gazetteer) == {}
    assert places("وصلوا إلى كفر نبل في سوريا.", gazetteer) == {"كفر نبل": 168661, "سوريا": SYRIA}


def test_us_in_capitals_all_around_is_uncertain(gazetteer: Gazetteer) -> None:
    assert places("COME WITH US SAYS MAYOR OF TOWN", gazetteer) == {}


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="Raqqa Paris, Texas. al-SyriaMr\n\"'’éЖق北 ", max_size=80), st.text(max_size=40))
def test_every_span_is_a_slice_in_order(title: str, text: str) -> None:
    for field, found in zip((title, text), locate(title, text, SmallGazetteer()), strict=True):
        end = 0
        for toponym in found:
            assert end <= toponym.start < toponym.end
            assert field[toponym.start : toponym.end] == toponym.text
            end = toponym.end


def test_a_person_named_in_full_is_the_one_meant_by_the_first_name(gazetteer: Gazetteer) -> None:
    player = (
        "Jordan Halloway scored twice. Jordan worked hard, the manager said. Later Jordan, who is from here, rested."
    )
    assert places(player, gazetteer) == {}
    assert places("Jordan worked hard on the truce. Later Jordan, which borders Syria, rested.", gazetteer).keys() == {
        "Jordan",
        "Syria",
    }
    assert "Jordan" in places("Jordan Halloway played on Monday and landed in Jordan on Friday.", gazetteer)


def test_what_is_remembered_of_names_is_bounded_and_changes_nothing(
    gazetteer: Gazetteer, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = [
        f"Shells fell on {town} and on {other}." for town in ("Raqa", "Homs", "Idleb") for other in ("Aleppo", "X")
    ]
    told = [located(text, gazetteer) for text in texts]
    monkeypatch.setattr("monitor.core.places.mentions.MOST_REMEMBERED", 3)
    names = Names(gazetteer)
    for _ in range(2):
        for text in texts:
            words = Tokens(text)
            found = names.mentions(words, words.begins())
            assert names.remembered <= 6
            assert [mention.key for mention in found] == [spelling.key(one.text) for one in told[texts.index(text)]]
