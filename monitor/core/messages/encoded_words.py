"""Any text as the value of a mail header: RFC 2047 encoded words, cut where a reader would cut.

The standard library's folding makes words of 76 characters and loses spaces between them on some texts; RFC 2047
allows 75, and RFC 5322 recommends lines of at most 78.
"""

import re
from base64 import b64encode
from collections.abc import Iterator

from monitor.core.messages.graphemes import graphemes

LINE = 78
_WORD_BYTES = 42  # 56 of base64 and 12 around them: fits after "Subject: " and behind a space alike
_PLAIN = re.compile(r"[!-~]{1,60}( [!-~]{1,60})*")
_FOLD = "\r\n "


def header(name: str, text: str) -> bytes:
    """The header's lines with this value, each ended by CRLF; the longest `name` that keeps to 78 is "Subject".

    `text` is one line: white space at its ends is not kept.
    """
    value = text.strip()
    if _PLAIN.fullmatch(value) and "=?" not in value:
        return _folded(f"{name}: {value}")
    words = [f"=?utf-8?b?{b64encode(chunk).decode()}?=" for chunk in _chunks(value)]
    return f"{name}: {_FOLD.join(words)}\r\n".encode("ascii")


def _folded(line: str) -> bytes:
    lines = []
    while len(line) > LINE:
        fold = line.rfind(" ", 0, LINE)
        lines.append(line[:fold])
        line = line[fold:]
    return "\r\n".join([*lines, line, ""]).encode("ascii")


def _chunks(text: str) -> Iterator[bytes]:
    """UTF-8 in portions of at most 42 bytes; a grapheme is split, between code points, only where it is longer."""
    chunk = b""
    for grapheme in graphemes(text):
        fits = len(grapheme.encode()) <= _WORD_BYTES
        for part in (grapheme,) if fits else grapheme:
            if len(chunk) + len(part.encode()) > _WORD_BYTES:
                yield chunk
                chunk = b""
            chunk += part.encode()
    yield chunk
