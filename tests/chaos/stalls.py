"""How long records waited after a process died: of those under way then, and those that came before the next death."""

import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.chaos.history import Death, History
from tests.chaos.material import token_of

Spans = Sequence[tuple[float, float]]  # when something came in, when it came out at the other end of the role


@dataclass(frozen=True, slots=True)
class Stall:
    """The longest wait after one death, in seconds; None where nothing came by."""

    death: Death
    seconds: float | None


def stalls(history: History) -> list[Stall]:
    """One for each death that counts."""
    spans = {"poll": _polled(history), "stream": _streamed(history), "notify": _notified(history)}
    found = []
    for death in history.deaths:
        later = [other.at for other in history.deaths if other.role == death.role and other.at > death.at]
        until = min(later, default=float("inf"))
        if death.worked and death.role in spans:
            found.append(Stall(death, longest_wait(spans[death.role], death.at, until)))
    return found


def longest_wait(spans: Spans, at: float, until: float) -> float | None:
    """Of what was under way at that time, or came in after it and before `until`."""
    waits = [out - max(came, at) for came, out in spans if out >= at and came < until]
    return max(waits, default=None)


def summary(seconds: Iterable[float | None]) -> str:
    """Median and longest."""
    known = [one for one in seconds if one is not None]
    return f"{statistics.median(known):.1f} / {max(known):.1f}" if known else "–"


def _polled(history: History) -> Spans:
    arrived = _first((token_of(one.value.title), one.at) for one in history.articles)
    return [(shown, arrived[token]) for token, shown in history.shown_at.items() if token in arrived]


def _streamed(history: History) -> Spans:
    came = _first(((one.value.id, one.value.revision), one.at) for one in history.articles)
    rows = [(one.value.judgement, one.at) for one in history.alerts]
    rows += [(one.value.judgement, one.at) for one in history.suppressed]
    out = _first(((row.article, row.revision, row.watch), at) for row, at in rows)
    return [(came[name[:2]], at) for name, at in out.items() if name[:2] in came]


def _notified(history: History) -> Spans:
    keys = ((_alert_key(one.value), one.at) for one in history.alerts)
    came = _first(keys)
    out = _first(((one.channel, one.watch, one.token), one.at) for one in history.accepted)
    return [(came[key], at) for key, at in out.items() if key in came]


def _alert_key(alert: Any) -> tuple[str, str, str | None]:
    return alert.channel, alert.judgement.watch, token_of(alert.judgement.title)


def _first(events: Iterable[tuple[Any, float]]) -> Mapping[Any, float]:
    first: dict[Any, float] = {}
    for name, at in events:
        first[name] = min(first.get(name, at), at)
    return first
