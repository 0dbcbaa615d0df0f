import multiprocessing
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from monitor.core.places.atlas import How
from monitor.core.places.places import locate
from monitor.errors import InputError
from monitor.gazetteer import MANIFEST, load_gazetteer
from monitor.gazetteer.atlas import Atlas
from tests.five_towns import use_five_towns


@dataclass(frozen=True)
class Own:
    name: str
    geonames_id: int | None = None
    spellings: tuple[str, ...] = ()
    not_in: tuple[str, ...] = ()
    country: str | None = None
    lat: float | None = None
    lon: float | None = None


def ids(gazetteer: Atlas, name: str) -> list[int]:
    return [place.geonames_id for place in gazetteer.resolve(name)]


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("Raqqa", 172955),
        ("raqa", 172955),
        ("الرقة", 172955),
        ("Ракка", 172955),
        ("Paris", 2988507),
        ("Paris, TX", 4717560),
        ("Paris, Texas", 4717560),
        ("Paris, Texas, USA", 4717560),
        ("Paris, France", 2988507),
        ("geonames/4717560", 4717560),
        ("Syria", 163843),
        ("Syrie", 163843),
        ("سوريا", 163843),
        ("Texas", 4736286),
        ("Washington", 4140963),
        ("Washington, D.C.", 4140963),
        ("Georgia", 614540),
        ("Sana'a", 71137),
        ("UK", 2635167),
    ],
)
def test_what_a_query_means(gazetteer: Atlas, name: str, first: int) -> None:
    assert ids(gazetteer, name)[0] == first


@pytest.mark.parametrize(
    "name",
    ["Xyzzyville", "", ",", "Paris, Syria", "geonames/0", "geonames/x", f"geonames/{2**40}", "Syrian", "Bengals"],
)
def test_what_is_unknown_means_nothing(gazetteer: Atlas, name: str) -> None:
    assert ids(gazetteer, name) == []


def test_several_places_of_a_name_come_best_first(gazetteer: Atlas) -> None:
    people = [place.population for place in gazetteer.resolve("Springfield")]
    assert len(people) > 20
    assert people[0] == max(people)


def around(gazetteer: Atlas, geonames_id: int) -> tuple[int, ...] | None:
    place = gazetteer.by_id(geonames_id)
    return place.within if place else None


def test_a_place_knows_what_lies_around_it(gazetteer: Atlas) -> None:
    assert around(gazetteer, 4717560) == (4736286, 6252001)  # Paris, Texas, United States
    assert around(gazetteer, 172955) == (163843,)
    assert around(gazetteer, 4736286) == (6252001,)
    assert around(gazetteer, 163843) == ()
    (paris,) = gazetteer.resolve("Paris, Texas")
    assert (paris.country, paris.region, paris.kind) == ("US", "Texas", "city")
    assert (round(paris.lat, 2), round(paris.lon, 2)) == (33.66, -95.56)


def test_the_nearest_names(gazetteer: Atlas) -> None:
    assert "Washington" in gazetteer.nearest("Washingtn")
    assert "Syria" in gazetteer.nearest("Syra")
    assert gazetteer.nearest("qqqqqqq") == []


def test_places_without_a_figure_are_kept(gazetteer: Atlas) -> None:
    assert [place.population for place in gazetteer.resolve("Hawija")] == [0]


def test_own_places_spellings_and_exclusions() -> None:
    own = (
        Own("Camp Roj", lat=36.8, lon=42.1, country="SY", spellings=("Roj camp",)),
        Own("Raqqa", spellings=("Racca",), not_in=("Raqqa Records",)),
        Own("Halfway House", geonames_id=9_000_001, lat=1.0, lon=2.0),
        Own("Caliph City", geonames_id=172955),
    )
    gazetteer = load_gazetteer(own=own)
    (camp,) = gazetteer.resolve("Roj camp")
    assert camp.geonames_id < 0
    assert (camp.name, camp.country, camp.lat, camp.lon) == ("Camp Roj", "SY", 36.8, 42.1)
    assert camp.within == (163843,)
    assert gazetteer.resolve(f"geonames/{camp.geonames_id}") == [camp]
    assert ids(gazetteer, "Racca")[0] == 172955
    assert ids(gazetteer, "Halfway House")[0] == 9_000_001
    assert ids(gazetteer, "Caliph City") == [172955]
    _, found = locate("", "She left Camp Roj for Racca. A song by Raqqa Records played.", gazetteer)
    assert [(f.text, f.place.geonames_id) for f in found] == [("Camp Roj", camp.geonames_id), ("Racca", 172955)]
    assert gazetteer.nearest("Camp Rojj") == ["Camp Roj"]


def test_a_name_that_a_user_adds_to_a_known_place_counts_as_the_users_own() -> None:
    gazetteer = load_gazetteer(own=(Own("Reading", country="GB"),))
    assert gazetteer.named("reading")[0].how is How.OWN
    assert [found.text for found in locate("", "Reading and other towns were flooded.", gazetteer)[1]] == ["Reading"]


def test_the_home_of_an_outlet_decides_between_places_of_a_name() -> None:
    gazetteer = load_gazetteer(homes={"Town Talk": "Louisiana"})
    home = gazetteer.home("TOWN TALK")
    assert home is not None
    assert gazetteer.home("Other Paper") is None
    told = [locate("", "A fire broke out in Alexandria.", gazetteer, home=at)[1][0].place for at in (home, None)]
    assert [(place.region == "Louisiana", place.country) for place in told] == [(True, "US"), (False, "EG")]


