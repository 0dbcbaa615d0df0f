"""What agencies write at the start of a report to say what it is: UPDATE 2-, CORRECTED-, REFILE-, KILL KILL KILL.

A headline that merely holds such a word is no marker: a number, a colon, a dash, brackets or a repetition must follow.
What takes a report back must be in capitals or brackets besides: “Withdrawal: what it means” is about a withdrawal.
"""

import re
from dataclasses import dataclass
from typing import Literal

from monitor.core.reports.words import plain_words

Kind = Literal["update", "correction", "kill", "refile"]

# Kind → words in the languages of agencies, small letters.
_WORDS: dict[Kind, str] = {
    "kill": "kill|hold|withdrawn|withdrawal|withdraws|withdrawing|retraction|retracted|retracts|mandatory kill"
    "|story withdrawn|story removed|annulation|anulación|anulada|zurückgezogen"
    "|annullamento|annullato|anulação|anulowano|annullering|аннулировано|аннулируется|аннулирована|отозвано|отзывается|отзыв"
    "|سحب|إلغاء|iptal|撤稿|撤回|取消し|取り消し|취소",
    "correction": "correction|corrections|corrected|corrects|correcting|rectificatif|corrigé|corrige|corrección"
    "|rectificación|korrektur|berichtigung|исправление|исправлено|уточнение|виправлення|تصحيح|düzeltme|rettifica|correzione"
    "|corr|correção|retificação|sprostowanie|correctie|rectificatie|oprava|rättelse|rettelse|oikaisu|helyesbítés|διόρθωση"
    "|更正|訂正|정정|תיקון|اصلاحیه",
    "refile": "refile|refiles|refiling|repeat|repeats|rpt|rptd|reenvío|wiederholung",
    "update": r"update|updated|updates|recast|recasts|writethru|writethrough|wrapup|lead|actualisation|mise à jour"
    "|actualización|actualiza|aktualisiert|aktualisierung|обновление|обновлено|تحديث|güncelleme|aggiornamento",
}
_KIND_OF: dict[str, Kind] = {plain_words(word): kind for kind, words in _WORDS.items() for word in words.split("|")}
_ANY = "|".join(sorted("|".join(_WORDS.values()).split("|"), key=len, reverse=True))
_SHOUTED = frozenset({"kill", "hold", "lead", "repeat", "repeats"})  # ordinary words: a marker in capitals only
_COMPOUNDED = _SHOUTED | {"withdrawal", "withdrawn"}  # in a line of capitals, a hyphen makes a longer word of them
_TAKES_BACK = frozenset({"correction", "kill"})
_OF_A_STORY = re.compile(r"[^\n]{1,80}\bstory\s*(?:\n|\Z)")  # how AP names what it puts right

