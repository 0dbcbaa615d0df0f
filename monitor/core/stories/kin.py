"""How two texts stand to each other: copy, part, template, digest; and what a watch holds of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from monitor.core.stories.forms import apart, figures_in_common, other_case, other_subject, standing
from monitor.core.stories.shingles import containment, coverage, share_known
from monitor.core.stories.sketches import Reading, Remembered
from monitor.model import Change, Coverage, Decision, Judgement

COPY_SURELY, COPY_WITH_LEAD, LEAD_SHARE = 0.90, 0.70, 0.50
PART = 0.35
SAME_PAGE = 0.20  # below it, two articles that share an address share only that
DIGEST = 0.35  # a text of which a shorter one makes up less is a digest that holds it
SHORT_WORDS, HEADLINE_WORDS = 12, 5
TEMPLATE_WORDS, TEMPLATE_FIGURES, TEMPLATE_SHARE, TEMPLATE_COPY = 250, 4, 0.50, 0.97
STANDING_SHARE = 0.75  # of the figures under a standing headline: each issue quotes those of the one before


class Kinship(Enum):
    """How two texts stand to each other."""

    COPY = auto()
    PART = auto()  # much of one stands in the other
    TEMPLATE = auto()  # the same form filled in again: another event
    APART = auto()  # they share a block of the site, comments or a quotation, and tell of different things
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
    worded: Callable[[Kin], Sequence[Change]]  # what says something else in the headline or in a known sentence
    undone: Callable[[Judgement], Decision | None]  # what became of an article since: correction or kill


def compare(reading: Reading, old: Remembered, *, same_page: bool) -> Kin:
    """Compare an article with a remembered one."""
    new = reading.remembered
    covered = coverage(new.bigrams, new.sketch.rate, old.bigrams, old.sketch.rate)
    kinship = _kinship(reading, old, covered, same_page)
    if not same_page and reading.marker is None and _is_of_another(reading, old, covered, kinship):
        kinship = Kinship.TEMPLATE
    return Kin(old, covered, kinship, same_page)


def _kinship(reading: Reading, old: Remembered, covered: Coverage, same_page: bool) -> Kinship:
    new, most = reading.remembered, containment(covered)
    unmarked = not same_page and reading.marker is None
    if unmarked and most < TEMPLATE_COPY and _is_template(new, old):
        return Kinship.TEMPLATE if most >= PART else Kinship.NONE
    if unmarked and PART <= most < TEMPLATE_COPY and other_case(reading, old):
        return Kinship.TEMPLATE
    if not same_page and min(new.sketch.words, old.sketch.words) < SHORT_WORDS:
        return _kinship_of_short(new, old, covered)
    lead = share_known(reading.lead, old.bigrams, old.sketch.rate) or 0.0
    if _is_digest(covered, lead):
        return Kinship.DIGEST
    if unmarked and PART <= most < COPY_SURELY and apart(reading, old):
        return Kinship.APART
    if most >= COPY_SURELY or (most >= COPY_WITH_LEAD and lead >= LEAD_SHARE):
        return Kinship.COPY
    return Kinship.PART if most >= PART else Kinship.NONE


def _is_of_another(reading: Reading, old: Remembered, covered: Coverage, kinship: Kinship) -> bool:
    """Whether what seems to be a copy, or shares less and has other figures, is of another subject."""
    seems_alike = kinship in {Kinship.COPY, Kinship.PART, Kinship.NONE}
    if not seems_alike or not other_subject(reading, old, containment(covered)):
        return False
    common, smaller = figures_in_common(reading.remembered, old)
    return kinship is Kinship.COPY or common < TEMPLATE_SHARE * smaller


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
    common, smaller = figures_in_common(new, old)
    share = STANDING_SHARE if standing(new, old) else TEMPLATE_SHARE
    return smaller >= TEMPLATE_FIGURES and common < share * smaller
