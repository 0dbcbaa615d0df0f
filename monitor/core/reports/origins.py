"""Who wrote a report first: the agency that it credits."""

import re
from urllib.parse import urlsplit

from monitor.model import Article, Sketch

# Name as people know it → how credits and datelines spell it.
_AGENCIES = {
    "Reuters": r"Reuters|Thomson Reuters",
    "AFP": r"AFP|Agence France-Presse|Agence France Presse",
    "AP": r"AP|Associated Press|The Associated Press",
    "dpa": r"dpa|Deutsche Presse-Agentur",
    "PA": r"PA|PA Media|Press Association",
    "EFE": r"EFE|Agencia EFE",
    "ANSA": r"ANSA",
    "TASS": r"TASS|ITAR-TASS",
    "Interfax": r"Interfax",
    "RIA": r"RIA|RIA Novosti",
    "Xinhua": r"Xinhua",
    "Anadolu": r"Anadolu|Anadolu Agency|Anadolu Ajansı",
    "SANA": r"SANA",
    "UPI": r"UPI|United Press International",
    "Kyodo": r"Kyodo|Kyodo News",
    "Yonhap": r"Yonhap",
    "KCNA": r"KCNA",
    "PTI": r"PTI|Press Trust of India",
    "Bloomberg": r"Bloomberg|Bloomberg News",
}
_NAME_OF = {spelling.casefold(): name for name, spellings in _AGENCIES.items() for spelling in spellings.split("|")}
_ANY = "|".join(sorted((s for spellings in _AGENCIES.values() for s in spellings.split("|")), key=len, reverse=True))

_DATELINE = re.compile(rf"^.{{0,60}}?[(\[/]\s*({_ANY})\s*[)\]/]?\s*(?:[-–—:]|$)", re.MULTILINE)
_OPENING = re.compile(rf"^(?:.{{0,40}},\s)?({_ANY})\s*[-–—]\s", re.MULTILINE)
_BYLINE = re.compile(rf"^\s*(?:by|par|por|von|from)\s+(?:.{{0,60}}?,\s*)?({_ANY})\s*$", re.MULTILINE | re.IGNORECASE)
_LAST_LINE = re.compile(
    rf"(?:^\s*(?:source|credit|quelle|fuente)\s*:\s*({_ANY})|[(\[–—/-]\s*({_ANY})\s*[)\]]?)[\s.]*\Z",
    re.MULTILINE | re.IGNORECASE,
)
_REPORTING = re.compile(r"\((?:additional )?reporting by [^)]{3,300}?(?:editing|writing) by [^)]{3,120}\)\s*\Z", re.I)


CREDIT_WORDS = " ".join(["reporting", *(max(spelling.split(), key=len) for spelling in _NAME_OF)])
HEAD, TAIL = 400, 500  # characters in which a credit may stand


def find_origin(source: str, author: str | None, text: str, *, credited: bool = True) -> str | None:
    """The agency whose report this is, by its outlet, byline, dateline or last line; None = own, or unknown.

    `credited` says whether one of CREDIT_WORDS is near the beginning or end of the text, without which no agency is.
    """
    if (name := _NAME_OF.get(source.strip().casefold())) is not None:
        return name
    if author and (name := _NAME_OF.get(author.strip().casefold().removeprefix("by "))) is not None:
        return name
    if not credited:
        return None
    start, end = text[:HEAD], text[-TAIL:].rstrip()
    for pattern, part in ((_DATELINE, start), (_OPENING, start), (_BYLINE, start), (_LAST_LINE, end)):
        if (found := pattern.search(part)) is not None:
            return _NAME_OF.get(next(filter(None, found.groups())).casefold())
    return "Reuters" if _REPORTING.search(end) else None


def same_outlet(article: Article, earlier: Sketch) -> bool:
    """Whether an article is of the outlet of an earlier one, which alone may take that back.

    What a feed writes itself is not trusted: a credit counts only where the article comes from that agency's own
    feed, and the host of an address only where no two feeds say otherwise.
    """
    source, theirs = _name(article.source), _name(earlier.source)
    if source and source == theirs:
        return True
    if article.feed and earlier.feed:
        if article.feed == earlier.feed:
            return True
    elif _host(article.url) and _host(article.url) == _host(earlier.url):
        return True
    agency = _NAME_OF.get(source)
    return agency is not None and agency in {earlier.origin, _NAME_OF.get(theirs)}


def _name(source: str) -> str:
    name = " ".join(source.split()).casefold()
    return "" if name == "unknown" else name


def _host(url: str | None) -> str:
    try:
        return (urlsplit(url or "").hostname or "").removeprefix("www.")
    except ValueError:
        return ""
