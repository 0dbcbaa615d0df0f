"""One article against what one watch holds already → what it is, and why.

::

    a notice (CORRECTION, KILL) ─► of what it names
    shared text, or the same address ─► copy · update · correction · report
    the same event in other words ─► report
    nothing of these ─► new
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto

from monitor.core.changes import added, figure_changes, shown_changes
from monitor.core.markers import says_corrected, takes_back
from monitor.core.shingles import containment, coverage, share_known
from monitor.core.sketches import Reading, Remembered
from monitor.core.slips import FIRST
from monitor.core.words import plain_words
from monitor.model import Change, Coverage, Decision, Judgement

COPY_SURELY, COPY_WITH_LEAD, LEAD_SHARE = 0.90, 0.70, 0.50
PART = 0.35
SAME_PAGE = 0.20  # below it, two articles that share an address share only that
DIGEST = 0.35  # a text of which a shorter one makes up less is a digest that holds it
EXPANDED, ROLLED_ON = 0.90, 0.70  # share of the old text that makes the new one a longer version of it
SHORT_WORDS, HEADLINE_WORDS = 12, 5
TEMPLATE_WORDS, TEMPLATE_FIGURES, TEMPLATE_SHARE, TEMPLATE_COPY = 250, 4, 0.50, 0.97
OWN_WORDS, OWN_SHARE = 40, 0.25  # what a carrier adds of its own before it counts as a report
OLD_COPY = 0.50  # of the told text that a copy of a copy must still share


class Kinship(Enum):
    """How two texts stand to each other."""

    COPY = auto()
    PART = auto()  # much of one stands in the other
    TEMPLATE = auto()  # the same form filled in again: another event
    DIGEST = auto()  # the new text holds the old one as one item among many
    NONE = auto()


@dataclass(frozen=True, slots=True)
class Kin:
    """A remembered article compared with the new one."""

    remembered: Remembered
    coverage: Coverage
    kinship: Kinship
    same_page: bool


@dataclass(frozen=True, slots=True)
class Member:
    """An article that the watch holds; `root` is the told one whose copy it is."""

    kin: Kin
    row: Judgement
    root: "Member | None" = None


@dataclass(frozen=True, slots=True)
class Family:
    """What a watch holds that an article may belong to."""

    named: Callable[[], Sequence[Member]]  # what a notice names
    page: Member | None  # what stood last at the same address
    textual: Sequence[Member]  # those that share text, best first
    event: Callable[[float], tuple[Member, float] | None]  # the likest in other words, at a part of the usual threshold
    fresh: Callable[[Sequence[Remembered]], Sequence[str]]  # the sentences that none of these texts has
    undone: Callable[[Judgement], Decision | None]  # what became of an article since: correction or kill


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an article is to a watch, and why; `of` None = it founds a story."""

    decision: Decision
    reason: str
    of: Member | None = None
    copy_of: str | None = None
    changes: tuple[Change, ...] = ()


def compare(reading: Reading, old: Remembered, *, same_page: bool) -> Kin:
    """Compare an article with a remembered one."""
    new = reading.remembered
    covered = coverage(new.bigrams, new.sketch.rate, old.bigrams, old.sketch.rate)
    return Kin(old, covered, _kinship(reading, old, covered, same_page), same_page)


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


def _kinship(reading: Reading, old: Remembered, covered: Coverage, same_page: bool) -> Kinship:
    new, most = reading.remembered, containment(covered)
    if not same_page and reading.marker is None and most < TEMPLATE_COPY and _is_template(new, old):
        return Kinship.TEMPLATE if most >= PART else Kinship.NONE
    if not same_page and min(new.sketch.words, old.sketch.words) < SHORT_WORDS:
        return _kinship_of_short(new, old, covered)
    lead = share_known(reading.lead, old.bigrams, old.sketch.rate) or 0.0
    if _is_digest(covered, lead):
        return Kinship.DIGEST
    if most >= COPY_SURELY or (most >= COPY_WITH_LEAD and lead >= LEAD_SHARE):
        return Kinship.COPY
    return Kinship.PART if most >= PART else Kinship.NONE


