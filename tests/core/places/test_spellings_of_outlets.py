"""Places as outlets write them, in their languages, scripts and cases: each through a watch, in a sentence."""

from functools import cache
from pathlib import Path

import yaml

from monitor.core.matching.matches import match
from monitor.core.matching.watches import WatchSet, compile_watches
from monitor.core.places.places import Gazetteer
from monitor.core.places.spelling import key
from monitor.gazetteer import load_gazetteer
from monitor.gazetteer.build import source
from monitor.model import Watch
from tests.core.reading import article

TABLES = Path(__file__).parent / "tables"
RECALL, LATER_RECALL, PRECISION = 0.99, 0.97, 0.99
FRAMES = {  # by the first letter whose script is known
    "\u0400": "Как сообщили местные жители, {} стала целью обстрела.",
    "\u0600": "وقالت مصادر محلية إن القصف وقع في {} صباح اليوم",
    "\u0590": "תושבים מסרו כי {} הופגזה הבוקר",
    "\u4e00": "据当地居民说，{}今天早上遭到炮击。",
    "\u3040": "住民によると、{}で今朝、砲撃があった。",
    "\uac00": "주민들은 {} 에서 포격이 있었다고 말했다.",
    "\u0370": "Κάτοικοι είπαν ότι {} βομβαρδίστηκε το πρωί.",
    "\u0900": "स्थानीय लोगों ने कहा कि {} में गोलाबारी हुई।",
}
LATIN = "Residents said on Monday that {} had come under fire again."


def sentence(spelled: str) -> str:
    for start, frame in FRAMES.items():
        width = 0x5200 if start == "\u4e00" else 0x2C00 if start == "\uac00" else 0x100
        if ord(start) <= ord(spelled[0]) < ord(start) + width:
            return frame.format(spelled)
    return LATIN.format(spelled)


def pairs() -> list[tuple[str, str]]:
    table = yaml.safe_load((TABLES / "spellings.yaml").read_text("utf-8"))
    return [(place, spelled) for place, spellings in table.items() for spelled in dict.fromkeys(map(str, spellings))]


@cache
def gazetteer() -> Gazetteer:
    return load_gazetteer()


@cache
def watches(place: str) -> WatchSet:
    return compile_watches([Watch(id="w", query=f'place:"{place}"')], gazetteer(), {})


def found(place: str, text: str) -> bool:
    return bool(match(article(text), watches(place)).watches)


def test_spellings_are_found() -> None:
    every = pairs()
    missed = [f"{place} {spelled}" for place, spelled in every if not found(place, sentence(spelled))]
    assert len(every) >= 500
    assert len(missed) <= (1 - RECALL) * len(every), missed


def later() -> list[tuple[str, str]]:
    table = yaml.safe_load((TABLES / "spellings_later.yaml").read_text("utf-8"))
    return [(place, spelled) for place, spellings in table.items() for spelled in map(str, spellings)]


def test_spellings_that_no_list_was_made_for() -> None:
    every = later()
    missed = [f"{place} {spelled}" for place, spelled in every if not found(place, sentence(spelled))]
    assert len(missed) <= (1 - LATER_RECALL) * len(every), missed


def friends() -> list[tuple[str, str]]:
    table = yaml.safe_load((TABLES / "false_friends.yaml").read_text("utf-8"))
    return [(place, text) for place, texts in table.items() for text in texts]


def test_false_friends_are_left_alone() -> None:
    every = friends()
    taken = [f"{place}: {text}" for place, text in every if found(place, text)]
    assert len(every) >= 200
    assert len(taken) <= (1 - PRECISION) * len(every), taken


def test_every_listed_town_is_known_in_its_country() -> None:
    towns = yaml.safe_load(source("towns.yaml"))
    atlas = load_gazetteer()
    known = {
        (country, town): {named.place.country for named in atlas.named(key(town))}
        for country, listed in towns.items()
        for town in listed
    }
    assert not [f"{town}, {country}" for (country, town), countries in known.items() if country not in countries]
