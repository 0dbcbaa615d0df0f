"""A GeoNames dump becomes part of the gazetteer, whole or not at all."""

from pathlib import Path
from zipfile import ZipFile

import pytest
from click.testing import CliRunner, Result

from monitor.cli import main
from monitor.errors import InputError
from monitor.gazetteer import load_gazetteer
from monitor.gazetteer.dump import LONGEST_LINE, LONGEST_NAME, MOST_FAULTS
from tests.five_towns import use_five_towns


def line(number: int, name: str, population: object = 900, names: str = "", **other: object) -> str:
    """A line of a dump."""
    told = {"lat": "35.1", "lon": "38.2", "kind": "P", "country": "SY", **other}
    fields = [number, name, name, names, told["lat"], told["lon"], told["kind"], "PPL", told["country"], ""]
    return "\t".join(map(str, [*fields, "04", "", "", "", population, "", "250", "Asia/Damascus", "2026-01-01"]))


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder of a gazetteer of five towns."""
    use_five_towns(tmp_path, monkeypatch)
    monkeypatch.setenv("MONITOR_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


def write(folder: Path, *lines: str) -> Path:
    dump = folder / "SY.txt"
    dump.write_text("\n".join(lines) + "\n", "utf-8", "surrogateescape")
    return dump


def run(dump: Path, *options: str) -> Result:
    return CliRunner().invoke(main, ["places", "import", str(dump), *options])


def ids(cache: Path, name: str) -> list[int]:
    return [place.geonames_id for place in load_gazetteer(cache).resolve(name)]


def test_the_towns_of_a_dump_are_places_from_then_on(tmp_path: Path, cache: Path) -> None:
    assert ids(cache, "Tell Darrun") == []
    dump = write(
        tmp_path,
        line(900, "Tell Darrun", names="Tall Darrun,تل درون"),
        line(2, "Springdale East", country="US"),  # known already: taken as the dump has it
        line(901, "Darrun Hill", kind="T"),
    )
    result = run(dump)
    assert result.exit_code == 0
    assert result.output.endswith(f"\n2 towns of {dump} imported; running roles need a restart.\n")
    assert ids(cache, "Tell Darrun") == ids(cache, "تل درون") == ids(cache, "Tall Darrun") == [900]
    assert ids(cache, "Springdale East") == [2]
    assert ids(cache, "Darrun Hill") == []
    assert ids(cache, "Austin"), "what came with the package is still there"
    assert [place.within for place in load_gazetteer(cache).resolve("geonames/900")] == [(101,)]


def test_a_later_import_takes_the_place_of_an_earlier_one(tmp_path: Path, cache: Path) -> None:
    run(write(tmp_path, line(900, "Tell Darrun")))
    run(write(tmp_path, line(901, "Wadi Serun")))
    assert (ids(cache, "Tell Darrun"), ids(cache, "Wadi Serun")) == ([], [901])
    assert len(list(cache.glob("imported-*"))) == 1


def test_small_towns_can_be_left_out_and_a_zip_is_read(tmp_path: Path, cache: Path) -> None:
    dump = write(tmp_path, line(900, "Tell Darrun", 80), line(901, "Wadi Serun", 5000))
    with ZipFile(tmp_path / "SY.zip", "w") as packed:
        packed.write(dump, "SY.txt")
        packed.writestr("readme.txt", "about the columns")
    assert run(tmp_path / "SY.zip", "--min-population", "100").exit_code == 0
    assert (ids(cache, "Tell Darrun"), ids(cache, "Wadi Serun")) == ([], [901])


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ("900\tTell Darrun\t35.1", "3 columns, and a dump of GeoNames has 19"),
        (line(0, "Tell Darrun"), "geonameid '0' is no number from 1 to 2,147,483,647"),
        (line(900, "Tell Darrun", "many"), "population 'many' is no number"),
        (line(900, "Tell Darrun", "9" * 5000), "is no number from 0 to 4,294,967,295"),
        (line(900, "Tell Darrun", lat="95"), "latitude '95' is no number from -90 to 90"),
        (line(900, "Tell Darrun", lon="nan"), "longitude 'nan' is no number from -180 to 180"),
        (line(900, "Tell Darrun", country="Syria"), "'Syria' is no code of a country"),
        (line(900, "\u200b"), "no name"),
        (line(900, "Tell \udcff"), "can't decode byte 0xff"),
        (line(900, "Tell Darrun", names="x" * LONGEST_LINE), f"longer than {LONGEST_LINE:,} bytes"),
    ],
)
def test_a_bad_line_is_named_and_nothing_is_imported(tmp_path: Path, cache: Path, bad: str, reason: str) -> None:
    run(write(tmp_path, line(901, "Wadi Serun")))
    result = run(write(tmp_path, line(902, "Bir Sarat"), bad))
    assert result.exit_code == 2
    assert f"{tmp_path / 'SY.txt'}, line 2: " in result.output
    assert reason in result.output
    assert (ids(cache, "Bir Sarat"), ids(cache, "Wadi Serun")) == ([], [901])
    assert not list(cache.glob(".importing-*"))


def test_all_faults_are_told_at_once_and_their_number_is_bounded(tmp_path: Path, cache: Path) -> None:
    output = run(write(tmp_path, *["bad"] * (MOST_FAULTS + 7))).output
    assert output.count(", line ") == MOST_FAULTS
    assert "… and 7 more" in output
    assert not cache.exists() or not list(cache.iterdir())


@pytest.mark.parametrize("content", [b"no zip at all", b""])
def test_a_file_that_is_no_dump_is_refused(tmp_path: Path, cache: Path, content: bytes) -> None:
    for name in ("SY.zip", "SY.txt"):
        (tmp_path / name).write_bytes(content)
        result = run(tmp_path / name)
        assert (result.exit_code, "Traceback" in result.output) == (2, False)
        assert not list(cache.glob("imported-*"))


def test_a_damaged_file_of_towns_is_named(tmp_path: Path, cache: Path) -> None:
    run(write(tmp_path, line(900, "Tell Darrun")))
    (kept,) = cache.glob("imported-*")
    kept.write_bytes(kept.read_bytes()[:-12])
    for built in cache.glob("gazetteer-*"):
        built.rename(tmp_path / built.name)
    with pytest.raises(InputError, match="import the dump again, or remove this file"):
        load_gazetteer(cache)


def test_names_are_cleaned(tmp_path: Path, cache: Path) -> None:
    assert run(write(tmp_path, line(900, "Tell\x07 Darrun", names="y" * 300))).exit_code == 0
    assert ids(cache, "Tell Darrun") == [900]
    assert load_gazetteer(cache).resolve("Tell Darrun")[0].name == "Tell Darrun"
    assert LONGEST_NAME < 300
