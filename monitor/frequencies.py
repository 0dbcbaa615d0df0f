"""How common words are in the news, where nothing better is known: the shipped table."""

from functools import cache
from importlib.resources import files

from monitor.core.matching.frequencies import DocumentFrequency

ARTICLES = 1000  # the table says in how many of a thousand


@cache
def shipped_frequency() -> DocumentFrequency:
    """English words by the share of news articles that hold them; the file names its sources."""
    lines = files("monitor").joinpath("data", "frequencies.txt").read_text("utf-8").splitlines()
    rows = (line.split() for line in lines if not line.startswith("#"))
    return DocumentFrequency({word: int(count) for word, count in rows}, ARTICLES)
