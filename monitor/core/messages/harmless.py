"""What strangers wrote, made fit to show: it moves no cursor, starts no line, turns no text round, hides no link."""

import re
from urllib.parse import quote, urlsplit

LONGEST_LINK = 2000  # characters: more than that few programs open

_BIDI = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # the Bidi_Control property of Unicode
_UNSEEN = re.compile(f"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ufeff\ufffe\uffff\ufff9-\ufffb{_BIDI}]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_LINE_ENDS = re.compile(r"[\t\r\n]")  # inside an address browsers drop them
_SPACE = re.compile(r"\s+")
_URL_SAFE = "!#$&'()*+,/:;=?@[]~%-._"
_PLAIN_HOST = re.compile(r"[a-z0-9]([a-z0-9._-]*[a-z0-9])?|\[[0-9a-f:.]+\]")


def spaced(text: str) -> str:
    """Without control and bidi characters, half surrogates replaced, every run of white space one space."""
    return _SPACE.sub(" ", _SURROGATE.sub("\ufffd", _UNSEEN.sub("", text)))


def one_line(text: str) -> str:
    """`spaced`, and no space at either end."""
    return spaced(text).strip()


def http_link(url: str | None) -> tuple[str, str] | None:
    """A web address fit for a link, and the host that it leads to; None where it is none, or over 2,000 characters.

    Credentials before the host are dropped (they dress an address up as another); the query stays as it is, since the
    link must work. A host in other scripts is shown in its ASCII form, so that look-alikes are seen.
    """
    try:
        parts = urlsplit(one_line(_LINE_ENDS.sub("", url or "")))
        port = parts.port
        host = _ascii_host(parts.hostname or "")
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or host is None:
        return None
    netloc = host if port is None else f"{host}:{port}"
    rest = parts.path + (f"?{parts.query}" if parts.query else "") + (f"#{parts.fragment}" if parts.fragment else "")
    link = f"{parts.scheme}://{netloc}{quote(rest, safe=_URL_SAFE)}"
    return (link, host) if len(link) <= LONGEST_LINK else None


def _ascii_host(host: str) -> str | None:
    ascii_host = f"[{host}]" if ":" in host else host.encode("idna").decode("ascii").lower()
    return ascii_host if _PLAIN_HOST.fullmatch(ascii_host) else None
