"""Dates as publishers write them → instants in UTC.

Read are ISO 8601 (with its usual liberties) and everything that names its month by a word, in any order of parts; what
is ambiguous (03/04/2026) is not guessed at.
"""

import re
from datetime import UTC, date, datetime, timedelta, timezone

LONGEST = 100  # characters; nothing longer is a date

# Hours east of UTC. RFC 822 (section 5.1) fixes the American ones; the others are those that feeds are seen to use.
ZONES = {
    name: float(hours)
    for name, hours in re.findall(
        r"([A-Z]+)([+-][\d.]+)",
        """
        Z+0 UT+0 UTC+0 GMT+0 WET+0  EST-5 EDT-4 CST-6 CDT-5 MST-7 MDT-6 PST-8 PDT-7
        AST-4 ADT-3 NST-3.5 NDT-2.5 AKST-9 AKDT-8 HST-10 BRT-3 ART-3  BST+1 WEST+1 WAT+1 CET+1 MEZ+1 CEST+2 MESZ+2
        EET+2 SAST+2 CAT+2 EEST+3 MSK+3 EAT+3 TRT+3 IDT+3 IRST+3.5 GST+4 PKT+5 IST+5.5 NPT+5.75
        WIB+7 ICT+7 HKT+8 SGT+8 PHT+8 AWST+8 JST+9 KST+9 ACST+9.5 ACDT+10.5 AEST+10 AEDT+11 NZST+12 NZDT+13
        """,
    )
}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

_ISO = re.compile(
    r"(\d{4})-?(\d{2})-?(\d{2})(?:(?:[T\s]+|\s*T\s*)(\d{1,2}):?(\d{2})(?::?(\d{2})(?:[.,]\d+)?)?\s*(.*))?$", re.I | re.S
)
_CLOCK = re.compile(r"\b(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*([ap]\.?m\b\.?)?", re.I)
_OFFSET = re.compile(r"([+-])(\d{1,2}):?(\d{2})?(?!\d)")
_WORD = re.compile(r"[A-Za-z]+")
_NUMBER = re.compile(r"\d+")


def parse_date(raw: str) -> datetime | None:
    """The instant that these words name; without a zone, or with one that is not known, they are read as UTC."""
    raw = raw.strip()
    if not raw or len(raw) > LONGEST:
        return None
    try:
        return _iso(raw) or _worded(raw)
    except (ValueError, OverflowError):
        return None


def _iso(raw: str) -> datetime | None:
    found = _ISO.match(raw)
    if not found:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
    return _instant(date(year, month, day), (hour, minute, second), found[7] or "")


def _worded(raw: str) -> datetime | None:
    """Day, month word and year in any order, then perhaps a clock and a zone: `Tue, Mar 03 2026 21:10:05 +0000`."""
    clock = _CLOCK.search(raw)
    before, after = (raw[: clock.start()], raw[clock.end() :]) if clock else (raw, "")
    names = [word[:3].lower() for word in _WORD.findall(before)]
    month = next(
        (_MONTHS.index(name) + 1 for name in reversed(names) if name in _MONTHS), None
    )  # "Mar" is a Tuesday too
    numbers = _NUMBER.findall(before)[:2]
    if month is None or not numbers:
        return None
    if len(numbers) == 1 and (late := re.search(r"\b\d{4}\b(?<![+-]\d{4})", after)):  # "Tue Mar 3 21:10:05 2026"
        numbers.append(late[0])
        after = after.replace(late[0], "", 1)
    if len(numbers) < 2:
        return None
    day, year = numbers if len(numbers[0]) <= 2 else reversed(numbers)
    return _instant(date(_full_year(year), month, int(day)), _hours(clock), after)


def _full_year(digits: str) -> int:
    """RFC 2822, section 4.3: two digits below 50 belong to this century, three digits are years since 1900."""
    year = int(digits)
    if len(digits) > 3:
        return year
    return 2000 + year if year < 50 else 1900 + year


def _hours(clock: re.Match[str] | None) -> tuple[int, int, int]:
    if clock is None:
        return 0, 0, 0
    hour, minute, second = int(clock[1]), int(clock[2]), int(clock[3] or 0)
    if clock[4]:
        hour = hour % 12 + (12 if clock[4][0] in "pP" else 0)
    return hour, minute, second


def _instant(day: date, hours: tuple[int, int, int], zone: str) -> datetime:
    """24:00 is the next midnight and a leap second the next minute's first: both are legal in ISO 8601."""
    hour, minute, second = hours
    if hour > 24 or minute > 59 or second > 60:
        raise ValueError(f"no such time of day: {hours}")
    midnight = datetime(day.year, day.month, day.day, tzinfo=timezone(_offset(zone)))
    return (midnight + timedelta(hours=hour, minutes=minute, seconds=second)).astimezone(UTC)


def _offset(zone: str) -> timedelta:
    if found := _OFFSET.search(zone):
        size = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
        return -size if found[1] == "-" else size
    names = (word.upper() for word in _WORD.findall(zone))
    return timedelta(hours=next((ZONES[name] for name in names if name in ZONES), 0.0))
