"""Labels stay bounded, and every metric says what it counts."""

import uuid

from prometheus_client import Info
from prometheus_client.metrics import MetricWrapperBase

from monitor import metrics


def test_names_beyond_the_first_fifty_share_a_label() -> None:
    kind = f"kind-{uuid.uuid4()}"
    labels = [metrics.bounded(kind, f"w{n}") for n in range(metrics.BUSIEST + 10)]
    assert labels[: metrics.BUSIEST] == [f"w{n}" for n in range(metrics.BUSIEST)]
    assert set(labels[metrics.BUSIEST :]) == {"other"}


def test_a_name_keeps_its_label_when_others_came_after() -> None:
    kind = f"kind-{uuid.uuid4()}"
    for n in range(metrics.BUSIEST + 1):
        metrics.bounded(kind, f"w{n}")
    assert metrics.bounded(kind, "w0") == "w0"
    assert metrics.bounded(kind, f"w{metrics.BUSIEST}") == "other"


def test_each_kind_of_name_has_its_own_bound() -> None:
    kind, other = f"kind-{uuid.uuid4()}", f"kind-{uuid.uuid4()}"
    for n in range(metrics.BUSIEST):
        metrics.bounded(kind, f"w{n}")
    assert metrics.bounded(kind, "late") == "other"
    assert metrics.bounded(other, "late") == "late"


def test_every_metric_has_our_prefix_and_a_meaning() -> None:
    declared = [metric for metric in vars(metrics).values() if isinstance(metric, MetricWrapperBase | Info)]
    assert len(declared) > 10
    for metric in declared:
        (family,) = metric.describe()
        assert family.name.startswith("newsmonitor_")
        assert family.documentation