_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"[\[(*\s]*+(?P<word>{_ANY})(?:[\s,]+(?P=word)\b)+[\])*!.\s]*(?:[-–—:]\s*)?",  # KILL KILL KILL
        rf"[\[(（]\s*(?P<word>{_ANY})(?:\s*(?:no\.?\s*)?(?P<number>\d{{1,2}}))?\s*[\])）]\s*[-–—:]?\s*",  # (CORRECTED)
        r"\d(?:st|nd|rd|th)\s+(?P<word>lead|update)\s+(?=[^\W\d_])",  # 1st LEAD
        r"(?:eds|editors?)\s*:\s*(?P<word>corrects|withdraws|updates|retracts)\b\s*",  # Eds: CORRECTS
        rf"(?:\d(?:st|nd|rd|th)\s+)?(?P<word>{_ANY})\s*(?P<number>\d{{1,2}})\s*[-–—:.]\s*",  # UPDATE 2-
        rf"(?:\d(?:st|nd|rd|th)\s+)?(?P<word>{_ANY})\s?(?::|：|--|–|—|-(?=[^\W\d_]))\s*",  # CORRECTED- Update:
        rf"(?P<word>{_ANY})\s+[-–—]\s+",  # UPDATE -
        rf"(?P<word>{_ANY})\s*\Z",  # the whole headline
    )
)
_ADVISORY = re.compile(
    r"\s*+[\[(]\s*+(?:this (?:story|report|version) )?"
    r"(?P<verb>adds|updates|updating|recasts|writes through|new throughout|corrects|correcting|fixes"
    r"|refiles|refiling|repeats|withdraws|ajoute|corrige|actualise|agrega|actualiza|ergänzt|berichtigt)\b[^)\]\n]{0,400}[\])]\.?\s*",
    re.IGNORECASE,
)
_ADVISORY_KIND: dict[str, Kind] = {
    **dict.fromkeys(("corrects", "correcting", "fixes", "corrige", "berichtigt"), "correction"),
    **dict.fromkeys(("refiles", "refiling", "repeats"), "refile"),
    "withdraws": "kill",
}
_NOTE = re.compile(
    r"\s*+[\[(*]*+\s*+(?:editor(?:['’]?s|s['’])?|editors)\s+note\b[^\n]{0,400}?"
    r"\b(?:(?P<kill>withdrawn|withdraws|retracted|retracts|killed|removed)|(?P<correction>correct(?:s|ed|ion)|amended))\b",
    re.IGNORECASE,
)
_OF_A_REPORT = re.compile(
    r"\bdisregard\b|\bplease (?:kill|withdraw|ignore|do not use)\b|\berroneously\b"
    r"|\bshould (?:read|have (?:said|read))\b"
    r"|\b(?:story|stories|report|article|item|headline|version|alert|dispatch|sent|moved)\b[^.\n]{0,160}?"
    r"\b(?:withdrawn|withdraws?|killed|kill|retract(?:s|ed)?|correct(?:s|ed|ion)|wrong(?:ly)?|incorrect(?:ly)?)\b"
    r"|\b(?:withdrawn|withdraws?|kill(?:s|ed)?|retract(?:s|ed)?|correct(?:s|ed)) (?:the|its|our|this|that|a|an) "
    r"(?:\w+ ){0,2}(?:story|report|article|item|headline|alert|dispatch)\b",
    re.IGNORECASE,
)
NOTICE_CHARACTERS = 1000  # of a text, in which a notice says what it takes back
_QUOTED = re.compile(r"[“«„\"]([^“”«»„\"\n]{8,300})[”»“\"]")
_AMENDED = re.compile(
    r"\b(?:earlier|previous|original) version of th[ei]s?\b"
    r"|\bth(?:is|e) (?:article|story|report|headline|item) (?:was|has been) (?:amended|corrected|updated to correct)"
    r"|^\W*(?:correction|corrected|clarification)\b\W|\bwe (?:wrongly|incorrectly|mistakenly)\b",
    re.IGNORECASE | re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Marker:
    """What a report says it is; `label` as it is written, without what sets it off."""

    kind: Kind
    label: str


@dataclass(frozen=True, slots=True)
class Unmarked:
    """A report with its marker, and headline and text without it or the bracketed line that says what is new."""

    marker: Marker | None
    title: str
    text: str
    of_report: bool = False  # the text too says that a report is put right or taken back


def unmark(title: str, text: str) -> Unmarked:
    """Part a report from its marker: that of the headline, else of the text, else of the bracketed advisory."""
    in_title, bare_title = _take(title)
    in_text, bare_text = _take(text)
    advised, bare_text = _take_advisory(bare_text)
    marker = in_title or in_text or advised
    of_report = any(m and m.kind in _TAKES_BACK for m in (None if in_title else in_text, advised)) or _speaks_of_report(
        marker, bare_text
    )
    return Unmarked(marker, bare_title or title, bare_text, of_report)


def is_notice(title: str, text: str, corrects: str | None) -> bool:
    """Whether this concerns those who were told an earlier report, whatever words it has: a correction or a kill."""
    return takes_back(unmark(title, text).marker, corrects)


def takes_back(marker: Marker | None, corrects: str | None) -> bool:
    """Whether what is marked so, or names what it corrects, is a correction or a kill."""
    return corrects is not None or (marker is not None and marker.kind in _TAKES_BACK)


def quoted_headlines(text: str) -> tuple[str, ...]:
    """What the first NOTICE_CHARACTERS of a notice put in quotation marks: the headline it names may be there."""
    return tuple(found[1].strip(" .,;") for found in _QUOTED.finditer(text[:NOTICE_CHARACTERS]))


def says_corrected(sentence: str) -> bool:
    """Whether a sentence says that the article was put right."""
    return _AMENDED.search(sentence) is not None


def _take(text: str) -> tuple[Marker | None, str]:
    """The marker at the start, and what follows it."""
    start = len(text) - len(text.lstrip("*• \n\t"))
    for form in _FORMS:
        found = form.match(text, start)
        if found is not None and (kind := _marked_kind(found, text)):
            word, number = found["word"], found.groupdict().get("number")
            return Marker(kind, f"{word.upper()} {number}" if number else word.upper()), text[found.end() :]
    return None, text


def _marked_kind(found: re.Match[str], text: str) -> Kind | None:
    """What the word marks; ordinary words, and those that take back, must be in capitals, or in their set forms."""
    word, kind = found["word"], _KIND_OF.get(plain_words(found["word"]))
    line, _, _ = text[found.end() :].partition("\n")
    if word.lower() in _COMPOUNDED and "-" in found[0] and line.isupper():
        return None
    shouted = word == word.upper()
    if word.lower() in _SHOUTED:
        return kind if shouted else None
    if kind in _TAKES_BACK and not shouted:
        bracketed = found[0].lstrip()[:1] in {"(", "[", "（"}
        of_a_story = kind == "correction" and (not text[found.end() :] or _OF_A_STORY.match(text, found.end()))
        return kind if bracketed or of_a_story else None
    return kind


def _take_advisory(text: str) -> tuple[Marker | None, str]:
    found = _ADVISORY.match(text)
    if found is None:
        return _noted(text), text
    verb = found["verb"].lower()
    return Marker(_ADVISORY_KIND.get(verb, "update"), verb.upper()), text[found.end() :]


def _noted(text: str) -> Marker | None:
    """What an editors' note at the start of a text says of it."""
    found = _NOTE.match(text)
    return found and Marker("kill" if found["kill"] else "correction", "EDITORS' NOTE")


def _speaks_of_report(marker: Marker | None, text: str) -> bool:
    return marker is not None and _OF_A_REPORT.search(text, 0, NOTICE_CHARACTERS) is not None
