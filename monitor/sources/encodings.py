"""Bytes → text, whatever they say of themselves."""

import codecs
import re

# Longest first: the mark of UTF-32 begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SAMPLE = 64 * 1024
_BINARY = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def decode(raw: bytes, *declared: str) -> str | None:
    """The text in these bytes: by their mark, else as UTF-8, else as declared, else by how they look.

    None where they are no text (a picture, an archive, a program).
    """
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            return raw[len(mark) :].decode(encoding, errors="replace")
    if wide := _wide(raw):
        wide_text = raw.decode(wide, errors="replace")
        return None if is_binary(wide_text[:_SAMPLE].encode(errors="replace")) else wide_text
    if is_binary(raw):
        return None
    escaped = b"\x1b" in raw[:_SAMPLE]  # ISO-2022 is pure ASCII, and so would pass for UTF-8
    for encoding in (*declared, "utf-8") if escaped else ("utf-8", *declared):
        if (text := _strict(raw, encoding)) is not None:
            return text
    return raw.decode(_guess(raw), errors="replace")


def is_binary(raw: bytes) -> bool:
    """Whether more than two bytes in a hundred are control characters: no text in any 8-bit encoding."""
    sample = raw[:_SAMPLE]
    return len(_BINARY.findall(sample)) * 50 > len(sample)


def _strict(raw: bytes, encoding: str) -> str | None:
    try:
        text = raw.decode(encoding)
    except (LookupError, UnicodeError, ValueError):
        return None
    return text if isinstance(text, str) else None


def _wide(raw: bytes) -> str | None:
    """UTF-16 without a mark: in Latin script every other byte is zero."""
    sample = raw[:_SAMPLE]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if odd * 4 > len(sample) and even * 20 < odd:
        return "utf-16-le"
    return "utf-16-be" if even * 4 > len(sample) and odd * 20 < even else None


def _guess(raw: bytes) -> str:
    """Cyrillic where most letters beyond ASCII lie where windows-1251 has its letters and stand side by side.

    In Western text such letters are scattered among plain ones; there windows-1252, the web's default (WHATWG Encoding,
    section 4.2), is right.
    """
    sample = raw[:_SAMPLE]
    high = len(re.findall(rb"[\xc0-\xff]", sample))
    side_by_side = sum(len(run) for run in re.findall(rb"[\xc0-\xff]{3,}", sample))
    return "windows-1251" if high and side_by_side * 2 > high else "windows-1252"
