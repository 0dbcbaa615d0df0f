"""Where outlets are at home, learned from where their reports play.

A local paper writes "Alexandria" and means the one in Louisiana. Of each report the share that each region has of what
it surely names; the region with the most over all reports of an outlet is its home, if it has enough of them.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

LEAST_REPORTS = 5
LEAST_SHARE = 0.25  # of its reports; on 588 reports of 85 local papers .2 and .3 served about as well


@dataclass(frozen=True, slots=True)
class LearnedHome:
    """A region by its GeoNames id, its share of what the outlet's reports name, and how many reports there were."""

    region: int
    share: float
    reports: int


def learn_homes(told: Iterable[tuple[str, Mapping[int, float]]]) -> dict[str, LearnedHome]:
    """Homes by outlet, from the outlet of each report and the shares of the regions that it speaks of."""
    shares: defaultdict[str, Counter[int]] = defaultdict(Counter)
    reports: Counter[str] = Counter()
    for outlet, regions in told:
        reports[outlet] += 1
        for region, share in regions.items():
            shares[outlet][region] += share  # type: ignore[assignment]
    homes: dict[str, LearnedHome] = {}
    for outlet, count in sorted(reports.items()):
        for region, total in shares[outlet].most_common(1):
            if count >= LEAST_REPORTS and total / count >= LEAST_SHARE:
                homes[outlet] = LearnedHome(region, total / count, count)
    return homes
