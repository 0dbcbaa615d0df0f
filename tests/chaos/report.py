"""A result for people: one table, and what went wrong."""

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from monitor import wire
from tests.chaos.history import Death, Logged
from tests.chaos.run import Result
from tests.chaos.stalls import stalls, summary
from tests.chaos.verify import repeats

SHOWN = 40
TOPICS = ("articles", "matches", "alerts", "suppressed")


def table(result: Result) -> str:
    """What happened, in figures."""
    history, waits = result.history, stalls(result.history)
    again = repeats(history)
    lines = [
        f"seed {result.plan.seed}: {result.published} reports, {len(history.articles)} articles,"
        f" {len(history.matches)} matches, {len(history.alerts)} alerts, {len(history.suppressed)} suppressed,"
        f" {len(history.accepted)} accepted, in {result.seconds:.0f} s",
        f"{'role':8} {'counted ends':38} {'all ends':44} stall s, median / longest",
    ]
    for role in ("poll", "stream", "notify"):
        deaths = [death for death in history.deaths if death.role == role]
        of_role = summary(wait.seconds for wait in waits if wait.death.role == role and wait.death.kind != "term")
        counted = _counts(Counter(result.counted.get(role, {})))
        lines.append(f"{role:8} {counted:38} {_counts(Counter(map(_kind, deaths))):44} {of_role}")
    lines += [
        f"rounds   {result.rounds}",
        f"broker   {_counts(Counter(outage.kind for outage in history.outages))}",
        f"repeated {len(again)} of {len(history.accepted)}: marked {sum(one.marked for _, one in again)},"
        f" after an answer that was cut off {sum(before.cut_off for before, _ in again)}",
        f"not known whether published: {result.unknown}; drained: {'yes' if result.drained else 'NO'}",
        f"found    {_counts(Counter(f'{one.leg}: {one.kind}' for one in result.findings)) or 'nothing lost'}",
    ]
    return "\n".join(lines)


def faults(result: Result) -> str:
    """What went wrong, the first of it."""
    return "\n".join(str(finding) for finding in result.findings[:SHOWN])


def keep(result: Result, folder: Path) -> None:
    """Write down, beside the logs, what the verdict rests on: topics and acceptances as JSON lines."""
    history = result.history
    lines = {
        "findings.txt": map(str, result.findings),
        "deaths.txt": map(str, (*history.deaths, *history.outages)),
        "accepted.jsonl": (wire.plain(one).decode() for one in history.accepted),
        **{f"{name}.jsonl": _records(getattr(history, name)) for name in TOPICS},
    }
    for name, texts in lines.items():
        (folder / name).write_text("\n".join(texts), encoding="utf-8")


def _records(records: Iterable[Logged[Any]]) -> Iterator[str]:
    for one in records:
        value = wire.plain(one.value).decode()
        yield f'{{"partition":{one.partition},"offset":{one.offset},"at":{one.at},"value":{value}}}'


def _kind(death: Death) -> str:
    return death.kind.partition(":")[0] if death.kind != "itself" else f"itself ({death.code})"


def _counts(counter: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counter.items()))
