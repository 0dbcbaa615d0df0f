"""What tests of several parts share."""

import pytest

from monitor.gazetteer import load_gazetteer
from monitor.gazetteer.atlas import Atlas


@pytest.fixture(scope="session")
def gazetteer() -> Atlas:
    """The whole gazetteer; built once on a machine, in the user's cache folder."""
    return load_gazetteer()