def test_a_home_that_is_no_place_is_refused_with_the_nearest() -> None:
    with pytest.raises(InputError, match="the home of 'Town Talk': no place is called 'Louisiaan'; did you mean Loui"):
        load_gazetteer(homes={"Town Talk": "Louisiaan"})


def test_an_own_place_keeps_its_id_from_load_to_load() -> None:
    own = (Own("Camp Roj", lat=36.8, lon=42.1),)
    assert load_gazetteer(own=own).resolve("Camp Roj") == load_gazetteer(own=own).resolve("Camp Roj")


@pytest.mark.parametrize(
    "own", [Own("Xyzzyville"), Own("Xyzzyville", geonames_id=9_000_001), Own("Paris", country="SY")]
)
def test_an_own_place_that_is_nowhere_is_refused(own: Own) -> None:
    with pytest.raises(InputError, match=r"not in the gazetteer: give it lat and lon"):
        load_gazetteer(own=(own,))


@pytest.fixture
def copied(gazetteer: Atlas, tmp_path: Path) -> Iterator[Path]:
    """A cache folder of one's own to break, with the files of the shared one."""
    shared = gazetteer.folder
    shutil.copytree(shared, tmp_path / shared.name)
    yield tmp_path / shared.name
    shutil.rmtree(tmp_path / shared.name, ignore_errors=True)


def test_a_whole_cache_is_not_built_again(copied: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.gazetteer.build", _must_not_run)
    assert ids(load_gazetteer(copied.parent), "Raqqa")[0] == 172955


def _must_not_run(*_: object) -> None:
    raise AssertionError("built again")


@pytest.mark.parametrize("fault", ["cut", "missing", "no manifest", "bad manifest", "a file"])
def test_a_broken_cache_is_built_again(
    copied: Path, gazetteer: Atlas, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if fault == "cut":
        (copied / "keys.trie").write_bytes((copied / "keys.trie").read_bytes()[:1000])
    elif fault == "missing":
        (copied / "places.npy").unlink()
    elif fault == "no manifest":
        (copied / MANIFEST).unlink()
    elif fault == "bad manifest":
        (copied / MANIFEST).write_text("[1]")
    else:
        shutil.rmtree(copied)
        copied.write_text("no folder")
    monkeypatch.setattr("monitor.gazetteer.build", lambda _source, made, _towns: _copy(gazetteer.folder, made))
    assert ids(load_gazetteer(copied.parent), "Raqqa")[0] == 172955
    assert [path.name for path in copied.parent.iterdir()] == [copied.name]


def _copy(folder: Path, made: Path) -> None:
    for path in folder.iterdir():
        if path.name != MANIFEST:
            shutil.copy(path, made)


def test_who_comes_second_uses_what_the_first_built(
    gazetteer: Atlas, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def build_while_another_does(_source: Path, made: Path, _towns: object) -> None:
        _copy(gazetteer.folder, made)
        shutil.copytree(gazetteer.folder, tmp_path / gazetteer.folder.name)

    monkeypatch.setattr("monitor.gazetteer.build", build_while_another_does)
    assert ids(load_gazetteer(tmp_path), "Raqqa")[0] == 172955
    assert [path.name for path in tmp_path.iterdir()] == [gazetteer.folder.name]


def test_processes_share_one_cache(gazetteer: Atlas) -> None:
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        assert pool.map(_first_of, ["Raqqa", "Paris, Texas"]) == [172955, 4717560]


def _first_of(name: str) -> int:
    return load_gazetteer().resolve(name)[0].geonames_id


def test_a_cache_folder_that_cannot_be_written_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match=r"cannot be written.*cache_dir"):
        load_gazetteer(tmp_path / "file")


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Atlas:
    """A gazetteer built of five towns in two countries."""
    use_five_towns(tmp_path, monkeypatch)
    return load_gazetteer(tmp_path / "cache")


def test_a_built_gazetteer_has_names_regions_and_countries(small: Atlas) -> None:
    assert ids(small, "المنصورة") == ids(small, "Al Mansurah") == ids(small, "Mansura") == [1]
    assert ids(small, "El Mansoora") == [1]  # by its skeleton
    assert ids(small, "Springdale") == [3, 4, 2]
    assert ids(small, "Springdale, TX") == [3, 2]
    assert ids(small, "Saint Ives") == ids(small, "Ives Town") == [5]
    assert ids(small, "Syria") == [101]
    assert ids(small, "Syrian Arab Republic") == ids(small, "Netherlands Antilles") == []
    assert around(small, 3) == (103, 100)
    (texas,) = small.resolve("Texas")
    assert (texas.lat, texas.lon, texas.population, texas.kind) == (31.0, -98.0, 70500, "region")
    (anderson,) = small.resolve("Anderson County")
    assert (anderson.geonames_id, anderson.kind, anderson.region) == (-48001, "county", "Texas")
    assert anderson.within == (103, 100)
    assert ids(small, "Anderson County, Texas") == ids(small, "geonames/-48001") == [-48001]
    assert ids(small, "Austin City") == []
    assert [named.capital for named in small.named("st ives")] == [True]
    assert [named.how for named in small.named("syrians")] == [How.ADJECTIVE]


@pytest.mark.parametrize("name", ["QRY", "lqryh", "Qry", "Mn"])
def test_codes_fragments_and_machines_transliterations_are_no_names(small: Atlas, name: str) -> None:
    assert not small.named(name.lower())


def test_a_build_that_fails_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.gazetteer._geonames", lambda: tmp_path / "nowhere")
    with pytest.raises(FileNotFoundError):
        load_gazetteer(tmp_path / "cache")
    assert list((tmp_path / "cache").iterdir()) == []