def _kinship_of_short(new: Remembered, old: Remembered, covered: Coverage) -> Kinship:
    """Headlines alone: nearly equal ones of some length are copies, for a short one stands over many reports."""
    if min(new.sketch.words, old.sketch.words) < HEADLINE_WORDS:
        return Kinship.NONE
    if min(covered.new_in_old, covered.old_in_new) >= COPY_SURELY:
        return Kinship.COPY
    return Kinship.PART if containment(covered) >= COPY_WITH_LEAD else Kinship.NONE


def _is_digest(covered: Coverage, lead: float) -> bool:
    """Whether little of the new text is the old one, which stands in it whole, and not at its head."""
    return covered.new_in_old < DIGEST and covered.old_in_new >= COPY_WITH_LEAD and lead < LEAD_SHARE


def _is_template(new: Remembered, old: Remembered) -> bool:
    """Whether two short texts are the same form with other figures."""
    if max(new.sketch.words, old.sketch.words) > TEMPLATE_WORDS:
        return False
    ours, theirs = ({f.value for f in side.figures} for side in (new, old))
    smaller = min(len(ours), len(theirs))
    return smaller >= TEMPLATE_FIGURES and len(ours & theirs) < TEMPLATE_SHARE * smaller


def _is_notice(reading: Reading) -> bool:
    return takes_back(reading.marker, reading.article.corrects)


def _notice(reading: Reading, family: Family) -> Verdict | None:
    """A correction or a kill of what it names, else of what it resembles; None where that is not known."""
    repeated = next((m for m in family.textual if _repeats_notice(reading, m)), None)
    if repeated is not None:
        return _copy(family, repeated, repeated)
    likest = [*family.named(), *filter(None, [family.page]), *family.textual[:1]] or [
        found[0] for found in filter(None, [family.event(0.6)])
    ]
    if not likest:
        return None
    of = likest[0].root or likest[0]
    decision = Decision.KILL if reading.marker and reading.marker.kind == "kill" else Decision.CORRECTION
    figures = _figures(reading, of, family) if decision is Decision.CORRECTION else ()
    changes = (*_marker_change(reading, of), *figures)
    why = shown_changes(changes) or "it names what it corrects"
    return Verdict(decision, f"{decision} of {title_of(of.row)}: {why}", of, None, changes)


def _repeats_notice(reading: Reading, member: Member) -> bool:
    """Whether the watch was told this very notice."""
    notice = member.row.told and member.row.decision in {Decision.CORRECTION, Decision.KILL}
    label = reading.marker.label if reading.marker else None
    same = notice and member.kin.kinship is Kinship.COPY and member.kin.remembered.sketch.marker == label
    return same and not _figures(reading, member, None)


def _by_text(reading: Reading, family: Family, base: Member) -> Verdict:
    known = _known(family, base)
    figures = _figures(reading, base, family)
    fresh = family.fresh(known)
    marked = _marker_change(reading, base)
    if base.kin.kinship is not Kinship.COPY and not base.kin.same_page:
        return _by_part(base, marked, figures, fresh)
    grown = base.kin.coverage.old_in_new >= EXPANDED or (base.kin.same_page and base.kin.coverage.new_in_old < EXPANDED)
    changes = (*marked, *figures, *((added(fresh),) if fresh and grown else ()))
    if changes:
        return _changed(reading, base, changes, fresh)
    if _says_much_itself(fresh, reading):
        reason = f"carries {title_of(base.row)} and adds text of its own: “{added(fresh).after}”"
        return Verdict(Decision.REPORT, reason, base, base.row.article)
    return _silenced(family, base)


def _changed(reading: Reading, base: Member, changes: tuple[Change, ...], fresh: Sequence[str]) -> Verdict:
    replaced = any(change.before is not None for change in changes if change.kind == "figure")
    in_place = replaced and base.kin.coverage.old_in_new < 1 and not fresh
    refiled = reading.marker is not None and reading.marker.kind == "refile" and replaced
    corrected = refiled or (base.kin.same_page and (in_place or any(map(says_corrected, fresh))))
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
    if changes := _marker_change(reading, base):
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
