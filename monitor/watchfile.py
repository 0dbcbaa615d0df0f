"""What watches.yaml may say."""

from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from monitor import model
from monitor.configcheck import Name, Section
from monitor.errors import InputError
from monitor.model import Decision

TOLD = tuple(decision for decision in Decision if decision is not Decision.COPY)


def _telling(decisions: tuple[Decision, ...]) -> tuple[Decision, ...]:
    if not set(decisions) & set(TOLD):
        raise ValueError(f"expected at least one of {', '.join(TOLD)}: as it is, nobody is ever told anything")
    return decisions


def _readable(wording: str) -> str:
    from monitor.core.matching.terms import read_wording  # it loads the scanner, which most commands do without

    try:
        read_wording(wording.removeprefix("NOT "))
    except InputError as error:
        raise ValueError(str(error)) from None
    return wording


Words = Annotated[str, Field(min_length=1, max_length=200)]
Wording = Annotated[Words, AfterValidator(_readable)]


class WatchEntry(Section):
    """One watch as a file says it."""

    id: Name
    query: Annotated[str, Field(min_length=1, max_length=20_000)]
    channels: tuple[Name, ...] = ()
    alert_on: Annotated[tuple[Decision, ...], AfterValidator(_telling)] = model.WatchSettings().alert_on
    window_days: Annotated[float, Field(gt=0, le=90)] = 7
    origins: Annotated[int, Field(ge=1, le=20)] = 1
    backlog: bool = False
    allow_all: bool = False

    def watch(self) -> model.Watch:
        """The same as the noun that the rest of the program knows."""
        kept = model.WatchSettings(
            channels=self.channels,
            alert_on=self.alert_on,
            window_days=self.window_days,
            origins=self.origins,
            backlog=self.backlog,
        )
        return model.Watch(id=self.id, query=self.query, settings=kept, allow_all=self.allow_all)


class OwnPlace(Section):
    """A user's own place, or more spellings or exclusions for a known one."""

    name: Words
    geonames_id: int | None = None
    spellings: tuple[Words, ...] = ()
    not_in: tuple[Words, ...] = ()  # phrases in which the name is no place: "Paris Hilton"
    country: str | None = None
    lat: Annotated[float, Field(ge=-90, le=90)] | None = None
    lon: Annotated[float, Field(ge=-180, le=180)] | None = None

    def place(self) -> model.OwnPlace:
        """The same as the noun that the rest of the program knows."""
        return model.OwnPlace(**dict(self))

    @model_validator(mode="after")
    def _whole_point(self) -> Self:
        if (self.lat is None) != (self.lon is None):
            raise ValueError("lat and lon go together: only one of them is given")
        return self


class WatchFile(Section):
    """watches.yaml: watches, own places and spellings, own concepts, the homes of outlets."""

    watches: tuple[WatchEntry, ...] = ()
    places: tuple[OwnPlace, ...] = ()
    concepts: Mapping[Name, Annotated[tuple[Wording, ...], Field(min_length=1)]] = Field(default_factory=dict)
    homes: Mapping[Words, Words] = Field(default_factory=dict)  # of outlets: places as queries name them
