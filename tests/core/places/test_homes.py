from monitor.core.places.homes import LearnedHome, learn_homes
from monitor.core.places.places import Gazetteer, regions

OHIO, TEXAS, MAINE = 1, 2, 3


def test_the_region_with_the_most_of_an_outlets_reports_is_its_home() -> None:
    told = [("Ohio News", {OHIO: 1.0})] * 3 + [("Ohio News", {TEXAS: 0.6, OHIO: 0.4}), ("Ohio News", {})]
    assert learn_homes(told) == {"Ohio News": LearnedHome(OHIO, 3.4 / 5, 5)}


def test_an_outlet_of_few_reports_or_of_the_whole_world_has_none() -> None:
    few = [("Few", {OHIO: 1.0})] * 4
    everywhere = [("World", {region: 1.0}) for region in range(5)]
    assert learn_homes(few + everywhere) == {}
    assert learn_homes([]) == {}


def test_each_report_counts_once_however_much_it_names() -> None:
    told = [("Paper", {TEXAS: 0.5, MAINE: 0.5})] * 4 + [("Paper", {OHIO: 1.0})]
    assert learn_homes(told)["Paper"].region in {TEXAS, MAINE}


def test_what_a_report_surely_names_is_told_by_region(gazetteer: Gazetteer) -> None:
    texas, louisiana = 4736286, 4331987
    told = regions("", "Police in Paris, Texas, and in Alexandria, Louisiana, met. Paris was quiet.", gazetteer)
    assert set(told) == {texas, louisiana}
    assert abs(sum(told.values()) - 1) < 1e-9
    assert regions("", "Nothing happened in Alexandria.", gazetteer).get(louisiana) is None
    assert regions("", "Nothing happened.", gazetteer) == {}
