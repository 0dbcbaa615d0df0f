"""The grammar of queries, and errors that say what was expected where.

lark is imported when the first query is parsed: a program that parses none starts without it.
"""

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from monitor.core.matching.query import DEEPEST, And, Node, Or, Spot, Style, Term, joined, near, negated, scoped
from monitor.errors import QueryError

if TYPE_CHECKING:
    from lark import Lark, Token, UnexpectedInput, UnexpectedToken

GRAMMAR = r"""
start: any
any: all (_OR all)*
all: unary (_AND? unary)*
?unary: NOT unary -> negated | near
?near: atom | atom NEAR atom -> near
?atom: _OPEN any _CLOSE -> group
     | FIELD atom -> scoped
     | BARE -> bare
     | PHRASE -> phrase
     | EXACT -> exact

_OR.3: /OR(?=[\s()"']|$)/
_AND.3: /AND(?=[\s()"']|$)/
NOT.3: /NOT(?=[\s()"']|$)/
NEAR.3: /NEAR\/\d{1,3}(?=[\s()"']|$)/
FIELD.2: /[^\W\d]\w*:/
PHRASE.2: /"[^"]*"(~\d{1,3})?/
EXACT.2: /'(?:[^']|'(?=\w))*'(?!\w)/
BARE: /[^\s()"':~][^\s()":~]*/
_OPEN: "("
_CLOSE: ")"
%ignore /\s+/
"""

_EXPECTED = {
    "_OR": "OR",
    "_AND": "AND",
    "NOT": "NOT",
    "NEAR": "NEAR/n",
    "FIELD": "a field (title:, text:, source:, lang:, place:, concept:)",
    "PHRASE": 'a "phrase"',
    "EXACT": "'an exact spelling'",
    "BARE": "a word",
    "_OPEN": "(",
    "_CLOSE": ")",
    "$END": "the end",
}
_TERM_STARTS = frozenset({"FIELD", "PHRASE", "EXACT", "BARE", "_OPEN"})
_CURLY = str.maketrans("“”„‟‘’‛", '""""\'\'\'')

# What other query languages have and this one has not: it must never be read as a plain word.
_UNSUPPORTED: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?i:near/\d{4,})"), "NEAR/n takes at most three digits: 999 words in between are the most"),
    (
        re.compile(r"(?i:and|or|not|near/\d{1,3})"),
        'write {upper} in capitals, or quote the word if you look for "{text}"',
    ),
    (re.compile(r"NEAR(/.*)?"), "write NEAR/5 for at most five words in between, or 'NEAR' in quotes for the word"),
    (re.compile(r"(?i:and/or)"), 'write OR, or quote the words if you look for "and/or"'),
    (re.compile(r"[-‐‑‒–—−]\w.*"), "a leading - is not supported: write NOT {rest}"),
    (re.compile(r"\+.+"), "a leading + is not supported: terms side by side are all required"),
    (re.compile(r"!.*"), "! is not supported: write NOT"),
    (re.compile(r"&&"), "&& is not supported: write AND"),
    (re.compile(r"\|\|?"), "| is not supported: write OR"),
    (re.compile(r"/.+/"), "regular expressions are not supported"),
    (re.compile(r"[\[{].*"), "ranges are not supported"),
    (re.compile(r".*\^[\d.]+"), "a weight (^) is not supported: every term counts the same"),
    (re.compile(r".*\w[|;].*|.*[^\W\d],[^\W\d].*|.*\w,"), "no | or ; or , stands between terms: write OR or AND"),
    (
        re.compile(r".*\w\?.*"),
        "the wildcard ? is not supported: write the forms with OR, or a prefix such as evacuat*",
    ),
    (re.compile(r"\*+"), "* alone would match everything: put the first letters of a word before it"),
    (re.compile(r"\*.*"), "a leading * is not supported: only the end of a word may be left open, as in evacuat*"),
    (re.compile(r".*\*\w.*"), "* is not supported inside a word: only its end may be left open, as in evacuat*"),
)


@cache
def _parser() -> "Lark":
    from lark import Lark

    return Lark(GRAMMAR, parser="lalr", lexer="basic", transformer=_Builder())


