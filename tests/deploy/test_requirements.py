"""The locked requirements install on a machine where newer releases have come out since."""

import re
from importlib.metadata import distributions

from packaging.requirements import Requirement

from tests.deploy.conftest import ROOT

# pip takes `name==1` for a pin of `name[extra]` only where the lock names the extra too.
LOCKED = {
    (name.lower(), frozenset(re.findall(r"[\w-]+", extras or "")))
    for path in (ROOT / "requirements").glob("*.txt")
    for name, extras in re.findall(r"^([\w.-]+)(\[[^]]*\])?==", path.read_text(encoding="utf-8"), re.M)
}


def asked_with_extras() -> list[Requirement]:
    """What installed distributions require, here and always, with an extra."""
    asked = [Requirement(line) for dist in distributions() for line in dist.requires or []]
    return [one for one in asked if one.extras and (one.marker is None or one.marker.evaluate({"extra": ""}))]


def test_an_extra_that_a_dependency_asks_for_is_named_in_the_lock() -> None:
    asked = asked_with_extras()
    assert asked
    for one in asked:
        assert any(name == one.name and one.extras <= extras for name, extras in LOCKED), str(one)
