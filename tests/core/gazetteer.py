"""A gazetteer of a few places, for tests of what is built on one."""

from collections.abc import Sequence
from difflib import get_close_matches
from functools import partial

from monitor.core.places.atlas import How, Named, Place
from monitor.core.places.spelling import key

SYRIA = Place(geonames_id=163843, name="Syria", country="SY", lat=35, lon=38, population=20_000_000, kind="country")
_syrian = partial(Place, country="SY", within=(SYRIA.geonames_id,))
RAQQA_REGION = _syrian(geonames_id=172957, name="Raqqa Governorate", region="Raqqa", lat=36, lon=39, kind="region")
RAQQA = _syrian(
    geonames_id=172955,
    name="Raqqa",
    region="Raqqa",
    lat=35.95,
    lon=39.01,
    population=177_636,
    within=(RAQQA_REGION.geonames_id, SYRIA.geonames_id),
)
IDLIB = _syrian(geonames_id=169389, name="Idlib", region="Idlib", lat=35.93, lon=36.63, population=128_840)
TRIPOLI = Place(geonames_id=2210247, name="Tripoli", country="LY", lat=32.88, lon=13.19, population=1_150_989)
TRIPOLI_LEBANON = Place(geonames_id=266826, name="Tripoli", country="LB", lat=34.43, lon=35.84, population=229_398)

NAMES: dict[str, tuple[Place, ...]] = {
    "Syria": (SYRIA,),
    "Raqqa": (RAQQA,),
    "Raqa": (RAQQA,),
    "Idlib": (IDLIB,),
    "Tripoli": (TRIPOLI, TRIPOLI_LEBANON),
}


class SmallGazetteer:
    """Six places under seven names."""

    def __init__(self) -> None:
        self._by_key = {key(name): places for name, places in NAMES.items()}

    def resolve(self, name: str) -> Sequence[Place]:
        if name.startswith("geonames/"):
            return [place for place in (TRIPOLI, TRIPOLI_LEBANON) if name == f"geonames/{place.geonames_id}"]
        return self._by_key.get(key(name), ())

    def nearest(self, name: str) -> Sequence[str]:
        return get_close_matches(name, NAMES, 5)

    def starting(self, start: str) -> Sequence[str]:
        return [name for name in self._by_key if f"{start} ".startswith(f"{name} ")]

    def named(self, name: str) -> Sequence[Named]:
        return [Named(place, How.NAME) for place in self._by_key.get(name, ())]

    def alike(self, name: str) -> Sequence[Place]:
        return ()

    def home(self, outlet: str) -> Place | None:
        return None

    def ordinary(self, name: str) -> bool:
        return False
