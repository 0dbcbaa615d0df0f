"""Why an article does, or does not, satisfy a watch: each part of the query with what met it, and the text marked."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from monitor.core.matching.matches import evidence
from monitor.core.matching.page import Page
from monitor.core.matching.query import And, ConceptRef, Leaf, Near, Node, Not, Or, PlaceRef, Source, Style, Term
from monitor.core.matching.reading import Reading
from monitor.core.matching.watches import WatchSet
from monitor.core.messages.harmless import spaced
from monitor.core.places.places import Place
from monitor.model import Article, Field, Hit

MOST_SHOWN = 5  # hits, places and other meanings that a line names

Mark = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a query: what it says, whether it is met, by what, and what a reader should know of it."""

    text: str
    met: bool
    hits: tuple[Hit, ...] = ()
    note: str = ""
    parts: "tuple[Part, ...]" = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """One watch and one article: `hits` is the evidence that an alert would carry, none where it is not satisfied."""

    watch: str
    article: Article
    root: Part
    hits: tuple[Hit, ...]

    @property
    def satisfied(self) -> bool:
        """Whether the article satisfies the watch."""
        return self.root.met


def explain(article: Article, watches: WatchSet) -> tuple[Explanation, ...]:
    """The article in the eyes of each watch of the set."""
    page = Page(article, watches.gazetteer)
    readings = ((Reading(page, layer), gone) for layer, gone in watches.layers)
    return tuple(
        _explanation(reading, number)
        for reading, gone in readings
        for number in range(len(reading.layer.watches))
        if number not in gone
    )


def lines(explanation: Explanation, mark: Mark) -> Iterator[str]:
    """For people: the verdict, the query part by part, then title and text with the hits marked."""
    article = explanation.article
    verdict = "matches" if explanation.satisfied else "does not match"
    yield f"{explanation.watch} {verdict} {spaced(article.title).strip() or article.id!r}"
    yield from _part_lines(explanation.root, 1)
    shown = explanation.hits or tuple(_all_hits(explanation.root))
    for field, text in ((Field.TITLE, article.title), (Field.TEXT, article.text)):
        if text.strip():
            yield ""
            yield from marked(text, [(hit.start, hit.end) for hit in shown if hit.field is field], mark).split("\n")


def marked(text: str, spans: Iterable[tuple[int, int]], mark: Mark) -> str:
    """The text with its spans marked (those that overlap as one), made harmless to a terminal, its lines kept."""
    pieces: list[str] = []
    done = 0
    for start, end in _merged(spans):
        pieces += [_clean(text[done:start]), mark(_clean(text[start:end]))]
        done = end
    return "".join([*pieces, _clean(text[done:])])


def _explanation(reading: Reading, number: int) -> Explanation:
    compiled = reading.layer.watches[number]
    root = _part(reading, compiled.node)
    hits = evidence(reading, number) if root.met else []
    return Explanation(compiled.watch.id, reading.page.article, root, tuple(hits))


def _part(reading: Reading, node: Node) -> Part:
    met = reading.holds(node)
    if isinstance(node, And | Or | Not):
        label = {And: "all of", Or: "any of", Not: "not"}[type(node)]
        children = (node.part,) if isinstance(node, Not) else node.parts
        return Part(label, met, parts=tuple(_part(reading, child) for child in children))
    return Part(str(node), met, tuple(reading.hits(node)), _note(reading, node, met))


def _note(reading: Reading, leaf: Leaf, met: bool) -> str:
    if isinstance(leaf, PlaceRef):
        return _place_note(reading, leaf, met)
    if isinstance(leaf, Near):
        sides = [str(side) for side in (leaf.left, leaf.right) if not reading.holds(side)]
        return "" if met else f"not here: {', '.join(sides)}" if sides else _apart(reading, leaf)
    if isinstance(leaf, Term) and leaf.where is Source.SOURCE:
        return f"the source is {spaced(reading.page.article.source).strip()!r}"
    if isinstance(leaf, Term) and leaf.where is Source.LANG:
        return _language_note(reading.page)
    return "" if met else _near_miss(reading, leaf)


def _language_note(page: Page) -> str:
    if page.article.language:
        return f"the language is {spaced(page.article.language).strip()!r}"
    guessed = f"by its words it is {page.language!r}" if page.language else "nor do its words tell for sure"
    return f"the article does not say its language; {guessed}"


def _near_miss(reading: Reading, leaf: Term | ConceptRef) -> str:
    """Why words that stand in the article do not meet a leaf."""
    if isinstance(leaf.where, Field):
        other = Field.TEXT if leaf.where is Field.TITLE else Field.TITLE
        if reading.stands_in(leaf, other):
            return f"it stands in the {other}; {leaf.where} asked"
    if isinstance(leaf, ConceptRef) or not reading.written(leaf):
        return ""
    if leaf.minds_case:
        return "here only in other letters, or in a line all in capitals: an acronym minds its case"
    if leaf.style is Style.EXACT:
        return "here only in other letters or signs: in single quotes it is looked for exactly so"
    return "its words are here, but not as asked: in this order, and no further apart"


def _apart(reading: Reading, leaf: Near) -> str:
    words = reading.nearest(leaf)
    if words is None:
        return "both are here, in different fields"
    return f"both are here, {words} words apart at the nearest; {leaf.words} asked"


def _place_note(reading: Reading, ref: PlaceRef, met: bool) -> str:
    place, *others = reading.meanings(ref)
    note = f"means {_named(place)}"
    if others:
        note += f"; not {', '.join(map(_named, others[:2]))}"
    found = list(dict.fromkeys(t.place.name for t in reading.toponyms()))
    if not met:
        note += "".join(f"; {other}" for other in _other_senses(reading, place)[:MOST_SHOWN])
        note += f"; places here: {', '.join(found[:MOST_SHOWN]) or 'none'}"
    return note


def _other_senses(reading: Reading, meant: Place) -> list[str]:
    """The words of the article that may mean a place and were read as another of the same name, with their scores."""
    gazetteer = reading.page.gazetteer
    assert gazetteer is not None
    told = (
        f"{spaced(t.text)!r} was read as {_named(t.place)} with score {t.score:.2f}"
        for t in reading.toponyms()
        if any(place.geonames_id == meant.geonames_id for place in gazetteer.resolve(t.text))
    )
    return list(dict.fromkeys(told))


def _named(place: Place) -> str:
    where = dict.fromkeys(filter(None, (place.name, place.region, place.country)))
    return f"{', '.join(where)} (geonames/{place.geonames_id})"


def _part_lines(part: Part, depth: int) -> Iterator[str]:
    sign = "✓" if part.met else "✗"
    remarks = "; ".join(filter(None, [_where(part.hits), part.note]))
    yield f"{'  ' * depth}{sign} {spaced(part.text)}{': ' if remarks else ''}{remarks}"
    for child in part.parts:
        yield from _part_lines(child, depth + 1)


def _where(hits: Sequence[Hit]) -> str:
    shown = [f"{hit.field} {hit.start}–{hit.end} {spaced(hit.text)!r}" for hit in hits[:MOST_SHOWN]]
    more = len(hits) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def _all_hits(part: Part) -> Iterator[Hit]:
    yield from part.hits
    for child in part.parts:
        yield from _all_hits(child)


def _merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _clean(text: str) -> str:
    return "\n".join(map(spaced, text.split("\n")))
