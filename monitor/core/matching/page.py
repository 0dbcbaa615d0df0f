"""An article by itself, whichever watches look at it: its folded texts, its language, the places that it names."""

import re
from collections.abc import Mapping, Sequence, Set
from functools import cached_property
from typing import TypeAlias

from monitor.core.matching.query import Source
from monitor.core.matching.text import Folded, fold
from monitor.core.places.places import Gazetteer, Toponym, locate
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
        self._place_ids: Set[int] | None = None

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

    @property
    def toponyms(self) -> dict[Field | Source, Sequence[Toponym]]:
        """The places that title and text name."""
        title, text = self._read_places()
        return {Field.TITLE: title, Field.TEXT: text}

    @property
    def place_ids(self) -> Set[int]:
        """The GeoNames ids of the places that are named, and of those that they lie in."""
        if self._place_ids is None:
            title, text = self._read_places()
            named = [toponym.place for toponym in (*title, *text)]
            self._place_ids = {place.geonames_id for place in named}.union(*[place.within for place in named])
        return self._place_ids

    @cached_property
    def places(self) -> Mapping[int, Spans]:
        """Where each place is named, or one that lies in it, by GeoNames id."""
        places: dict[int, dict[Field | Source, list[Span]]] = {}
        for where, toponyms in self.toponyms.items():
            for toponym in toponyms:
                for number in (toponym.place.geonames_id, *toponym.place.within):
                    places.setdefault(number, {}).setdefault(where, []).append((toponym.start, toponym.end))
        return places

    def _read_places(self) -> Located:
        if self._located is None:
            assert self.gazetteer is not None  # no query speaks of places without one
            home = self.gazetteer.home(self.article.source)
            self._located = locate(self.article.title, self.article.text, self.gazetteer, home=home)
        return self._located