def parse(query: str) -> Node:
    """The tree of a query. Raises QueryError with line, column and what was expected."""
    from lark import UnexpectedInput

    text = query.translate(_CURLY)
    if not text.strip():
        raise QueryError("the query is empty")
    _check_depth(text)
    try:
        tree: Any = _parser().parse(text)
    except UnexpectedInput as error:
        raise _query_error(error, text) from None
    node: Node = tree
    return node


class _Builder:
    """Turns what the grammar recognises into the tree, bottom up; a method for each rule."""

    def start(self, items: list[Any]) -> Any:
        return items[0]

    group = start

    def any(self, items: list[Node]) -> Node:
        return joined(Or, items)

    def all(self, items: list[Node]) -> Node:
        return joined(And, items)

    def negated(self, items: list[Any]) -> Node:
        return negated(items[1])

    def near(self, items: list[Any]) -> Node:
        left, token, right = items
        return near(left, right, int(token.removeprefix("NEAR/")), _spot(token))

    def scoped(self, items: list[Any]) -> Node:
        token, node = items
        return scoped(token[:-1].lower(), node, _spot(token))

    def bare(self, items: "list[Token]") -> Term:
        (token,) = items
        at = _spot(token)
        for pattern, advice in _UNSUPPORTED:
            if pattern.fullmatch(token):
                text = str(token)
                raise QueryError(advice.format(text=text, upper=text.upper(), rest=text[1:]), at.line, at.column)
        return Term(str(token), at=at)

    def phrase(self, items: "list[Token]") -> Term:
        (token,) = items
        text, _, slop = str(token).rpartition('"')
        return Term(text[1:], Style.PHRASE, slop=int(slop[1:]) if slop else None, at=_spot(token))

    def exact(self, items: "list[Token]") -> Term:
        (token,) = items
        return Term(str(token)[1:-1], Style.EXACT, at=_spot(token))


def _spot(token: "Token") -> Spot:
    return Spot(token.line or 1, token.column or 1)


def _check_depth(text: str) -> None:
    depth = 0
    for part in re.finditer(r'"[^"]*"|[()]', text):
        depth += {"(": 1, ")": -1}.get(part.group(), 0)
        if depth > DEEPEST:
            line = text.count("\n", 0, part.start()) + 1
            column = part.start() - text.rfind("\n", 0, part.start())
            raise QueryError(f"parentheses are nested more than {DEEPEST} deep", line, column)


def _query_error(error: "UnexpectedInput", text: str) -> QueryError:
    from lark import UnexpectedToken

    if isinstance(error, UnexpectedToken):
        return _unexpected_token(error, text)
    line, column = error.line, error.column
    found = text.splitlines()[line - 1][column - 1]
    return QueryError(_CHARACTERS.get(found, f"{found!r} cannot stand here"), line, column)


def _unexpected_token(error: "UnexpectedToken", text: str) -> QueryError:
    expected = set(error.accepts or error.expected)
    if error.token.type == "$END":
        lines = text.split("\n")
        why = "a ( is not closed" if "_CLOSE" in expected else f"the query ends where {_listed(expected)} was expected"
        return QueryError(why, len(lines), len(lines[-1]) + 1)
    if error.token.type == "_CLOSE" and "_CLOSE" not in expected and "$END" in expected:
        why = "this ) closes nothing"
    else:
        why = f"expected {_listed(expected)}, found {str(error.token)!r}"
    return QueryError(why, error.line, error.column)


_CHARACTERS = {
    '"': "this quotation mark is not closed",
    "'": "this quotation mark is not closed",
    "~": '~ stands only behind a phrase, with a number, as in "two words"~3; near spellings are not supported',
    ":": "a : ends the name of a field; quote the words if you look for a colon",
}


def _listed(expected: set[str]) -> str:
    names = ["a term"] if expected >= _TERM_STARTS else []
    rest = expected - _TERM_STARTS - {"NOT"} if names else expected
    names += [name for terminal, name in _EXPECTED.items() if terminal in rest]
    return " or ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
