"""The nouns of the program: frozen, slotted, and free of behaviour beyond what follows from their own fields.

Instants are aware datetimes in UTC. Offsets are in characters (code points) of the field as it stands in the article.
Every noun that travels keeps in `extra` the fields that a newer version wrote and this one does not know.
"""

from monitor.model.articles import Article, Entry, Feed, FeedState, Field, Hit
from monitor.model.deliveries import Alert, DeadLetter, Delivery, Fate
from monitor.model.extra import Extra
from monitor.model.stories import Change, Coverage, Judgement, Ruling, RulingKind, Sketch, Suppressed
from monitor.model.watches import (
    Concept,
    Decision,
    Home,
    Match,
    OwnPlace,
    Removal,
    Watch,
    WatchMatch,
    WatchSettings,
)

__all__ = [
    "Alert",
    "Article",
    "Change",
    "Concept",
    "Coverage",
    "DeadLetter",
    "Decision",
    "Delivery",
    "Entry",
    "Extra",
    "Fate",
    "Feed",
    "FeedState",
    "Field",
    "Hit",
    "Home",
    "Judgement",
    "Match",
    "OwnPlace",
    "Removal",
    "Ruling",
    "RulingKind",
    "Sketch",
    "Suppressed",
    "Watch",
    "WatchMatch",
    "WatchSettings",
]
