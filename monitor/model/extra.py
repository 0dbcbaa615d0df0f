"""What every noun that travels keeps: the fields that a newer version wrote and this one does not know."""

from collections.abc import Mapping
from typing import Any

Extra = Mapping[str, Any]
