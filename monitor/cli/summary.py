"""What a replay came to, as tables for people."""

from collections.abc import Iterable

from rich.console import Console
from rich.table import Table
from rich.text import Text

from monitor.model import Judgement
from monitor.replay import Tally


def print_summary(tally: Tally, console: Console) -> None:
    """Counts, then each decision by watch: what was told, and what was not, with the reason."""
    console.print()
    told = sorted((a.judgement for a in tally.alerts.values()), key=_order)
    silent = sorted((s.judgement for s in tally.suppressed.values()), key=_order)
    console.print(_decisions("Told", told))
    if silent:
        console.print()
        console.print(_decisions("Not told", silent))
    console.print()
    console.print(_counts(tally))


def _order(judgement: Judgement) -> tuple[str, object, str]:
    return judgement.watch, judgement.event_at, judgement.article


def _decisions(title: str, judgements: Iterable[Judgement]) -> Table:
    table = Table(title=title, title_justify="left", show_edge=False, pad_edge=False)
    for column in ("watch", "decision", "report", "why"):
        table.add_column(column, overflow="fold")
    for judgement in judgements:
        report = Text(f"{judgement.title} ({judgement.source})")
        table.add_row(judgement.watch, str(judgement.decision), report, Text(judgement.reason))
    return table


def _counts(tally: Tally) -> Table:
    table = Table(show_edge=False, pad_edge=False)
    for column in ("read", "matched", "alerts", "suppressed", "dead letters"):
        table.add_column(column, justify="right")
    numbers = (tally.read, tally.matched, len(tally.alerts), len(tally.suppressed), tally.deadletters)
    table.add_row(*map(str, numbers))
    return table
