"""One article against what one watch holds already → what it is, and why.

::

    a notice (CORRECTION, KILL) ─► of what it names
    shared text, or the same address ─► copy · update · correction · report
    the same event in other words ─► report
    nothing of these ─► new
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from monitor.core.reports.markers import says_corrected, takes_back
from monitor.core.reports.origins import same_outlet
from monitor.core.reports.words import plain_words
from monitor.core.stories.changes import added, figure_changes, shown_changes
from monitor.core.stories.kin import Family, Kinship, Member
from monitor.core.stories.shingles import containment
from monitor.core.stories.sketches import Reading, Remembered
from monitor.core.stories.slips import FIRST
from monitor.model import Change, Decision, Judgement

EXPANDED, ROLLED_ON = 0.90, 0.70  # share of the old text that makes the new one a longer version of it
OWN_WORDS, OWN_SHARE = 40, 0.25  # what a carrier adds of its own before it counts as a report
NOTICE_PART = 0.6  # of the likeness to an event that is usually wanted, for a notice that names nothing
OLD_COPY = 0.50  # of the told text that a copy of a copy must still share


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an article is to a watch, and why; `of` None = it founds a story."""

    decision: Decision
    reason: str
    of: Member | None = None
    copy_of: str | None = None
    changes: tuple[Change, ...] = ()


def decide(reading: Reading, family: Family) -> Verdict:
    """What an article is to the watch that holds this family."""
    if _is_notice(reading) and (notice := _notice(reading, family)):
        return notice
    base = family.page or next(iter(family.textual), None)
    if base is not None:
        return _by_text(reading, family, base)
    if likest := family.event(1.0):
        return _by_event(reading, *likest)
    return Verdict(Decision.NEW, FIRST)


def title_of(row: Judgement) -> str:
    """An earlier article as reasons name it."""
    return f"“{row.title.strip() or row.url or row.article}” ({row.source})"


def percent(share: float) -> str:
    """A share as reasons say it."""
    return f"{round(share * 100)} %"


def _is_notice(reading: Reading) -> bool:
    return takes_back(reading.marker, reading.article.corrects)


def _notice(reading: Reading, family: Family) -> Verdict | None:
    """A correction or a kill of what it names, else of what it resembles; None where that is not known."""
    repeated = next((m for m in family.textual if _repeats_notice(reading, m)), None)
    if repeated is not None:
        return _copy(family, repeated, repeated)
    likest = [*family.named(), *filter(None, [family.page]), *family.textual[:1]] or _of_event(reading, family)
    if not likest:
        return None
    of = next(filter(None, (_own(reading, member) for member in likest)), None)
    if of is None:
        return _of_another(reading, likest[0])
    decision = Decision.KILL if reading.marker and reading.marker.kind == "kill" else Decision.CORRECTION
    figures = _figures(reading, of, family) if decision is Decision.CORRECTION else ()
    changes = (*_marker_change(reading, of), *figures)
    why = shown_changes(changes) or "it names what it corrects"
    return Verdict(decision, f"{decision} of {title_of(of.row)}: {why}", of, None, changes)


def _of_event(reading: Reading, family: Family) -> list[Member]:
    """The likest of the event, for a notice whose text speaks of a report; a marker over other news is none of it."""
    likest = family.event(NOTICE_PART) if reading.of_report or reading.article.corrects else None
    return [likest[0]] if likest else []


def _own(reading: Reading, member: Member) -> Member | None:
    """What the outlet of this notice has published: the told original, or its own copy of it; None if neither is."""
    told = (m for m in (member.root, member) if m is not None)
    return next((m for m in told if same_outlet(reading.article, m.kin.remembered.sketch)), None)


def _of_another(reading: Reading, named: Member) -> Verdict:
    """A notice does not undo what another outlet published; it is told as a report that says so."""
    of = named.root or named
    label = f"marked {reading.marker.label}" if reading.marker else "says that it corrects it"
    reason = f"another report of what {title_of(of.row)} tells: {label}, but not by its outlet, so that stands"
    return Verdict(Decision.REPORT, reason, of, named.row.article if named.kin.kinship is Kinship.COPY else None)


def _repeats_notice(reading: Reading, member: Member) -> bool:
    """Whether the watch was told this very notice."""
    label = reading.marker.label if reading.marker else None
    notice = member.row.told and (label is not None or member.row.decision in {Decision.CORRECTION, Decision.KILL})
    same = notice and member.kin.kinship is Kinship.COPY and member.kin.remembered.sketch.marker == label
    return same and not _figures(reading, member, None)


def _by_text(reading: Reading, family: Family, base: Member) -> Verdict:
    known = _known(family, base)
    figures = _figures(reading, base, family)
    fresh = family.fresh(known)
    marked = _marker_change(reading, base)
    if base.kin.kinship is not Kinship.COPY and not base.kin.same_page:
        return _by_part(base, marked, figures, fresh)
    worded = family.worded(base.kin)
    grown = base.kin.coverage.old_in_new >= EXPANDED or (base.kin.same_page and base.kin.coverage.new_in_old < EXPANDED)
    changes = (*marked, *figures, *worded, *((added(fresh),) if fresh and grown else ()))
    if changes:
        return _changed(reading, base, changes, fresh)
    if _says_much_itself(fresh, reading):
        reason = f"carries {title_of(base.row)} and adds text of its own: “{added(fresh).after}”"
        return Verdict(Decision.REPORT, reason, base, base.row.article)
    return _silenced(family, base)


