"""The drawing of the errors is the truth about them."""

import inspect
import re

import pytest

from monitor import errors
from monitor.errors import ConfigError, DeliveryError, Fault, FetchError, MonitorError, QueryError


def _drawn() -> dict[str, tuple[str, str]]:
    """Name → parent and fate, as drawn."""
    assert errors.__doc__ is not None
    branch = ["MonitorError"]
    drawn = {}
    for line in errors.__doc__.splitlines():
        if found := re.match(r"^    (?P<depth>[│ ]*)[├└]── (?P<name>\w+)\s(?P<rest>.*)$", line):
            depth = len(found["depth"]) // 4 + 1
            branch[depth:] = [found["name"]]
            fate = re.search(r"\(([^()]+)\)\s*$", found["rest"])
            drawn[found["name"]] = (branch[depth - 1], fate[1] if fate else "")
    return drawn


CLASSES = {name: cls for name, cls in vars(errors).items() if inspect.isclass(cls) and issubclass(cls, MonitorError)}


def test_every_error_is_drawn_under_its_parent() -> None:
    parents = {name: cls.__base__.__name__ for name, cls in CLASSES.items() if cls is not MonitorError and cls.__base__}
    assert {name: parent for name, (parent, _) in _drawn().items()} == parents


@pytest.mark.parametrize("name", _drawn())
def test_what_is_drawn_as_worth_a_retry_says_so(name: str) -> None:
    assert CLASSES[name].retriable == _drawn()[name][1].startswith("retry")


@pytest.mark.parametrize("name", CLASSES)
def test_every_error_says_what_it_means(name: str) -> None:
    assert CLASSES[name].__doc__


def test_faults_say_file_and_line_and_the_file_alone_where_it_is_all_of_it() -> None:
    faults = [Fault("a.yaml", 3, "no"), Fault("b.yaml", 0, "gone")]
    error = ConfigError(faults)
    assert str(error) == "a.yaml:3: no\nb.yaml: gone"
    assert error.faults == tuple(faults)


def test_a_query_error_says_where() -> None:
    error = QueryError("expected a word", 2, 14)
    assert (error.message, error.line, error.column) == ("expected a word", 2, 14)
    assert str(error) == "line 2, column 14: expected a word"


def test_what_callers_act_on_is_kept() -> None:
    assert FetchError("timed out", "timeout").outcome == "timeout"
    assert errors.AddressRefused("private").outcome == "refused"
    assert DeliveryError("busy", 30).after_seconds == 30
    assert errors.DeliveryRefused("gone").after_seconds is None
