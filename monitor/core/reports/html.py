"""HTML → plain text in one pass: time grows with the length alone, whatever the markup.

The standard library's HTMLParser takes quadratic time on markup that never closes (`<a <a <a …`), so the few rules that
matter here are applied directly (WHATWG HTML, section 13.2.5, where not said otherwise).
"""

import re
from html import unescape

LONGEST_TEXT = 1024 * 1024  # characters; what follows is not looked at

BLOCKS = frozenset(
    re.findall(
        r"\S+",
        """
        address article aside blockquote body br button caption center dd details dialog dir div dl dt
        fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu
        nav ol option p pre section summary table tbody tfoot thead title tr ul
        """,
    )
)
CELLS = frozenset({"td", "th", "img"})  # what parts words without ending a line
UNSEEN = frozenset({"script", "style", "iframe", "noembed", "noframes", "template"})

_TAG = re.compile(r"</?([A-Za-z][^\s/>]*)")
_QUOTE_OR_END = re.compile(r"=\s*([\"'])|>")
_ENDS = {name: re.compile(rf"</{name}\b", re.I) for name in UNSEEN}
_HUGE_REFERENCE = re.compile(r"&#(?:\d{8,}|[xX][0-9a-fA-F]{7,});?")  # beyond Unicode; int() refuses very long ones


def html_to_text(html: str) -> str:
    """The words that a reader would see: a line a block, white space collapsed, entities decoded.

    What only looks like markup (`<30%`, a tag that never closes) is text.
    """
    if "<" not in html and "&" not in html:
        return _tidy(html.replace("\n", " "))
    scanner = _Scanner(html)
    scanner.run()
    return _tidy("".join(scanner.parts))


def plain_lines(text: str) -> str:
    """Plain text with its lines kept and its other white space collapsed."""
    return _tidy(text)


def _tidy(text: str) -> str:
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


class _Scanner:
    """Goes through the markup once; `parts` gathers text, `pos` is the first character not yet dealt with.

    A search that ran to the end in vain is not made again (`_gone`, `_quotes`): that keeps the whole linear.
    """

    def __init__(self, html: str) -> None:
        self.html, self.pos, self.length = html, 0, 0
        self.parts: list[str] = []
        self._gone: set[str] = set()
        self._quotes = True

    def run(self) -> None:
        while self.length < LONGEST_TEXT and (start := self.html.find("<", self.pos)) >= 0:
            self._text(self.html[self.pos : start])
            self.pos = start
            self._markup()
        if self.length < LONGEST_TEXT:
            self._text(self.html[self.pos :])

    def _markup(self) -> None:
        if tag := _TAG.match(self.html, self.pos):
            self._tag(tag)
        elif self.html.startswith("<!--", self.pos):
            self._skip("-->", self.pos + 2)
        elif self.html.startswith("<![CDATA[", self.pos):
            start, end = self.pos + 9, self._find("]]>", self.pos)
            self._text(self.html[start : max(end, start)])
            self.pos = end + 3 if end >= 0 else start
        elif self.html.startswith(("<!", "<?", "</"), self.pos):
            self._skip(">", self.pos + 2)
        else:
            self._literal()

    def _tag(self, tag: re.Match[str]) -> None:
        end = self._tag_end(tag.end())
        if end < 0:
            self._literal()
            return
        name = tag[1].lower().rpartition(":")[2]
        self.pos = end + 1
        if name in UNSEEN and self.html[tag.start() + 1] != "/":
            self._skip_unseen(name)
        elif name in BLOCKS:
            self._break("\n")
        elif name in CELLS:
            self._break(" ")

    def _tag_end(self, pos: int) -> int:
        """Where the tag closes; a `>` inside a quoted value does not close it, unless nothing else does."""
        start = pos
        while self._quotes and (found := _QUOTE_OR_END.search(self.html, pos)):
            if not found[1]:
                return found.start()
            closing = self._find(found[1], found.end())
            if closing < 0:
                break
            pos = closing + 1
        self._quotes = False
        return self._find(">", start)

    def _skip_unseen(self, name: str) -> None:
        end = _ENDS[name].search(self.html, self.pos)
        self.pos = end.start() if end else len(self.html)

    def _skip(self, closing: str, start: int) -> None:
        end = self._find(closing, start)
        if end < 0:
            self._literal()
        else:
            self.pos = end + len(closing)

    def _find(self, closing: str, start: int) -> int:
        if closing in self._gone:
            return -1
        found = self.html.find(closing, start)
        if found < 0:
            self._gone.add(closing)
        return found

    def _literal(self) -> None:
        self._text("<")
        self.pos += 1

    def _break(self, space: str) -> None:
        self.parts.append(space)
        self.length += 1

    def _text(self, raw: str) -> None:
        """Line breaks of the source are mere white space."""
        if raw:
            text = unescape(_HUGE_REFERENCE.sub("\ufffd", raw)) if "&" in raw else raw
            self.parts.append(text.replace("\n", " ").replace("\r", " "))
            self.length += len(text)
