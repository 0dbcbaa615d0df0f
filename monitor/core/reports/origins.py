"""Who wrote a report first: the agency that it credits."""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from ahocorasick_rs import AhoCorasick

from monitor.model import Article, Sketch

# Name as people know it → how credits and datelines spell it.
_AGENCIES = {
    "Reuters": "Reuters|Thomson Reuters|رويترز|Рейтер|路透社|ロイター",
    "AFP": "AFP|Agence France-Presse|Agence France Presse|أ ف ب|أ.ف.ب|ا ف ب|فرانس برس|АФП|法新社",
    "AP": "AP|Associated Press|The Associated Press|أ ب|أسوشيتد برس|美联社",
    "dpa": "dpa|Deutsche Presse-Agentur|د ب أ",
    "PA": "PA|PA Media|Press Association",
    "EFE": "EFE|Agencia EFE",
    "Europa Press": "Europa Press",
    "ANSA": "ANSA",
    "AGI": "AGI",
    "Adnkronos": "Adnkronos",
    "TASS": "TASS|ITAR-TASS|ТАСС",
    "Interfax": "Interfax|Интерфакс|ИНТЕРФАКС",
    "RIA": "RIA|RIA Novosti|РИА Новости|РИА НОВОСТИ",
    "Ukrinform": "Ukrinform|Укринформ|Укрінформ",
    "UNIAN": "UNIAN|УНИАН|УНІАН",
    "UNN": "UNN|УНН",
    "BelTA": "BelTA|БелТА|БЕЛТА",
    "Xinhua": "Xinhua|新华社|新華社",
    "CNA": "中央社",
    "Anadolu": "Anadolu|Anadolu Agency|Anadolu Ajansı|AA|الأناضول",
    "DHA": "DHA|Demirören Haber Ajansı",
    "SANA": "SANA|سانا",
    "MENA": "MENA|أ ش أ|أ.ش.أ",
    "WAFA": "WAFA|وفا",
    "SPA": "SPA|واس",
    "WAM": "WAM|وام",
    "KUNA": "KUNA|كونا",
    "QNA": "QNA|قنا",
    "Petra": "Petra|بترا",
    "NNA": "NNA",
    "IRNA": "IRNA|ایرنا|إرنا",
    "ISNA": "ISNA|ایسنا",
    "Tasnim": "Tasnim|تسنیم|تسنيم",
    "Fars": "Fars|Fars News|فارس نیوز",
    "Mehr": "Mehr News|مهر نیوز",
    "UPI": "UPI|United Press International",
    "Kyodo": "Kyodo|Kyodo News|共同通信|共同",
    "Jiji": "Jiji|Jiji Press|時事通信|時事",
    "Yonhap": "Yonhap|Yonhap News Agency|연합뉴스",
    "KCNA": "KCNA|조선중앙통신",
    "PTI": "PTI|Press Trust of India",
    "ANI": "ANI|Asian News International",
    "IANS": "IANS",
    "APP": "APP|Associated Press of Pakistan",
    "BSS": "BSS",
    "Bernama": "Bernama",
    "Antara": "Antara",
    "VNA": "VNA",
    "AAP": "AAP|Australian Associated Press",
    "The Canadian Press": "The Canadian Press|Canadian Press",
    "Belga": "Belga",
    "ANP": "ANP",
    "APA": "APA|Austria Presse Agentur",
    "Keystone-SDA": "sda|Keystone-SDA|ATS",
    "PAP": "PAP",
    "CTK": "ČTK|CTK",
    "MTI": "MTI",
    "Tanjug": "Tanjug|Танјуг",
    "Hina": "Hina",
    "Lusa": "Lusa",
    "NTB": "NTB",
    "TT": "TT Nyhetsbyrån|TT",
    "Ritzau": "Ritzau",
    "STT": "STT",
    "Telam": "Télam|Telam",
    "Agencia Brasil": "Agência Brasil",
    "APS": "APS|واج",
    "TAP": "TAP",
    "MAP": "MAP",
    "SUNA": "SUNA|سونا",
    "SONNA": "SONNA",
    "Bloomberg": "Bloomberg|Bloomberg News",
}
_NAME_OF = {spelling.casefold(): name for name, spellings in _AGENCIES.items() for spelling in spellings.split("|")}