def _changed(reading: Reading, base: Member, changes: tuple[Change, ...], fresh: Sequence[str]) -> Verdict:
    replaced = any(change.before is not None for change in changes if change.kind == "figure")
    in_place = replaced and base.kin.coverage.old_in_new < 1 and not fresh
    own = same_outlet(reading.article, base.kin.remembered.sketch)
    refiled = reading.marker is not None and reading.marker.kind == "refile" and replaced
    corrected = own and (refiled or (base.kin.same_page and (in_place or any(map(says_corrected, fresh)))))
    decision = Decision.CORRECTION if corrected else Decision.UPDATE
    copy_of = None if replaced else base.row.article
    return Verdict(decision, f"{decision} of {title_of(base.row)}: {shown_changes(changes)}", base, copy_of, changes)


def _by_part(base: Member, marked: tuple[Change, ...], figures: tuple[Change, ...], fresh: Sequence[str]) -> Verdict:
    """Much text in common but no copy: the next version of a story where most of the old one is kept, else a report."""
    rolled_on = base.kin.coverage.old_in_new >= ROLLED_ON
    changes = (*marked, *(figures if marked or rolled_on else ()), *((added(fresh),) if fresh and rolled_on else ()))
    if changes:
        reason = f"update of {title_of(base.row)}: {shown_changes(changes)}"
        return Verdict(Decision.UPDATE, reason, base, None, changes)
    shared = percent(base.kin.coverage.new_in_old)
    reason = f"another report of what {title_of(base.row)} tells: {shared} of this text stands in it"
    return Verdict(Decision.REPORT, reason, base)


def _by_event(reading: Reading, base: Member, similarity: float) -> Verdict:
    over_other_news = _is_notice(reading) and not reading.of_report
    if changes := () if over_other_news else _marker_change(reading, base):
        reason = f"update of {title_of(base.row)}: {shown_changes(changes)}"
        return Verdict(Decision.UPDATE, reason, base, None, changes)
    reason = f"another report of the event of {title_of(base.row)}, in other words: similarity {similarity:.2f}"
    return Verdict(Decision.REPORT, reason, base)


def _silenced(family: Family, base: Member) -> Verdict:
    """Nothing new: a copy, if something told says it already; else it is told in place of what was not."""
    for member in (base, *family.textual):
        if member.kin.kinship is not Kinship.COPY and not member.kin.same_page:
            continue
        if member.row.told:
            return _copy(family, base, member)
        if member.root is not None and containment(member.root.kin.coverage) >= OLD_COPY:
            return _copy(family, base, member.root)
    if base.root is not None:
        reason = f"carries a copy of {title_of(base.root.row)}, but little of its text"
        return Verdict(Decision.REPORT, reason, base.root, base.row.article)
    reason = f"in place of {title_of(base.row)}, which has this text and was not told"
    return Verdict(base.row.decision, reason, base, base.row.article, base.row.changes)


def _copy(family: Family, carried: Member, told: Member) -> Verdict:
    covered = told.kin.coverage
    if covered.new_in_old >= covered.old_in_new:
        share = f"{percent(covered.new_in_old)} of this text stands in it"
    else:
        share = f"{percent(covered.old_in_new)} of it stands in this text, and what is added says nothing new"
    undone = family.undone(told.row)
    since = f"; this is the old text: a {undone} of it was told since" if undone else ""
    return Verdict(Decision.COPY, f"copy of {title_of(told.row)}: {share}{since}", told, carried.row.article)


def _known(family: Family, base: Member) -> list[Remembered]:
    """The texts whose content the reader of this watch has been told; the base in any case, to be compared with."""
    told = [m.kin.remembered for m in family.textual if m.row.told or m.row.decision is Decision.COPY]
    return [base.kin.remembered, *(m for m in told if m is not base.kin.remembered)]


def _figures(reading: Reading, base: Member, family: Family | None) -> tuple[Change, ...]:
    """The figures that no told text has; those of a base that was not told are no news beside it either."""
    known = [k.figures for k in _known(family, base)] if family else []
    new = reading.remembered
    return figure_changes(new.figures, known, base.kin.remembered.figures, new.sketch.words)


def _marker_change(reading: Reading, base: Member) -> tuple[Change, ...]:
    """A marker that the base has not; a refile is none: it says itself that it is minor."""
    marker, before = reading.marker, base.kin.remembered.sketch.marker
    if marker is None or marker.kind == "refile" or marker.label == before:
        return ()
    return (Change(kind="marker", before=before, after=marker.label),)


def _says_much_itself(fresh: Sequence[str], reading: Reading) -> bool:
    words = sum(plain_words(sentence).count(" ") + 1 for sentence in fresh)
    return words >= OWN_WORDS and words >= OWN_SHARE * reading.remembered.sketch.words


def promoted(verdict: Verdict) -> Verdict:
    """A report whose story nobody was told of is the first that they hear of it."""
    return replace(verdict, decision=Decision.NEW, reason=f"first of its story that is told; {verdict.reason}")
