"""What unmakes a hit of a concept: "explosion of colour" is no explosion, "evacuation drill" no evacuation.

A list says so by a wording that begins with NOT. It counts where it overlaps what another wording found, nowhere else.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from monitor.core.matching.terms import Wording, read_wording, with_clitics

MARK = "NOT "


def read_list(wordings: Iterable[str]) -> tuple[Wording, ...]:
    """The wordings of a concept, each with those exceptions that may overlap it. Raises InputError."""
    listed = list(wordings)
    exceptions = [form for text in listed if is_exception(text) for form in _forms(text.removeprefix(MARK))]
    plain = [form for text in listed if not is_exception(text) for form in _forms(text)]
    return tuple(_with(wording, exceptions) for wording in plain)


def is_exception(wording: str) -> bool:
    """Whether a wording of a list says what is not meant."""
    return wording.startswith(MARK)


def _forms(text: str) -> tuple[Wording, ...]:
    return with_clitics(read_wording(text))


def _with(wording: Wording, exceptions: Sequence[Wording]) -> Wording:
    """The wording with the exceptions that share a word with it: others cannot overlap it."""
    own = _words(wording)
    unless = tuple(one for one in exceptions if any(_meet(a, b) for a in own for b in _words(one)))
    return replace(wording, unless=unless) if unless else wording


def _words(wording: Wording) -> list[str]:
    return [word for segment in wording.segments for word in segment.words]


def _meet(one: str, other: str) -> bool:
    """Whether one word can be an occurrence of both; a word without a space behind it has an open end."""
    return one.startswith(other) or other.startswith(one)