def _either(spellings: Iterable[str]) -> str:
    return "|".join(map(re.escape, sorted(spellings, key=len, reverse=True)))


_SPELLINGS = [spelling for spellings in _AGENCIES.values() for spelling in spellings.split("|")]
_ANY = _either(_SPELLINGS)
_HERE = AhoCorasick([*_SPELLINGS, *(spelling.upper() for spelling in _SPELLINGS)])
_REPORTING_BY = re.compile("[Rr]eporting by")
# Letters that also stand for a state, a party or a word: a credit only in brackets, or with a word that says so.
_CLEAR = _either(s for s in _SPELLINGS if len(s) > 3 or not s.isascii() or s in {"AFP", "EFE", "PTI", "UNN", "dpa"})
_LONG = _either(s for s in _SPELLINGS if " " in s and s.isascii())

_BRACKETED = re.compile(
    rf"^[^\n]{{0,60}}?[(\[/【（](?:[^()\n]{{1,12}}=)?\s*({_ANY})\s*[)\]/】）]"
    r"(?=\s*(?:[-–—:.]|$|[^\W\d_a-zа-яё]))",
    re.MULTILINE,
)
_OPENING = re.compile(rf"^(?:[^\n]{{1,45}}?[,.\-–—/]\s?)?({_CLEAR})\s*(?:[-–—:]\s|\.\s)", re.MULTILINE)
_CHINESE = re.compile(r"^\s*(新华社|新華社|中央社|法新社|路透社)")
_BYLINE = re.compile(
    rf"^\s*(?:(?:by|par|por|von|from)\s+(?:[^\n]{{0,60}}?,\s*)?({_ANY})|({_LONG}))\s*$", re.MULTILINE | re.IGNORECASE
)
_SOURCE = "source|credit|quelle|fuente|fonte|kaynak|origine|źródło|zdroj|источник|джерело|المصدر|来源|來源|出典|출처"
_LAST_LINES = tuple(
    re.compile(form, re.MULTILINE | re.IGNORECASE)
    for form in (
        rf"(?:^\s*|[。.]\s*)(?:{_SOURCE})\s*[:：]\s*({_ANY})[\s.。]*\Z",
        rf"[(（\[–—/-]\s*(?:with|avec|con|mit)?\s*({_ANY})\s*[)）\]]?[\s.]*\Z",
        rf"^\s*(?:with|avec|con|mit)\s+(?:(?:reporting|inputs?|files) (?:by|from) )?({_ANY})\b[^\n]{{0,40}}\Z",
        rf"(?:©|\(c\)|\bcopyright)\s*(?:\d{{4}}\s*)?({_ANY})\b[^\n]{{0,60}}\Z",
    )
)
_LAST_WORD = re.compile(r"[.!?]\s+(EFE|ANSA|AFP|dpa)\s*\Z")
_REPORTING = re.compile(
    r"\(?(?:additional )?reporting by [^)\n]{3,300}?(?:editing|writing) by [^)\n]{3,120}\)?\s*\Z", re.I
)
HEAD, TAIL = 400, 500  # characters in which a credit may stand


def find_origin(source: str, author: str | None, text: str) -> str | None:
    """The agency whose report this is, by its outlet, byline, dateline or last line; None = own, or unknown."""
    if (name := _agency(source)) is not None:
        return name
    for part in re.split(r"[,|/]|\s[-–—]\s", author or ""):
        if (name := _agency(part)) is not None:
            return name
    return _credited(text[:HEAD], text[-TAIL:].rstrip())


def _agency(name: str) -> str | None:
    plain = name.strip().casefold().removeprefix("by ")
    return _NAME_OF.get(plain) or _NAME_OF.get(plain.removesuffix(" agency").removesuffix(" news").strip())


def _credited(start: str, end: str) -> str | None:
    """What the beginning or the end of a text says; most name no agency there at all, which is quickly seen."""
    forms = ((_BRACKETED, _OPENING, _CHINESE, _BYLINE), start), ((*_LAST_LINES, _LAST_WORD), end)
    for patterns, part in forms:
        if not _HERE.find_matches_as_indexes(part):
            continue
        for pattern in patterns:
            if (found := pattern.search(part)) is not None:
                return _NAME_OF.get(next(filter(None, found.groups())).casefold())
    return "Reuters" if _REPORTING_BY.search(end) and _REPORTING.search(end) else None


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
