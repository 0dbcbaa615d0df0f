"""An article by itself, whichever watches look at it: its folded texts, its language, the places that it names."""

import re
from collections.abc import Mapping, Sequence, Set
from functools import cached_property
from itertools import chain
from typing import TypeAlias

from monitor.core.matching.query import Source
from monitor.core.matching.text import Folded, fold
from monitor.core.places.places import Gazetteer, Place, Toponym, locate
from monitor.core.reports.languages import guess_language
from monitor.model import Article, Field

Span: TypeAlias = tuple[int, int]
Spans: TypeAlias = Mapping[Field | Source, Sequence[Span]]
Located: TypeAlias = tuple[Sequence[Toponym], Sequence[Toponym]]  # of the title, of the text


class Page:
    """An article by itself, whoever reads it."""

    def __init__(self, article: Article, gazetteer: Gazetteer | None, located: Located | None = None) -> None:
        self.article = article
        self.gazetteer = gazetteer
        self.folded: dict[Field | Source, Folded] = {Field.TITLE: fold(article.title), Field.TEXT: fold(article.text)}
        self._located = located

    def outside(self, where: Source) -> Folded:
        """The outlet's name, or the code of the language without its region."""
        if where is Source.SOURCE:
            return fold(self.article.source)
        return fold(re.split("[-_]", self.language or "", maxsplit=1)[0])

    @cached_property
    def language(self) -> str | None:
        """What the article says of its language, else what its words look like."""
        return self.article.language or guess_language(f"{self.article.title}\n{self.article.text}")

    @property
    def located(self) -> bool:
        """Whether its places are known already: to find them takes longer than all else."""
        return self._located is not None

    @cached_property
    def toponyms(self) -> dict[Field | Source, Sequence[Toponym]]:
        """The places that title and text name."""
        assert self.gazetteer is not None  # no query speaks of places without one
        if self._located is None:
            home = self.gazetteer.home(self.article.source)
            self._located = locate(self.article.title, self.article.text, self.gazetteer, home=home)
        title, text = self._located
        return {Field.TITLE: title, Field.TEXT: text}

    @cached_property
    def place_ids(self) -> Set[int]:
        """The GeoNames ids of the places that are named, and of those that they lie in."""
        return set(chain.from_iterable([_around(t.place) for toponyms in self.toponyms.values() for t in toponyms]))

    @cached_property
    def places(self) -> Mapping[int, Spans]:
        """Where each place is named, or one that lies in it, by GeoNames id."""
        places: dict[int, dict[Field | Source, list[Span]]] = {}
        for where, toponyms in self.toponyms.items():
            for toponym in toponyms:
                for number in _around(toponym.place):
                    places.setdefault(number, {}).setdefault(where, []).append((toponym.start, toponym.end))
        return places


def _around(place: Place) -> tuple[int, ...]:
    """A place and the region and country that it lies in."""
    return (place.geonames_id, *place.within)
